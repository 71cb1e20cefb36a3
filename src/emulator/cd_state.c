/* A CD in its state file.
 * Nothing in it is trusted: cd_whole lets only discs pass that recording could have made. */
#include <stdlib.h>
#include <string.h>
#include "disc.h"

static const char *const kind_names[] = {"invisible", "reserved", "recording", "closed"};
static const char *const mode_names[] = {"audio", "mode1", "mode2", "xa"};
static const char *const burn_names[] = {"none", "session", "raw"};
static const char flag_letters[] = "pfdsa"; /* packet, fixed, damaged, sub-channel, at once */
enum { FLAGS = sizeof(flag_letters) - 1, ADDRESS_MAX = 1 << 20 };

/* ---- writing ---- */

static void save_track(const struct cd_track *track, struct text_writer *writer)
{
    const bool flags[FLAGS] = {track->packet, track->fixed, track->damaged, track->sub,
                               track->at_once};
    char letters[FLAGS + 1];

    for (int i = 0; i < FLAGS; i++)
        letters[i] = '-';
    for (int i = 0; i < FLAGS; i++)
        if (flags[i])
            letters[i] = flag_letters[i];
    letters[FLAGS] = '\0';
    text_add(writer, "track = %u %s %s %u %s %u %u %d %d %d %d %d\n", (unsigned)track->session,
             kind_names[track->kind], mode_names[track->mode], (unsigned)track->control, letters,
             track->packet_size, track->links, track->pregap, track->start, track->end,
             track->synced, track->marked);
}

static void save_cd(const struct disc *disc, struct text_writer *writer)
{
    const struct cd *cd = &disc->cd;

    text_add(writer, "form = %s\nfinalised = %u\ndamaged = %u\nmoving = %u\ntype = %u\n",
             disc->form == FORM_SECTORS ? "sectors" : "plain", cd->finalised ? 1u : 0u,
             cd->damaged ? 1u : 0u, cd->moving ? 1u : 0u, (unsigned)cd->disc_type);
    for (uint32_t i = 0; i < cd->track_count; i++)
        save_track(&cd->tracks[i], writer);
    for (uint32_t i = 0; i < cd->part_count; i++)
        text_add(writer, "part = %d %u %u %u %u\n", cd->parts[i].start,
                 (unsigned)cd->parts[i].track, (unsigned)cd->parts[i].index,
                 (unsigned)cd->parts[i].control, (unsigned)cd->parts[i].form);
    if (cd->burn.kind != CD_BURN_NONE)
        text_add(writer, "burn = %s %d %d %d %d\n", burn_names[cd->burn.kind], cd->burn.program,
                 cd->burn.lead_out, cd->burn.synced, cd->burn.marked);
    if (cd->mcn[0])
        text_add(writer, "mcn = %s\n", cd->mcn);
    for (uint32_t i = 0; i < cd->track_count; i++)
        if (cd->isrc[i][0])
            text_add(writer, "isrc = %u %s\n", i + 1, cd->isrc[i]);
    if (cd->text_packs)
        text_add(writer, "text = %u\n", cd->text_packs);
}

/* A test write is not on the disc. */
void cd_save(const struct disc *disc, struct text_writer *writer)
{
    struct disc truth;

    if (!disc->cd.testing) {
        save_cd(disc, writer);
        return;
    }
    truth = *disc;
    cd_end_test(&truth);
    save_cd(&truth, writer);
}

/* ---- reading ---- */

enum { WORDS_MAX = 12, LINE_MAX_BYTES = 160 };

/* Cuts text at single blanks; 0 when there are too many words. */
static uint32_t cut(char *text, char *words[WORDS_MAX])
{
    uint32_t count = 0;

    for (char *next = text; next; count++) {
        if (count == WORDS_MAX)
            return 0;
        words[count] = next;
        next = strchr(next, ' ');
        if (next)
            *next++ = '\0';
    }
    return count;
}

static bool take_address(const char *text, int32_t *address)
{
    bool negative = *text == '-';
    uint32_t number;

    if (!text_number(text + (negative ? 1 : 0), ADDRESS_MAX, &number))
        return false;
    *address = negative ? -(int32_t)number : (int32_t)number;
    return true;
}

static bool take_byte(const char *text, uint32_t max, uint8_t *byte)
{
    uint32_t number;

    if (!text_number(text, max, &number))
        return false;
    *byte = (uint8_t)number;
    return true;
}

static bool take_name(const char *text, const char *const *names, uint32_t count, uint32_t *index)
{
    for (*index = 0; *index < count; ++*index)
        if (strcmp(text, names[*index]) == 0)
            return true;
    return false;
}

