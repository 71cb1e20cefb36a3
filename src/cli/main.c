/* openimapi2: burns and compares disc images through the IMAPI2 COM interfaces, as any client
 * would. This file knows the commands and their help; each command lives in a file of its own. */
#include <windows.h>
#include <objbase.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "args.h"
#include "cancel.h"
#include "doctor.h"
#include "output.h"
#include "recorders.h"
#include "renew.h"
#include "settings.h"
#include "trace.h"
#include "verify.h"
#include "virtual.h"
#include "write.h"

static enum oi_exit version_command(const struct oi_args *args);

#define RECORDER_HELP "  --recorder RECORDER  which recorder; needed when there is more than one\n"

#define JSON_HELP                                                                                  \
    "  --json               one JSON object per line on stdout, with the key \"event\":\n"         \
    "                       start, waiting, progress, done or error\n"

#define ROWS_HELP                                                                                  \
    "  --json               one JSON object per line on stdout, with the key \"event\"\n"

#define BEHAVIOUR_HELP                                                                             \
    "  --speed N            let it be as slow as a drive that writes N times the single speed\n"   \
    "                       of its disc, N from 1 to 64; max: as fast as the machine\n"            \
    "  --personality NAME   the habits of a drive; \"virtual blanks\" lists them; strict: none\n"  \
    "  --faults FILE        a script of faults that it will have; off: none\n"                     \
    "  --clock CLOCK        real, or virtual: takes no time, and tells how long it would take\n"   \
    "  --trace WHICH        the runs that \"trace\" can show: on: those that change a disc; "      \
    "off:\n"                                                                                       \
    "                       none; all: also those that only ask\n"

static const char recorder_words[] =
    "A RECORDER is the name of a virtual recorder, a drive letter (D: or D), a unique id, or\n"
    "an index that \"list\" shows. With a single recorder it need not be named.\n";

static const char environment_words[] =
    "Environment, also for any other program that uses imapi2.dll:\n"
    "  OPENIMAPI2_TRACE       a file to which all commands are appended that are sent to "
    "recorders,\n"
    "                         with time, address, length, and how they ended; after a write that\n"
    "                         failed the commands that led to it\n"
    "  OPENIMAPI2_RECORDERS   the folder of the virtual recorders' definitions\n";

static const char exit_words[] =
    "Exit codes:\n"
    "  0  done\n"
    "  1  the drive, the disc or the system failed\n"
    "  2  the command line makes no sense\n"
    "  3  the disc does not hold the image (verify, write --verify)\n"
    "  4  cancelled with Ctrl-C; the message says what became of the disc\n"
    "  5  refused, nothing was written: no such recorder or image, image unsuitable or\n"
    "     larger than the disc, disc missing or closed, recorder in use\n";

