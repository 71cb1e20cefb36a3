/* Pressed discs: an image that was there before, never written, with no state beside it.
 * The invariant: what a .cue says is checked against the size of its file before it is a disc. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cd_sector.h"
#include "drive.h"

/* ---- DVD-ROM and BD-ROM ---- */

static void make_blank(struct disc *disc)
{
    (void)disc; /* it is never blank */
}

static enum outcome may_write(const struct disc *disc, const struct write_setup *setup,
                              uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    (void)disc;
    (void)setup;
    (void)blocks;
    *bad = lba;
    return CANNOT_WRITE_MEDIUM;
}

static enum outcome may_read(const struct disc *disc, uint32_t lba, uint32_t blocks, uint32_t *bad)
{
    *bad = lba;
    return lba < disc->rom_sectors && blocks <= disc->rom_sectors - lba ? GOOD : LBA_OUT_OF_RANGE;
}

static void summary(const struct disc *disc, struct disc_summary *out)
{
    (void)disc;
    *out = (struct disc_summary){
        .status = DISC_FINALISED,
        .last_session = SESSION_COMPLETE,
        .sessions = 1,
        .first_track_in_last_session = 1,
        .last_track = 1,
        .lead_in_start = NO_MSF,
        .last_lead_out = NO_MSF,
    };
}

static uint32_t tracks(const struct disc *disc)
{
    (void)disc;
    return 1;
}

static void track(const struct disc *disc, uint32_t number, struct track_summary *out)
{
    *out = (struct track_summary){
        .number = number,
        .session = 1,
        .size = disc->rom_sectors,
        .closed = true,
        .last_valid = true,
        .last = disc->rom_sectors - 1,
        .track_mode = TRACK_MODE_DATA,
        .data_mode = 1,
    };
}

static uint32_t sectors(const struct disc *disc)
{
    return disc->rom_sectors;
}

static bool unsettled(const struct disc *disc)
{
    (void)disc;
    return false;
}

const struct medium_ops rom_ops = {
    .make_blank = make_blank,
    .may_write = may_write,
    .may_read = may_read,
    .summary = summary,
    .tracks = tracks,
    .track = track,
    .recorded_end = sectors,
    .capacity = sectors,
    .unsettled = unsettled,
};

/* ---- CD-ROM ---- */

struct cue {
    struct oi_emu *emu;
    const char *path;
    uint32_t line;
    char bin[TEXT_LINE_MAX];
    uint32_t session;
    int32_t shift;    /* blocks that are on the disc but not in the file, so far */
    int32_t pregap;   /* PREGAP of the track at hand */
    int32_t first;    /* its first index, as told; -1: none yet */
    bool has_start;   /* index 1 was told */
    int32_t position; /* in the file, of the last index */
    uint64_t offset;  /* and its byte */
};

static enum presence refuse(struct oi_emu *emu, const char *path, uint32_t line, const char *why)
{
    if (line)
        text_message(emu->unreadable, "%s, line %u: %s; correct it, or name another image",
                     text_short_path(path), line, why);
    else
        text_message(emu->unreadable, "%s: %s; name another image", text_short_path(path), why);
    return MEDIUM_UNREADABLE;
}

/* Cuts the next word, or what stands in quotes, off *text; NULL when there is none. */
static char *next_word(char **text)
{
    char *word = *text;
    char end = ' ';

    while (*word == ' ' || *word == '\t')
        word++;
    if (!*word)
        return NULL;
    if (*word == '"') {
        end = '"';
        word++;
    }
    for (*text = word; **text && **text != end && (end == '"' || **text != '\t');)
        ++*text;
    if (**text)
        *(*text)++ = '\0';
    return word;
}

static bool take_time(const char *text, int32_t *frames)
{
    unsigned m, s, f;
    char more;

    if (!text || strlen(text) > 9 || sscanf(text, "%3u:%2u:%2u%c", &m, &s, &f, &more) != 3 ||
        s >= 60 || f >= 75 || m > 99)
        return false;
    *frames = (int32_t)((m * 60 + s) * 75 + f);
    return true;
}