static bool take_flags(const char *text, struct cd_track *track)
{
    bool *const flags[FLAGS] = {&track->packet, &track->fixed, &track->damaged, &track->sub,
                                &track->at_once};

    if (strlen(text) != FLAGS)
        return false;
    for (int i = 0; i < FLAGS; i++) {
        if (text[i] != '-' && text[i] != flag_letters[i])
            return false;
        *flags[i] = text[i] != '-';
    }
    return true;
}

static bool take_track(struct cd *cd, char *words[WORDS_MAX], uint32_t count)
{
    enum { SESSION, KIND, MODE, CONTROL, LETTERS, PACKET, LINKS, PREGAP, START, END, SYNCED };
    enum { MARKED = SYNCED + 1, PACKET_SIZE_MAX = 0xffff, CONTROL_MAX = 15 };
    struct cd_track track = {0};
    uint32_t kind, mode;

    if (count != MARKED + 1 || cd->track_count == CD_TRACKS_MAX)
        return false;
    if (!take_byte(words[SESSION], CD_TRACKS_MAX, &track.session) ||
        !take_name(words[KIND], kind_names, 4, &kind) ||
        !take_name(words[MODE], mode_names, 4, &mode) ||
        !take_byte(words[CONTROL], CONTROL_MAX, &track.control) ||
        !take_flags(words[LETTERS], &track) ||
        !text_number(words[PACKET], PACKET_SIZE_MAX, &track.packet_size) ||
        !text_number(words[LINKS], ADDRESS_MAX, &track.links) ||
        !take_address(words[PREGAP], &track.pregap) || !take_address(words[START], &track.start) ||
        !take_address(words[END], &track.end) || !take_address(words[SYNCED], &track.synced) ||
        !take_address(words[MARKED], &track.marked))
        return false;
    track.kind = (enum cd_track_kind)kind;
    track.mode = (enum cd_mode)mode;
    track.next = track.synced;
    cd->tracks[cd->track_count++] = track;
    return true;
}

static bool take_part(struct cd *cd, char *words[WORDS_MAX], uint32_t count)
{
    enum { START, TRACK, INDEX, CONTROL, FORM, COUNT };
    struct cd_part part;

    if (count != COUNT || cd->part_count == CD_PARTS_MAX)
        return false;
    if (!take_address(words[START], &part.start) || !take_byte(words[TRACK], 255, &part.track) ||
        !take_byte(words[INDEX], 99, &part.index) ||
        !take_byte(words[CONTROL], 15, &part.control) || !take_byte(words[FORM], 255, &part.form) ||
        cd_form_bytes(part.form) < 0)
        return false;
    cd->parts[cd->part_count++] = part;
    return true;
}

static bool take_burn(struct cd *cd, char *words[WORDS_MAX], uint32_t count)
{
    enum { KIND, PROGRAM, LEAD_OUT, SYNCED, MARKED, COUNT };
    uint32_t kind;

    if (count != COUNT || cd->burn.kind != CD_BURN_NONE ||
        !take_name(words[KIND], burn_names, 3, &kind) ||
        !take_address(words[PROGRAM], &cd->burn.program) ||
        !take_address(words[LEAD_OUT], &cd->burn.lead_out) ||
        !take_address(words[SYNCED], &cd->burn.synced) ||
        !take_address(words[MARKED], &cd->burn.marked))
        return false;
    cd->burn.kind = (enum cd_burn_kind)kind;
    cd->burn.next = cd->burn.synced;
    cd->burn.parts_before = cd->part_count;
    return true;
}

static bool is_code(const char *text, uint32_t chars)
{
    if (strlen(text) != chars)
        return false;
    for (; *text; text++)
        if (!(*text >= '0' && *text <= '9') && !(*text >= 'A' && *text <= 'Z'))
            return false;
    return true;
}

static bool take_isrc(struct cd *cd, char *words[WORDS_MAX], uint32_t count)
{
    uint32_t number;

    if (count != 2 || !text_number(words[0], CD_TRACKS_MAX, &number) || !number ||
        !is_code(words[1], CD_ISRC_CHARS))
        return false;
    memcpy(cd->isrc[number - 1], words[1], CD_ISRC_CHARS + 1);
    return true;
}