// clang-format off
static const struct oi_command commands[] = {
    {L"list", NULL, NULL, false, OI_OPT_JSON, oi_list_command,
     "list                     the recorders and their discs",
     "Lists index, name, model and disc of every recorder.\n\n"
     "Options:\n"
     ROWS_HELP},
    {L"info", NULL, "RECORDER", false, OI_OPT_JSON, oi_info_command,
     "info [RECORDER]          all about a drive and the disc in it",
     "Tells about the drive, the disc in it, its sessions and tracks, and the room left.\n\n"
     "Options:\n"
     ROWS_HELP},
    {L"write", NULL, "IMAGE", true,
     OI_OPT_RECORDER | OI_OPT_VERIFY | OI_OPT_SPEED | OI_OPT_JSON | OI_OPT_FINALIZE,
     oi_write_command,
     "write IMAGE              burns an image file",
     "Burns IMAGE, a file of 2048-byte sectors such as an .iso file, onto the disc in the\n"
     "recorder. On a CD, DVD-R, DVD-RW, DVD+R or BD-R it becomes a new session; a DVD+RW,\n"
     "DVD-RAM, BD-RE or formatted DVD-RW is overwritten from the start, and formatted before\n"
     "if it never was. An image that does not fit is refused before anything is written.\n"
     "Ctrl-C stops the burn and tells what became of the disc.\n\n"
     "Options:\n"
     RECORDER_HELP
     "  --verify             afterwards reads the disc back and compares it with IMAGE\n"
     "  --speed N            N times the disc's single speed (CD 176.4, DVD 1385, BD 4496 kB/s),\n"
     "                       N from 1 to 64, with a decimal if need be; without it as fast as\n"
     "                       the drive can\n"
     "  --finalize           closes the disc for good: no further session can be added. Means\n"
     "                       nothing where a disc is overwritten\n"
     JSON_HELP},
    {L"verify", NULL, "IMAGE", true, OI_OPT_RECORDER | OI_OPT_JSON, oi_verify_command,
     "verify IMAGE             compares the disc with an image file",
     "Reads the session that was recorded last and compares it with IMAGE. The first sector\n"
     "that differs is named.\n\n"
     "Options:\n"
     RECORDER_HELP JSON_HELP},
    {L"blank", NULL, "RECORDER", false, OI_OPT_FULL | OI_OPT_JSON, oi_blank_command,
     "blank [RECORDER]         makes a CD-RW or DVD-RW blank again",
     "Makes the CD-RW or DVD-RW in the recorder blank. What it holds is lost.\n\n"
     "Options:\n"
     "  --full               overwrites all of the disc, which takes as long as a burn; without\n"
     "                       it only what says that something is there. After that many drives\n"
     "                       write a DVD-RW in one go only\n" JSON_HELP},
    {L"format", NULL, "RECORDER", false, OI_OPT_FULL | OI_OPT_JSON, oi_format_command,
     "format [RECORDER]        formats a DVD-RW, DVD+RW, DVD-RAM or BD-RE",
     "Formats the disc in the recorder, so that it can be overwritten anywhere. \"write\" does so\n"
     "by itself where a disc can't be written without. A DVD-RW is written in sessions until it\n"
     "is formatted, and again when it has been blanked.\n\n"
     "Options:\n"
     "  --full               also a disc that is formatted already: what it holds is lost\n" JSON_HELP},
    {L"trace", NULL, "NAME", true, OI_OPT_LAST | OI_OPT_ERRORS | OI_OPT_JSON, oi_trace_command,
     "trace NAME               the commands that a virtual recorder got",
     "Shows what the last program that changed something in the virtual recorder has sent to it:\n"
     "time, command, address, length, and how it ended. Works while a disc is being written, too.\n"
     "What programs send to any recorder is in the file that the environment variable\n"
     "OPENIMAPI2_TRACE names while they run.\n\n"
     "Options:\n"
     "  --last N             the last N of them\n"
     "  --errors             only those that failed, and the faults that made them fail; not the\n"
     "                       \"not yet\" of a busy drive (2/04/07, 2/04/08)\n"
     ROWS_HELP},
    {L"doctor", NULL, "RECORDER", false,
     OI_OPT_RECORDER | OI_OPT_BURN_TEST | OI_OPT_YES | OI_OPT_WRITE_ONCE | OI_OPT_SIZE | OI_OPT_JSON,
     oi_doctor_command,
     "doctor [RECORDER]        whether and how this computer can burn; --burn-test tries it",
     "Examines every recorder: what it is and can do, what it lacks, who holds it, which access\n"
     "to it fails and why, and whether a burn with the disc in it would work. Changes nothing.\n"
     "The output is what a bug report needs. Ends with 0 when a recorder could burn, with 5 when\n"
     "none could, for whatever reason, and with 1 only when the recorders can't be listed.\n\n"
     "With --burn-test it erases the rewritable disc in one recorder, writes test data, cancels,\n"
     "writes again, reads back and compares. It tells which disc will be lost, and asks before.\n"
     "Ends with 0 when it passed, 1 when a step failed, 3 when the disc does not hold what was\n"
     "written, 5 when it was not begun.\n\n"
     "Options:\n"
     "  --recorder RECORDER  only this one, as the word alone\n"
     "  --burn-test          the burn test, on the only recorder or the one that is named\n"
     "  --yes                begins the burn test without asking\n"
     "  --size N             with N MiB of test data, from 1 to 512; without it 64\n"
     "  --write-once         takes a disc that can be written only once, too, and uses it up\n"
     ROWS_HELP},
    {L"virtual", L"add", "NAME", true, OI_OPT_MEDIA | OI_OPT_IMAGE | OI_OPT_BEHAVIOUR,
     oi_virtual_add_command,
     "virtual add NAME         makes a recorder in software, with a disc in it",
     "Makes a virtual recorder. It shows up for every program that uses IMAPI2. What is burned\n"
     "on it comes out as the image file. NAME is 1 to 32 of A-Z a-z 0-9 _ and -.\n\n"
     "Options:\n"
     "  --media DISC         such as dvd+r; \"virtual blanks\" lists them; none: no disc\n"
     "  --image FILE         the file that holds the disc's contents; a new one is a blank disc\n"
     BEHAVIOUR_HELP
     "\n"
     "What is recorded where is kept in FILE.disc next to FILE: with both files of a disc that\n"
     "was burned before, that disc is in the recorder again.\n\n"
     "The definition is the text file NAME.ini in the folder that the environment variable\n"
     "OPENIMAPI2_RECORDERS names, else in %LOCALAPPDATA%\\OpenIMAPI2\\VirtualRecorders.\n"},
    {L"virtual", L"blanks", NULL, false, OI_OPT_JSON, oi_virtual_blanks_command,
     "virtual blanks           the discs and the personalities there are",
     "Lists what --media, --blank and --personality take: discs with their room and top speed,\n"
     "and what is peculiar about a drive.\n\n"
     "Options:\n"
     ROWS_HELP},
    {L"virtual", L"list", NULL, false, OI_OPT_JSON, oi_virtual_list_command,
     "virtual list             the definitions of virtual recorders",
     "Lists name, disc and image file of every virtual recorder, and what else was set.\n\n"
     "Options:\n"
     ROWS_HELP},
    {L"virtual", L"set", "NAME", true, OI_OPT_BEHAVIOUR, oi_virtual_set_command,
     "virtual set NAME         changes speed, personality, faults, clock or trace",
     "Changes how a virtual recorder behaves, for the programs that open it from now on.\n\n"
     "Options:\n"
     BEHAVIOUR_HELP},
    {L"virtual", L"remove", "NAME", true, 0, oi_virtual_remove_command,
     "virtual remove NAME      forgets a virtual recorder, keeps its image file",
     "Deletes the definition of the recorder. Its disc, which is the image file and the file of\n"
     "the same name with .disc behind it, stays: \"virtual add\" with --image brings it back.\n"},
    {L"virtual", L"insert", "NAME", true,
     OI_OPT_MEDIA | OI_OPT_IMAGE | OI_OPT_BLANK | OI_OPT_BEHAVIOUR, oi_virtual_insert_command,
     "virtual insert NAME      closes the tray, with another disc if one is named",
     "Closes the tray of a virtual recorder.\n\n"
     "Options:\n"
     "  --blank DISC         a new blank disc; its file is called like the present one, with a\n"
     "                       number, unless --image names it. No file is ever overwritten\n"
     "  --media DISC         a disc of that kind, with the contents of --image; without it the\n"
     "                       kind stays as it is\n"
     "  --image FILE         another file for the disc's contents\n"
     BEHAVIOUR_HELP},
    {L"virtual", L"eject", "NAME", true, 0, oi_virtual_eject_command,
     "virtual eject NAME       opens the tray",
     "Opens the tray of a virtual recorder.\n"},
    {L"--version", NULL, NULL, false, 0, version_command, NULL, ""},
    {0},
};
// clang-format on

