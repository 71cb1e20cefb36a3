/* The invariant: the image and its state tell everything but sub-channel and CD-Text; the .cue is
 * for other programs and is never read back. */
#include "cd_image.h"

#include <stdlib.h>
#include <string.h>
#include "cd_sector.h"
#include "cd_subchannel.h"

/* ---- blocks ---- */

static int32_t readable_end(const struct disc *disc)
{
    return (int32_t)(disc->medium->read_only || disc->cd.finalised
                         ? disc->medium->ops->capacity(disc)
                         : disc->medium->sectors);
}

/* Between its pre-gap and its start a track has data only where it was part of the plan. */
static enum outcome pause_outcome(const struct cd *cd, const struct cd_track *track, int32_t lba)
{
    if (track->at_once && cd->burn.kind != CD_BURN_NONE && track->kind == CD_RECORDING)
        return lba < cd->burn.next ? GOOD : BLANK_CHECK;
    if (track->next == track->start && track->kind != CD_CLOSED)
        return BLANK_CHECK;
    return track->at_once || track->mode == CD_AUDIO ? GOOD : READ_ERROR;
}

enum outcome cd_may_read(const struct disc *disc, int32_t lba, const struct cd_track **track)
{
    const struct cd *cd = &disc->cd;
    const struct cd_track *last = &cd->tracks[cd->track_count - 1];

    *track = NULL;
    if (lba < 0 || lba >= readable_end(disc))
        return LBA_OUT_OF_RANGE;
    *track = cd_track_at(cd, lba);
    if (!*track)
        return lba < last->start && last->start > 0 ? READ_ERROR : BLANK_CHECK;
    if (cd->testing && (*track)->kind == CD_RECORDING)
        return BLANK_CHECK;
    if (lba < (*track)->start)
        return pause_outcome(cd, *track, lba);
    if (lba >= (*track)->next)
        return (*track)->kind == CD_CLOSED ? READ_ERROR : BLANK_CHECK;
    return GOOD;
}

static void put_empty(const struct cd_track *track, int32_t lba, uint8_t sector[CD_RAW_BYTES])
{
    memset(sector, 0, CD_RAW_BYTES);
    if (track->mode == CD_MODE_1)
        cd_sector_mode_1(sector, lba);
    else if (track->mode == CD_MODE_2)
        cd_sector_mode_2(sector, lba);
    else if (track->mode == CD_XA)
        cd_sector_xa(sector, lba);
}

/* A hole in the file, or its end, is a block of zeros that the drive made itself. */
enum oi_status cd_fetch(struct oi_emu *emu, const struct cd_track *track, int32_t lba, bool whole,
                        uint8_t sector[CD_RAW_BYTES])
{
    bool in_plain = !track->block_bytes && emu->disc.form == FORM_PLAIN;
    bool plain = track->block_bytes ? track->block_bytes == SECTOR_BYTES
                                    : in_plain && track->mode == CD_MODE_1;
    uint32_t size = plain ? SECTOR_BYTES : CD_RAW_BYTES;
    uint64_t offset = (uint64_t)lba * size;
    /* A reserved track that the drive filled up may be audio even beside a plain image. */
    bool kept = emu->image.file && (lba >= track->start || track->at_once) && (plain || !in_plain);
    uint8_t *to = plain ? sector + CD_MODE_1_DATA_AT : sector;
    size_t got = 0;
    enum oi_status status = OI_OK;

    if (track->block_bytes)
        offset = track->offset + (uint64_t)((int64_t)(lba - track->start) * size);
    memset(sector, 0, CD_RAW_BYTES);
    if (kept)
        status = oi_file_read_at(emu->image.file, offset, to, size, &got);
    if (status != OI_OK)
        return status;
    if (plain && whole)
        cd_sector_mode_1(sector, lba);
    else if (!plain && track->mode != CD_AUDIO && !cd_sector_has_sync(sector))
        put_empty(track, lba, sector);
    return OI_OK;
}

static void make_sub(const struct cd *cd, int32_t lba, uint8_t apart[CD_SUB_BYTES])
{
    memset(apart, 0, CD_SUB_BYTES);
    if (cd_make_q(cd, lba, apart + CD_Q_BYTES))
        memset(apart, 0xff, CD_Q_BYTES);
}