static const char *take_file(struct cue *cue, char *rest)
{
    const char *name = next_word(&rest);
    const char *type = next_word(&rest);
    size_t folder = strlen(cue->path);
    bool absolute = name && (name[0] == '/' || name[0] == '\\' || (name[0] && name[1] == ':'));
    int length;

    if (!name || !type || strcmp(type, "BINARY") != 0)
        return "only FILE \"NAME\" BINARY is understood";
    if (cue->bin[0])
        return "more than one FILE is not understood";
    while (folder && cue->path[folder - 1] != '/' && cue->path[folder - 1] != '\\')
        folder--;
    length =
        snprintf(cue->bin, sizeof(cue->bin), "%.*s%s", absolute ? 0 : (int)folder, cue->path, name);
    return length > 0 && (size_t)length < sizeof(cue->bin) ? NULL : "its path is too long";
}

/* The track that ends where the next one, or its session's lead-out, begins. */
static const char *end_track(struct cue *cue, int32_t end)
{
    struct cd *cd = &cue->emu->disc.cd;
    struct cd_track *last = cd->track_count ? cd_last(cd) : NULL;

    if (!last || last->end)
        return NULL;
    if (!cue->has_start || end <= last->start)
        return "the track before this has no length";
    last->end = end;
    last->next = end;
    return NULL;
}

static const char *take_track(struct cue *cue, char *rest)
{
    static const struct {
        const char *name;
        enum cd_mode mode;
        uint32_t bytes;
    } types[] = {{"AUDIO", CD_AUDIO, 2352},
                 {"MODE1/2048", CD_MODE_1, 2048},
                 {"MODE1/2352", CD_MODE_1, 2352},
                 {"MODE2/2352", CD_XA, 2352}};
    enum { TYPES = sizeof(types) / sizeof(types[0]) };
    struct cd *cd = &cue->emu->disc.cd;
    const char *number = next_word(&rest);
    const char *type = next_word(&rest);
    uint32_t value;
    uint32_t i = 0;

    if (!cue->bin[0])
        return "a TRACK needs a FILE before it";
    if (!number || !text_number(number, CD_TRACKS_MAX, &value) || value != cd->track_count + 1)
        return "tracks must be numbered 01, 02, ...";
    if (cd->track_count && !cue->has_start)
        return "the track before this has no INDEX 01";
    while (i < TYPES && (!type || strcmp(type, types[i].name) != 0))
        i++;
    if (i == TYPES)
        return "the type must be AUDIO, MODE1/2048, MODE1/2352 or MODE2/2352";
    cd->tracks[cd->track_count++] = (struct cd_track){
        .kind = CD_CLOSED,
        .mode = types[i].mode,
        .control = types[i].mode == CD_AUDIO ? 0 : CD_CONTROL_DATA,
        .session = (uint8_t)cue->session,
        .block_bytes = types[i].bytes,
    };
    if (types[i].mode == CD_XA)
        cd->disc_type = 0x20;
    cue->pregap = 0;
    cue->first = -1;
    cue->has_start = false;
    return NULL;
}

/* Index 1 of a track is known: where it lies on the disc and in the file. */
static void place_track(struct cue *cue, int32_t at)
{
    struct cd *cd = &cue->emu->disc.cd;
    struct cd_track *last = cd_last(cd);
    int32_t first = cue->first >= 0 ? cue->first : at;

    cue->has_start = true;
    cue->shift += cue->pregap;
    last->start = at + cue->shift;
    last->next = last->start;
    last->pregap = cd->track_count == 1 ? -CD_PREGAP : first + cue->shift - cue->pregap;
    last->at_once = cue->first >= 0;
    last->offset = cue->offset;
}

