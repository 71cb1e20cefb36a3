/* Keeping a disc that is recorded in order: its lines in the state file, and what a dead writer
 * left. The invariant: what whole() accepts keeps every promise of sequential.c. */
#include <stdio.h>
#include <string.h>
#include "sequential.h"

static const char *const kind_names[] = {"open", "reserved", "closed"};
static const char *const at_once_names[] = {"no", "running", "broken"};
static const char *const srm_names[] = {"none", "srm", "srm+pow"};

/* A reservation for a disc at once is in the drive, not on the disc, before the first write. */
static bool only_planned(const struct disc *disc)
{
    return disc->at_once == AT_ONCE_RUNNING && disc->tracks[0].marked == disc->tracks[0].start;
}

/* Lines that are missing mean a disc as it was bought. */
static void save_preparation(const struct disc *disc, struct text_writer *writer)
{
    if (disc->at_once && !only_planned(disc))
        text_add(writer, "at-once = %s\n", at_once_names[disc->at_once]);
    if (disc->at_once_only)
        text_add(writer, "at-once-only = 1\n");
    if (disc->layer_break)
        text_add(writer, "layer-break = %u\n", disc->layer_break);
    if (disc->srm)
        text_add(writer, "srm = %s\nspare = %u\n", srm_names[disc->srm], disc->spare);
    if (disc->srm == SRM_POW)
        text_add(writer, "replaced = %u\nreplaced-marked = %u\n", disc->replaced,
                 disc->replaced_marked);
}

/* track = session kind start end synced marked */
void sequential_save(const struct disc *disc, struct text_writer *writer)
{
    text_add(writer, "finalised = %u\n", disc->finalised ? 1u : 0u);
    save_preparation(disc, writer);
    if (only_planned(disc)) {
        text_add(writer, "track = 1 open 0 %u 0 0\n", sequential_end(disc));
        return;
    }
    for (uint32_t i = 0; i < disc->track_count; i++) {
        const struct track *track = &disc->tracks[i];

        text_add(writer, "track = %u %s %u %u %u %u\n", track->session, kind_names[track->kind],
                 track->start, track->end, track->synced, track->marked);
    }
}

/* Cuts the next word off text; NULL when there is none. */
static char *word(char **text)
{
    char *start = *text;
    char *space;

    if (!start || !*start)
        return NULL;
    space = strchr(start, ' ');
    if (space)
        *space = '\0';
    *text = space ? space + 1 : NULL;
    return start;
}

/* Where text stands in the list of names; false when it does not. */
static bool take_name(const char *text, const char *const *names, uint32_t count, uint32_t *value)
{
    for (*value = 0; *value < count; (*value)++)
        if (strcmp(text, names[*value]) == 0)
            return true;
    return false;
}

static bool take_track(struct disc *disc, const char *value)
{
    enum { SESSION, KIND, START, END, SYNCED, MARKED, WORDS };
    char copy[128];
    char *rest = copy;
    uint32_t numbers[WORDS] = {0};
    struct track *track = &disc->tracks[disc->track_count];

    if (disc->track_count == DISC_TRACKS_MAX || strlen(value) >= sizeof(copy))
        return false;
    snprintf(copy, sizeof(copy), "%s", value);
    for (int i = 0; i < WORDS; i++) {
        const char *text = word(&rest);

        if (!text)
            return false;
        if (i == KIND ? !take_name(text, kind_names, 3, &numbers[i])
                      : !text_number(text, disc->medium->sectors, &numbers[i]))
            return false;
    }
    if (rest)
        return false;
    *track = (struct track){.session = numbers[SESSION],
                            .kind = (enum track_kind)numbers[KIND],
                            .start = numbers[START],
                            .end = numbers[END],
                            .next = numbers[SYNCED],
                            .synced = numbers[SYNCED],
                            .marked = numbers[MARKED]};
    disc->track_count++;
    return true;
}

static bool take_flag(const char *value, bool *flag)
{
    uint32_t number;

    if (!text_number(value, 1, &number))
        return false;
    *flag = number == 1;
    return true;
}

/* Each medium knows only the lines that its ops can lead to. */
static bool take_preparation(struct disc *disc, const char *key, const char *value)
{
    const struct medium *medium = disc->medium;
    bool srm = medium->ops->resources != NULL;
    bool at_once = medium->ops->synchronize != NULL;
    uint32_t number;

    if (at_once && strcmp(key, "at-once") == 0) {
        if (!take_name(value, at_once_names, 3, &number))
            return false;
        disc->at_once = (enum at_once)number;
        return true;
    }
    if (at_once && medium->erasable && strcmp(key, "at-once-only") == 0)
        return take_flag(value, &disc->at_once_only);
    if (medium->ops->set_layer_break && strcmp(key, "layer-break") == 0)
        return text_number(value, medium->sectors / 2, &disc->layer_break);
    if (srm && strcmp(key, "srm") == 0) {
        if (!take_name(value, srm_names, 3, &number))
            return false;
        disc->srm = (enum srm)number;
        return true;
    }
    if (srm && strcmp(key, "spare") == 0)
        return text_number(value, medium->sectors / 2, &disc->spare);
    if (srm && strcmp(key, "replaced") == 0)
        return text_number(value, medium->sectors, &disc->replaced);
    if (srm && strcmp(key, "replaced-marked") == 0)
        return text_number(value, medium->sectors, &disc->replaced_marked);
    return false;
}

