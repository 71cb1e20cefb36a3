/* The names that a definition file may use: discs and personalities, each with words for people.
 * Who uses it: the emulator, whose tables have a row for each name (a test compares them), and the
 * command-line tool, which offers them. Names are part of the file format: they never change.
 * What it must not know: how any of them behaves. */
#ifndef OI_CATALOG_CATALOG_H
#define OI_CATALOG_CATALOG_H

/* clang-format off */

/* X(name, words, sectors of 2048 bytes that a new disc has room for, highest speed in x) */
#define OI_CATALOG_MEDIA(X) \
    X("cd-r",     "CD-R, 80 minutes",                         359845,   52) \
    X("cd-r-74",  "CD-R, 74 minutes",                         332850,   52) \
    X("cd-rw",    "CD-RW, 80 minutes",                        359845,   24) \
    X("cd-rw-74", "CD-RW, 74 minutes",                        332850,   24) \
    X("dvd-r",    "DVD-R",                                    2298496,  16) \
    X("dvd-r-dl", "DVD-R, two layers",                        4171712,  8) \
    X("dvd-rw",   "DVD-RW, as bought: blank, sequential",     2298496,  6) \
    X("dvd+r",    "DVD+R",                                    2295104,  16) \
    X("dvd+r-dl", "DVD+R, two layers",                        4173824,  8) \
    X("dvd+rw",   "DVD+RW, as bought: not formatted",         2295104,  8) \
    X("dvd-ram",  "DVD-RAM, 4.7 GB side",                     2236704,  5) \
    X("bd-r",     "BD-R, 25 GB",                              12219392, 16) \
    X("bd-r-dl",  "BD-R, 50 GB, two layers",                  24438784, 12) \
    X("bd-r-tl",  "BD-R XL, 100 GB, three layers",            48878592, 4) \
    X("bd-r-ql",  "BD-R XL, 128 GB, four layers",             62500864, 4) \
    X("bd-re",    "BD-RE, 25 GB, as bought: not formatted",   11826176, 2) \
    X("bd-re-dl", "BD-RE, 50 GB, as bought: not formatted",   23652352, 2) \
    X("cd-rom",   "pressed CD, made from an existing image",  0,        0) \
    X("dvd-rom",  "pressed DVD, made from an existing image", 0,        0) \
    X("bd-rom",   "pressed BD, made from an existing image",  0,        0)

/* X(name, words) */
#define OI_CATALOG_PERSONALITIES(X) \
    X("strict",                 "does what the standard says, and no more") \
    X("waiting-writes",         "holds a WRITE back until its buffer has room, instead of answering 2/04/08") \
    X("buffer-poll-loses-data", "loses data when asked for its buffer's room before it was full once") \
    X("silent-discard",         "accepts everything and records nothing") \
    X("deferred-errors",        "reports write errors later, with another command") \
    X("no-write12",             "does not know WRITE (12)") \
    X("no-underrun-protection", "ruins the track when its buffer runs empty") \
    X("small-transfers",        "takes 64 KiB in a command, and says so") \
    X("descriptor-sense",       "answers with sense data in descriptor format") \
    X("slow-ready",             "takes ten seconds to become ready") \
    X("no-configuration",       "does not know GET CONFIGURATION: has no features and no profiles") \
    X("few-mode-pages",         "has no mode pages but that of error recovery") \
    X("short-answers",          "answers with less than the standard wants, and claims that it is more")

/* clang-format on */

#endif