/* Where the file was taken away or ends, there is what the drive makes itself. */
enum oi_status cd_fetch_sub(struct oi_emu *emu, const struct cd_track *track, int32_t lba,
                            uint8_t apart[CD_SUB_BYTES])
{
    uint8_t kept[CD_SUB_BYTES];
    struct oi_file *file;
    enum oi_status status;
    size_t got = 0;
    char *path;

    make_sub(&emu->disc.cd, lba, apart);
    if (!track->sub)
        return OI_OK;
    path = disc_beside(emu, ".sub");
    status = path ? oi_file_open(&file, path, OI_FILE_READ) : OI_OUT_OF_MEMORY;
    free(path);
    if (status != OI_OK)
        return status == OI_NOT_FOUND ? OI_OK : status;
    status = oi_file_read_at(file, (uint64_t)lba * CD_SUB_BYTES, kept, sizeof(kept), &got);
    if (status == OI_OK && got == sizeof(kept))
        memcpy(apart, kept, sizeof(kept));
    oi_file_close(file);
    return status;
}

/* Those of a lead-in or a test write have no place in the image. */
void cd_lose(struct oi_emu *emu, uint32_t lba, uint32_t blocks)
{
    static uint8_t zeros[CD_RAW_BYTES]; /* not const: it would grow the DLL */
    uint32_t size = emu->disc.form == FORM_PLAIN ? SECTOR_BYTES : CD_RAW_BYTES;

    for (uint32_t i = 0; i < blocks && !emu->disc.cd.testing; i++) {
        uint64_t offset = ((uint64_t)lba + i) * size;

        if (offset + size > emu->image.bytes ||
            oi_file_write_at(emu->image.file, offset, zeros, size) != OI_OK)
            return;
    }
}

/* ---- the files beside the image ---- */

static enum oi_status put_beside(struct oi_emu *emu, const char *suffix, uint64_t offset,
                                 const uint8_t *data, size_t size)
{
    char *path;
    struct oi_file *file;
    enum oi_status status;

    if (emu->definition.personality->records_nothing)
        return OI_OK;
    path = disc_beside(emu, suffix);
    status = path ? oi_file_open(&file, path, OI_FILE_CREATE) : OI_OUT_OF_MEMORY;
    free(path);
    if (status != OI_OK)
        return status;
    status = oi_file_write_at(file, offset, data, size);
    oi_file_close(file);
    return status;
}

static enum oi_status flush_beside(struct oi_emu *emu, const char *suffix)
{
    char *path = disc_beside(emu, suffix);
    struct oi_file *file;
    enum oi_status status = path ? oi_file_open(&file, path, OI_FILE_WRITE) : OI_OUT_OF_MEMORY;

    free(path);
    if (status != OI_OK)
        return status == OI_NOT_FOUND ? OI_OK : status;
    status = oi_file_flush(file);
    oi_file_close(file);
    return status;
}

enum oi_status cd_put_sub(struct oi_emu *emu, int32_t lba, const uint8_t *apart, uint32_t blocks)
{
    return put_beside(emu, ".sub", (uint64_t)lba * CD_SUB_BYTES, apart,
                      (size_t)blocks * CD_SUB_BYTES);
}

enum oi_status cd_put_text(struct oi_emu *emu, const uint8_t *packs, uint32_t count)
{
    return put_beside(emu, ".cdt", (uint64_t)emu->disc.cd.text_packs * CD_TEXT_PACK_BYTES, packs,
                      (size_t)count * CD_TEXT_PACK_BYTES);
}

enum oi_status cd_get_text(struct oi_emu *emu, uint8_t **packs, uint32_t *count)
{
    char *path = disc_beside(emu, ".cdt");
    char *data = NULL;
    size_t size = 0;
    enum oi_status status =
        path ? oi_file_read_all(path, CD_TEXT_PACKS_MAX * CD_TEXT_PACK_BYTES + 1, &data, &size)
             : OI_OUT_OF_MEMORY;

    free(path);
    *packs = (uint8_t *)data;
    *count = (uint32_t)(size / CD_TEXT_PACK_BYTES);
    if (*count > emu->disc.cd.text_packs)
        *count = emu->disc.cd.text_packs;
    return status;
}

enum oi_status cd_fill_sectors(struct oi_emu *emu, struct oi_file *to)
{
    const struct cd *cd = &emu->disc.cd;
    uint8_t sector[CD_RAW_BYTES];
    enum oi_status status = OI_OK;