static bool take_word(struct disc *disc, const char *key, const char *word)
{
    struct cd *cd = &disc->cd;
    bool *const flags[] = {&cd->finalised, &cd->damaged, &cd->moving};
    static const char *const names[] = {"finalised", "damaged", "moving"};
    uint32_t number;

    for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(key, names[i]) == 0) {
            *flags[i] = strcmp(word, "1") == 0;
            return *flags[i] || strcmp(word, "0") == 0;
        }
    if (strcmp(key, "form") == 0) {
        disc->form = strcmp(word, "sectors") == 0 ? FORM_SECTORS : FORM_PLAIN;
        return disc->form == FORM_SECTORS || strcmp(word, "plain") == 0;
    }
    if (strcmp(key, "type") == 0)
        return take_byte(word, 255, &cd->disc_type);
    if (strcmp(key, "text") == 0) {
        cd->text_done = text_number(word, CD_TEXT_PACKS_MAX, &number);
        cd->text_packs = cd->text_done ? number : 0;
        return cd->text_done;
    }
    if (strcmp(key, "mcn") != 0 || !is_code(word, CD_MCN_CHARS))
        return false;
    memcpy(cd->mcn, word, CD_MCN_CHARS + 1);
    return true;
}

bool cd_taken(struct disc *disc, const char *key, const char *value)
{
    char copy[LINE_MAX_BYTES];
    char *words[WORDS_MAX];
    size_t size = strlen(value) + 1;
    uint32_t count;

    if (size > sizeof(copy))
        return false;
    memcpy(copy, value, size);
    count = cut(copy, words);
    if (strcmp(key, "track") == 0)
        return take_track(&disc->cd, words, count);
    if (strcmp(key, "part") == 0)
        return take_part(&disc->cd, words, count);
    if (strcmp(key, "burn") == 0)
        return take_burn(&disc->cd, words, count);
    if (strcmp(key, "isrc") == 0)
        return take_isrc(&disc->cd, words, count);
    return count == 1 && take_word(disc, key, words[0]);
}

/* ---- judging ---- */

static bool kind_makes_sense(const struct cd *cd, const struct cd_track *track, bool last)
{
    bool torn = cd->burn.kind != CD_BURN_NONE || cd->damaged;

    switch (track->kind) {
    case CD_INVISIBLE:
        return last && !cd->finalised && track->next == track->start && !track->at_once;
    case CD_RESERVED:
        return !cd->finalised && !track->at_once && track->end > track->start;
    case CD_RECORDING:
        return !cd->finalised && (track->at_once ? torn : last);
    default:
        return true;
    }
}

static bool track_makes_sense(const struct disc *disc, uint32_t index)
{
    const struct cd *cd = &disc->cd;
    const struct cd_track *track = &cd->tracks[index];
    const struct cd_track *before = index ? track - 1 : NULL;
    int32_t sectors = (int32_t)disc->medium->sectors;

    if (track->pregap > track->start || track->start < 0 || track->start > track->synced ||
        track->synced > track->end || track->end > sectors)
        return false;
    if (track->synced > track->marked || track->marked > sectors)
        return false;
    if (track->fixed ? !track->packet || !track->packet_size : track->links > 0)
        return false;
    if (track->packet && !track->fixed && track->packet_size)
        return false;
    if (track->packet && (track->mode == CD_AUDIO || track->at_once))
        return false;
    if ((track->mode != CD_AUDIO) != ((track->control & CD_CONTROL_DATA) != 0))
        return false;
    if (!kind_makes_sense(cd, track, index + 1 == cd->track_count))
        return false;
    if (!before)
        return track->session == 1 && track->pregap == -CD_PREGAP;
    return track->pregap >= before->end && track->session >= before->session &&
           track->session - before->session <= 1 &&
           (track->session == before->session || before->kind == CD_CLOSED);
}

static bool parts_make_sense(const struct disc *disc)
{
    const struct cd *cd = &disc->cd;

    for (uint32_t i = 0; i < cd->part_count; i++)
        if ((cd->parts[i].track > cd->track_count && cd->parts[i].track != CD_LEAD_OUT_TRACK) ||
            cd->parts[i].start > (int32_t)disc->medium->sectors)
            return false;
    return true;
}

static bool burn_makes_sense(const struct disc *disc)
{
    const struct cd_burn *burn = &disc->cd.burn;

    if (burn->kind == CD_BURN_NONE)
        return true;
    return !disc->cd.finalised && !disc->cd.damaged && burn->synced <= burn->marked &&
           burn->lead_out >= 0 && burn->lead_out <= (int32_t)disc->medium->sectors &&
           burn->program >= 0 && burn->program <= (int32_t)disc->medium->sectors;
}

const char *cd_whole(const struct disc *disc)
{
    if (!disc->cd.track_count)
        return "it lists no track";
    for (uint32_t i = 0; i < disc->cd.track_count; i++)
        if (!track_makes_sense(disc, i))
            return "its tracks contradict each other";
    if (!parts_make_sense(disc) || !burn_makes_sense(disc))
        return "its sessions contradict each other";
    return NULL;
}