static const char *take_index(struct cue *cue, char *rest)
{
    struct cd *cd = &cue->emu->disc.cd;
    const char *number = next_word(&rest);
    const char *wrong;
    uint32_t index;
    int32_t at;

    if (!cd->track_count || !number || !text_number(number, 99, &index) ||
        !take_time(next_word(&rest), &at))
        return "an INDEX needs a TRACK before it, a number and a time";
    if (at < cue->position)
        return "times must ascend";
    if (index > 1 ? !cue->has_start : cue->has_start || (!index && cue->first >= 0))
        return "indices must ascend";
    /* What lies between belongs to the track before, up to the first index of this one. */
    if (index == 1 && cue->first >= 0)
        cue->offset += (uint64_t)(at - cue->position) * cd_last(cd)->block_bytes;
    else if (index <= 1)
        cue->offset +=
            (uint64_t)(at - cue->position) *
            (cd->track_count > 1 ? cd_last(cd)[-1].block_bytes : cd_last(cd)->block_bytes);
    if (index <= 1)
        cue->position = at;
    if (index == 0) {
        cue->first = at;
        return NULL;
    }
    if (index == 1) {
        struct cd_track *track_before = cd->track_count > 1 ? cd_last(cd) - 1 : NULL;

        place_track(cue, at);
        if (track_before && !track_before->end) {
            track_before->end = cd_last(cd)->pregap;
            track_before->next = track_before->end;
            wrong =
                track_before->end > track_before->start ? NULL : "the track before this is empty";
            return wrong;
        }
        return track_before && cd_last(cd)->pregap < track_before->end
                   ? "it begins before the lead-out"
                   : NULL;
    }
    if (cd->part_count < CD_PARTS_MAX)
        cd->parts[cd->part_count++] = (struct cd_part){
            .start = at + cue->shift, .track = (uint8_t)cd->track_count, .index = (uint8_t)index};
    return NULL;
}

/* REM is a comment for others, but sessions have no other words. */
static const char *take_remark(struct cue *cue, char *rest)
{
    struct cd *cd = &cue->emu->disc.cd;
    const char *what = next_word(&rest);
    const char *value = next_word(&rest);
    uint32_t session;
    int32_t at;

    if (!what || !value)
        return NULL;
    if (strcmp(what, "SESSION") == 0 && text_number(value, CD_TRACKS_MAX, &session)) {
        if (session != cue->session + (cd->track_count ? 1u : 0u))
            return "sessions must be numbered 01, 02, ...";
        cue->session = session;
    } else if (strcmp(what, "LEAD-OUT") == 0 && take_time(value, &at) && cd->track_count) {
        return end_track(cue, at + cue->shift);
    }
    return NULL;
}

static void take_text(const char *value, char *text, size_t chars)
{
    if (value && strlen(value) == chars)
        memcpy(text, value, chars + 1);
}

static void take_flags(struct cue *cue, char *rest)
{
    struct cd_track *last = cd_last(&cue->emu->disc.cd);
    const char *flag;

    while ((flag = next_word(&rest)) != NULL)
        last->control |= (uint8_t)(strcmp(flag, "DCP") == 0   ? 0x02
                                   : strcmp(flag, "PRE") == 0 ? 0x01
                                   : strcmp(flag, "4CH") == 0 ? 0x08
                                                              : 0);
}

static const char *take_line(struct cue *cue, char *line)
{
    struct cd *cd = &cue->emu->disc.cd;
    const char *command = next_word(&line);

    if (!command)
        return NULL;
    if (strcmp(command, "FILE") == 0)
        return take_file(cue, line);
    if (strcmp(command, "TRACK") == 0)
        return take_track(cue, line);
    if (strcmp(command, "INDEX") == 0)
        return take_index(cue, line);
    if (strcmp(command, "REM") == 0)
        return take_remark(cue, line);
    if (strcmp(command, "CATALOG") == 0)
        take_text(next_word(&line), cd->mcn, CD_MCN_CHARS);
    if (!cd->track_count)
        return NULL;
    if (strcmp(command, "PREGAP") == 0)
        return take_time(next_word(&line), &cue->pregap) ? NULL : "a PREGAP needs a time";
    if (strcmp(command, "ISRC") == 0)
        take_text(next_word(&line), cd->isrc[cd->track_count - 1], CD_ISRC_CHARS);
    if (strcmp(command, "FLAGS") == 0)
        take_flags(cue, line);
    return NULL;
}

static enum oi_status open_image(struct oi_emu *emu, const char *path)
{
    struct image *image = &emu->image;

    image->status = oi_file_open(&image->file, path, OI_FILE_READ);
    if (image->status == OI_OK)
        image->status = oi_file_size(image->file, &image->bytes);
    return image->status;
}

static enum presence refuse_file(struct oi_emu *emu, const char *path, enum oi_status status)
{
    return refuse(emu, path, 0,
                  status == OI_NOT_FOUND ? "there is no such image, and a pressed disc needs one"
                                         : oi_status_text(status));
}

/* The last track reaches to the end of the file. */
static enum presence end_disc(struct oi_emu *emu, const char *path)
{
    struct cd *cd = &emu->disc.cd;
    struct cd_track *last = cd_last(cd);
    uint64_t blocks =
        emu->image.bytes > last->offset
            ? (emu->image.bytes - last->offset + last->block_bytes - 1) / last->block_bytes
            : 0;