    for (uint32_t i = 0; i < cd->track_count && status == OI_OK; i++) {
        const struct cd_track *track = &cd->tracks[i];

        for (int32_t lba = track->start; lba < track->next && status == OI_OK; lba++) {
            status = cd_fetch(emu, track, lba, true, sector);
            if (status == OI_OK)
                status = oi_file_write_at(to, (uint64_t)lba * CD_RAW_BYTES, sector, sizeof(sector));
        }
    }
    return status;
}

/* ---- the cue sheet for other programs ---- */

static void add_index(struct text_writer *writer, uint32_t index, int32_t lba)
{
    uint32_t frames = (uint32_t)lba;

    text_add(writer, "    INDEX %02u %02u:%02u:%02u\n", index, frames / 75 / 60, frames / 75 % 60,
             frames % 75);
}

static void add_track(const struct cd *cd, uint32_t number, struct text_writer *writer)
{
    static const char *const types[] = {"AUDIO", "MODE1/2352", "MODE2/2352", "MODE2/2352"};
    const struct cd_track *track = &cd->tracks[number - 1];
    uint8_t control = track->control;
    int32_t pregap = track->pregap > 0 ? track->pregap : 0;

    text_add(writer, "  TRACK %02u %s\n", number, types[track->mode]);
    if (control & 0x0b && track->mode == CD_AUDIO)
        text_add(writer, "    FLAGS%s%s%s\n", control & 0x02 ? " DCP" : "",
                 control & 0x08 ? " 4CH" : "", control & 0x01 ? " PRE" : "");
    if (cd->isrc[number - 1][0])
        text_add(writer, "    ISRC %s\n", cd->isrc[number - 1]);
    if (pregap < track->start)
        add_index(writer, 0, pregap);
    add_index(writer, 1, track->start);
    for (uint32_t i = 0; i < cd->part_count; i++)
        if (cd->parts[i].track == number && cd->parts[i].index > 1)
            add_index(writer, cd->parts[i].index, cd->parts[i].start);
}

static const char *file_name(const char *path)
{
    const char *name = path;

    for (; *path; path++)
        if (*path == '/' || *path == '\\')
            name = path + 1;
    return name;
}

static void add_cue(struct oi_emu *emu, const char *bin, const char *text,
                    struct text_writer *writer)
{
    const struct cd *cd = &emu->disc.cd;
    uint32_t session = 0;

    if (cd->mcn[0])
        text_add(writer, "CATALOG %s\n", cd->mcn);
    if (cd->text_packs)
        text_add(writer, "CDTEXTFILE \"%s\"\n", file_name(text));
    text_add(writer, "FILE \"%s\" BINARY\n", file_name(bin));
    for (uint32_t i = 0; i < cd->track_count; i++) {
        const struct cd_track *track = &cd->tracks[i];
        uint32_t end = (uint32_t)track->end;

        if (track->next == track->start)
            continue;
        if (track->session != session)
            text_add(writer, "REM SESSION %02u\n", (unsigned)track->session);
        session = track->session;
        add_track(cd, i + 1, writer);
        if (session <= cd_closed_sessions(cd) && i + 1 == cd_last_of(cd, session))
            text_add(writer, "REM LEAD-OUT %02u:%02u:%02u\n", end / 75 / 60, end / 75 % 60,
                     end % 75);
    }
}

static enum oi_status write_cue(struct oi_emu *emu)
{
    enum { ROOM = 65536 };
    char *path = disc_beside(emu, ".cue");
    char *bin = disc_beside(emu, ".bin");
    char *cdt = disc_beside(emu, ".cdt");
    char *text = malloc(ROOM);
    struct text_writer writer = {.data = text, .room = ROOM};
    enum oi_status status = OI_OUT_OF_MEMORY;

    if (path && bin && cdt && text) {
        add_cue(emu, bin, cdt, &writer);
        status = writer.full ? OI_FAILED : oi_file_replace(path, text, writer.size);
    }
    free(text);
    free(cdt);
    free(bin);
    free(path);
    return status;
}

enum oi_status cd_publish(struct oi_emu *emu)
{
    enum oi_status status = OI_OK;

    if (emu->disc.cd.text_packs)
        status = flush_beside(emu, ".cdt");
    if (emu->disc.form != FORM_SECTORS)
        return status;
    if (status == OI_OK)
        status = flush_beside(emu, ".sub");
    return status == OI_OK ? write_cue(emu) : status;
}

void cd_forget(struct oi_emu *emu)
{
    static const char *const suffixes[] = {".cue", ".sub", ".cdt"};

    for (uint32_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        char *path = disc_beside(emu, suffixes[i]);

        if (path)
            oi_file_remove(path);
        free(path);
    }
}