static enum oi_exit version_command(const struct oi_args *args)
{
    (void)args;
    oi_say("openimapi2 " OI_VERSION " (%d bit)\n", (int)sizeof(void *) * 8);
    return OI_EXIT_OK;
}

/* Of all commands, or of those that begin with one word. */
static void say_overview(const wchar_t *group)
{
    oi_say("openimapi2 burns disc images through the IMAPI2 interfaces.\n\nUsage:\n");
    for (const struct oi_command *command = commands; command->word; command++) {
        if (command->summary && (!group || !wcscmp(command->word, group)))
            oi_say("  openimapi2 %s\n", command->summary);
    }
    oi_say("  openimapi2 COMMAND --help           more about a command and its options\n"
           "  openimapi2 --version                which version this is\n\n%s\n%s\n%s",
           recorder_words, environment_words, exit_words);
}

static void say_help(const struct oi_command *command)
{
    struct oi_utf8 subword = oi_utf8(command->subword);
    const char *operand = command->operand ? command->operand : "";
    const char *open = command->operand_needed || !*operand ? "" : "[";

    oi_say("Usage: openimapi2 %s%s%s%s%s%s%s%s\n\n%s", oi_utf8(command->word).text,
           command->subword ? " " : "", subword.text, *operand ? " " : "", open, operand,
           *open ? "]" : "", command->options ? " [OPTIONS]" : "", command->help);
    if ((command->options & OI_OPT_RECORDER) || (*operand == 'R'))
        oi_say("\n%s", recorder_words);
    oi_say("\n%s", exit_words);
}

static enum oi_exit run(const struct oi_args *args)
{
    HRESULT joined = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    struct oi_answer answer = oi_answer_from_call(joined);
    enum oi_exit exit;

    if (FAILED(joined))
        return oi_fail(OI_EXIT_FAILED, &answer, NULL, "COM can't be started");
    oi_trace_check_file();
    exit = args->command->run(args);
    CoUninitialize();
    oi_cancel_finish();
    return exit;
}

/* A mistake on the command line is told in the form that was asked for on the command line. */
static bool wants_json(int argc, wchar_t **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!wcscmp(argv[i], L"--json"))
            return true;
    }
    return false;
}

static bool cancel_guarded;

/* Before wmain. Who starts a program may press Ctrl-C before that begins, and a handler that the
 * system has queued runs as soon as all DLLs are loaded: only a TLS callback comes earlier. Under
 * Wine, the system's own would end the program with the exit code 0. */
static void NTAPI begin(void *module, DWORD reason, void *reserved)
{
    (void)module, (void)reserved;
    if (reason != DLL_PROCESS_ATTACH)
        return;
    oi_output_init();
    cancel_guarded = oi_cancel_guard();
}

/* The linker sorts the callbacks by the name of their section, between the marks XLA and XLZ. */
PIMAGE_TLS_CALLBACK oi_begin __attribute__((section(".CRT$XLB"), used));
PIMAGE_TLS_CALLBACK oi_begin = begin;

int wmain(int argc, wchar_t **argv);

int wmain(int argc, wchar_t **argv)
{
    struct oi_args args;
    enum oi_exit exit;

    if (!cancel_guarded)
        oi_warn(NULL, "Ctrl-C can't be caught; don't use it");
    if (wants_json(argc, argv))
        oi_output_use_json();
    exit = oi_args_parse(&args, commands, argc, argv);
    if (exit)
        return exit;
    if (!(args.given & OI_OPT_HELP))
        return run(&args);
    if (args.command)
        say_help(args.command);
    else
        say_overview(args.group);
    return OI_EXIT_OK;
}