    if (!last->end && blocks && blocks < 100 * 60 * 75) {
        last->end = last->start + (int32_t)blocks;
        last->next = last->end;
    }
    if (last->end <= last->start)
        return refuse(emu, path, 0, "does not hold the last track, or more than a CD can");
    cd->finalised = true;
    return MEDIUM_READABLE;
}

static enum presence read_cue(struct oi_emu *emu, const char *path, const char *data, size_t size)
{
    struct cue cue = {.emu = emu, .path = path, .session = 1, .first = -1};
    struct text_reader reader = {.data = data, .size = size};
    char line[TEXT_LINE_MAX];
    enum text_result result;
    enum oi_status status;

    while ((result = text_next(&reader, line)) != TEXT_END) {
        const char *wrong = result == TEXT_LINE ? take_line(&cue, line) : "it is not text";

        if (wrong)
            return refuse(emu, path, reader.line, wrong);
    }
    if (!emu->disc.cd.track_count || !cue.has_start)
        return refuse(emu, path, reader.line, "a FILE with a TRACK with an INDEX 01 is missing");
    status = open_image(emu, cue.bin);
    return status == OI_OK ? end_disc(emu, path) : refuse_file(emu, cue.bin, status);
}

/* One track over the whole file; without a cue its first sector tells the kind. */
static enum presence load_single(struct oi_emu *emu, const char *path, bool raw)
{
    struct cd *cd = &emu->disc.cd;
    struct cd_track *only = &cd->tracks[0];
    uint8_t sector[CD_RAW_BYTES] = {0};
    enum oi_status status = open_image(emu, path);
    size_t got = 0;

    if (status == OI_OK && raw)
        status = oi_file_read_at(emu->image.file, 0, sector, sizeof(sector), &got);
    if (status != OI_OK)
        return refuse_file(emu, path, status);
    cd->track_count = 1;
    *only = (struct cd_track){
        .kind = CD_CLOSED,
        .mode = !raw                            ? CD_MODE_1
                : !cd_sector_has_sync(sector)   ? CD_AUDIO
                : sector[CD_HEADER_AT + 3] == 2 ? CD_XA
                                                : CD_MODE_1,
        .session = 1,
        .pregap = -CD_PREGAP,
        .block_bytes = raw ? CD_RAW_BYTES : SECTOR_BYTES,
    };
    only->control = only->mode == CD_AUDIO ? 0 : CD_CONTROL_DATA;
    cd->disc_type = only->mode == CD_XA ? 0x20 : 0;
    return end_disc(emu, path);
}

static bool has_suffix(const char *path, const char *suffix)
{
    size_t length = strlen(path);
    size_t wanted = strlen(suffix);

    return length > wanted && strcmp(path + length - wanted, suffix) == 0;
}

static enum presence load_cd(struct oi_emu *emu)
{
    const char *image = emu->definition.image;
    bool bin = has_suffix(image, ".bin");
    char *path = bin ? disc_beside(emu, ".cue") : text_path(image, 0, "");
    enum presence presence = MEDIUM_UNREADABLE;
    enum oi_status status = path ? OI_NOT_FOUND : OI_OUT_OF_MEMORY;
    char *data = NULL;
    size_t size;

    if (path && (bin || has_suffix(image, ".cue")))
        status = oi_file_read_all(path, TEXT_FILE_MAX, &data, &size);
    if (status == OI_OK)
        presence = read_cue(emu, path, data, size);
    else if (status == OI_NOT_FOUND && !has_suffix(image, ".cue"))
        presence = load_single(emu, image, bin);
    else
        refuse_file(emu, image, status);
    free(data);
    free(path);
    return presence;
}

enum presence rom_load(struct oi_emu *emu)
{
    const char *image = emu->definition.image;
    enum oi_status status;
    uint64_t blocks;

    if (emu->disc.medium->family == FAMILY_CD)
        return load_cd(emu);
    status = open_image(emu, image);
    if (status != OI_OK)
        return refuse_file(emu, image, status);
    blocks = (emu->image.bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
    if (!blocks || blocks > INT32_MAX)
        return refuse(emu, image, 0, "is empty, or larger than a disc");
    emu->disc.rom_sectors = (uint32_t)blocks;
    return MEDIUM_READABLE;
}