bool sequential_taken(struct disc *disc, const char *key, const char *value)
{
    if (strcmp(key, "track") == 0)
        return take_track(disc, value);
    if (disc->track_count)
        return false;
    if (strcmp(key, "finalised") == 0)
        return take_flag(value, &disc->finalised);
    return take_preparation(disc, key, value);
}

static bool is_aligned(const struct disc *disc, const struct track *track)
{
    uint32_t unit = disc->medium->unit;

    return track->start % unit == 0 &&
           (disc->at_once || (track->end % unit == 0 && track->synced % unit == 0));
}

static bool track_makes_sense(const struct disc *disc, uint32_t index)
{
    const struct track *track = &disc->tracks[index];
    const struct track *before = index ? track - 1 : NULL;
    uint32_t end = sequential_end(disc);

    if (!is_aligned(disc, track) || track->end > end)
        return false;
    if (track->start > track->synced || track->synced > track->marked || track->marked > track->end)
        return false;
    if (track->kind == TRACK_CLOSED && (track->synced != track->end || track->start == track->end))
        return false;
    if (track->kind == TRACK_OPEN &&
        (index + 1 != disc->track_count || disc->finalised || track->end != end))
        return false;
    if (track->kind == TRACK_RESERVED && (disc->finalised || track->start == track->end))
        return false;
    if (!before)
        return track->session == 1 && track->start == 0;
    return track->start >= before->end && track->session - before->session <= 1 &&
           (track->session == before->session || before->kind == TRACK_CLOSED);
}

static bool preparation_makes_sense(const struct disc *disc)
{
    uint32_t unit = disc->medium->unit;
    bool untouched =
        disc->track_count == 1 && disc->tracks[0].kind == TRACK_OPEN && disc->tracks[0].marked == 0;

    if (disc->at_once && (disc->track_count != 1 || disc->tracks[0].kind == TRACK_CLOSED ||
                          disc->tracks[0].marked == 0))
        return false;
    if (disc->layer_break % unit || disc->spare % unit || (disc->spare && !disc->srm))
        return false;
    if (disc->medium->ops->resources && !disc->srm && !untouched)
        return false;
    if (disc->srm == SRM_POW ? !disc->spare : disc->replaced_marked)
        return false;
    return disc->replaced <= disc->replaced_marked && disc->replaced_marked <= disc->spare / unit;
}

const char *sequential_whole(const struct disc *disc)
{
    if (!disc->track_count)
        return "it lists no track";
    if (!preparation_makes_sense(disc))
        return "how the disc was prepared contradicts itself or its tracks";
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (!track_makes_sense(disc, i))
            return "its tracks contradict each other";
    return NULL;
}

/* Blocks that follow each other are gathered to whole units; what is left over when the stream ends
 * is filled up with zeros. A disc at once is one stream until its end. */
void sequential_saved(struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++) {
        struct track *track = &disc->tracks[i];

        if (!disc->at_once)
            track->next = sequential_round_up(disc, track->next);
        track->synced = track->next;
        track->marked = track->next;
    }
    disc->replaced_marked = disc->replaced;
    disc->writing = false;
}

void sequential_doubt(struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        disc->tracks[i].marked = disc->tracks[i].next;
    disc->replaced_marked = disc->replaced;
}

bool sequential_unsettled(const struct disc *disc)
{
    for (uint32_t i = 0; i < disc->track_count; i++)
        if (disc->tracks[i].marked > disc->tracks[i].next)
            return true;
    return disc->replaced_marked > disc->replaced;
}

/* Replacements that may have been used up are: nobody can tell. A disc at once can't go on without
 * the drive that began it, but one of which nothing was written is as it was before. */
void sequential_recover(struct disc *disc, uint32_t image_sectors)
{
    for (uint32_t i = 0; i < disc->track_count; i++) {
        struct track *track = &disc->tracks[i];
        uint32_t reached = image_sectors < track->marked ? image_sectors : track->marked;

        reached = sequential_round_up(disc, reached);
        if (reached > track->end)
            reached = track->end;
        if (reached > track->next)
            track->next = reached;
    }
    disc->replaced = disc->replaced_marked;
    if (disc->at_once && disc->tracks[0].next > disc->tracks[0].start) {
        disc->at_once = AT_ONCE_BROKEN;
    } else if (disc->at_once) {
        disc->at_once = AT_ONCE_NO;
        disc->track_count = 0;
        sequential_make_blank(disc);
    }
}
