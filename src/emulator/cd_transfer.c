/* Blocks to and from a CD.
 * The invariant: a WRITE is decided whole before anything is done, and counts only after its data
 * is in the image. A test write goes the same way, but nothing is kept of it. */
#include <stdlib.h>
#include <string.h>
#include "cd_image.h"
#include "cd_sector.h"
#include "cd_subchannel.h"
#include "personality.h"

enum { BATCH = 16, TEXT_BATCH = 64 };

/* What one WRITE stores, gathered. */
struct sink {
    struct oi_emu *emu;
    uint8_t data[BATCH * CD_RAW_BYTES];
    uint8_t sub[BATCH * CD_SUB_BYTES];
    bool has_sub;
    int32_t lba; /* of the first block gathered */
    uint32_t count;
    uint32_t block_bytes;
    uint8_t text[TEXT_BATCH * CD_TEXT_PACK_BYTES];
    uint32_t text_count;
    enum oi_status status;
};

static void flush_blocks(struct sink *sink)
{
    struct image *image = &sink->emu->image;
    uint64_t offset = (uint64_t)sink->lba * sink->block_bytes;
    size_t size = (size_t)sink->count * sink->block_bytes;

    if (!sink->count || sink->status != OI_OK)
        return;
    sink->status = image_write(sink->emu, offset, sink->data, size);
    if (sink->status == OI_OK && offset + size > image->bytes)
        image->bytes = offset + size;
    if (sink->status == OI_OK && sink->has_sub)
        sink->status = cd_put_sub(sink->emu, sink->lba, sink->sub, sink->count);
    sink->count = 0;
}

static void flush_text(struct sink *sink)
{
    if (!sink->text_count || sink->status != OI_OK)
        return;
    sink->status = cd_put_text(sink->emu, sink->text, sink->text_count);
    if (!sink->emu->definition.personality->records_nothing)
        sink->emu->disc.cd.text_packs += sink->text_count;
    sink->text_count = 0;
}

/* Only blocks that have a place in the image. */
static void keep(struct sink *sink, int32_t lba, const uint8_t *sector, const uint8_t *sub)
{
    bool plain = sink->block_bytes == SECTOR_BYTES;

    if (lba < 0 || sink->emu->disc.cd.testing)
        return;
    if (sink->count == BATCH || (sink->count && (lba != sink->lba + (int32_t)sink->count ||
                                                 sink->has_sub != (sub != NULL))))
        flush_blocks(sink);
    if (!sink->count)
        sink->lba = lba;
    sink->has_sub = sub != NULL;
    memcpy(sink->data + sink->count * sink->block_bytes,
           plain ? sector + CD_MODE_1_DATA_AT : sector, sink->block_bytes);
    if (sub)
        memcpy(sink->sub + sink->count * CD_SUB_BYTES, sub, CD_SUB_BYTES);
    sink->count++;
}

/* The lead-in says the same again and again: until its first pack comes back. */
static void keep_text(struct sink *sink, const uint8_t woven[CD_SUB_BYTES])
{
    enum { PACKS = 4, FIRST_TYPE = 0x80, LAST_TYPE = 0x8f, CRC_AT = 16, BLOCK_BITS = 0x70 };
    struct cd *cd = &sink->emu->disc.cd;
    uint8_t packs[PACKS * CD_TEXT_PACK_BYTES];

    cd_text_packs(woven, packs);
    for (uint32_t i = 0; i < PACKS && !cd->text_done; i++) {
        const uint8_t *pack = packs + i * CD_TEXT_PACK_BYTES;
        uint32_t known = cd->text_packs + sink->text_count;
        bool first = pack[2] == 0 && !(pack[3] & BLOCK_BITS);

        if (pack[0] < FIRST_TYPE || pack[0] > LAST_TYPE ||
            cd_crc(pack, CRC_AT) != be16(pack + CRC_AT))
            continue;
        cd->text_done = (known && first) || known == CD_TEXT_PACKS_MAX;
        if (cd->text_done || (!known && !first))
            continue;
        memcpy(sink->text + sink->text_count++ * CD_TEXT_PACK_BYTES, pack, CD_TEXT_PACK_BYTES);
        if (sink->text_count == TEXT_BATCH && !cd->testing)
            flush_text(sink);
        else if (sink->text_count == TEXT_BATCH)
            sink->text_count = 0;
    }
}

/* ---- what the host sends, as sectors ---- */

/* MMC-6, "Data Form": what the drive does not take from the host it makes itself. */
static void from_form(uint8_t form, const uint8_t *host, int32_t lba, uint8_t sector[CD_RAW_BYTES])
{
    enum { FAMILY = 0x30, KIND = 0x0f, IGNORED = 2 };
    bool whole = (form & KIND) == 1;
    bool ignored = (form & KIND) >= IGNORED;

    memset(sector, 0, CD_RAW_BYTES);
    switch (cd_form_mode(form)) {
    case CD_AUDIO:
        memcpy(sector, host, CD_RAW_BYTES);
        break;
    case CD_MODE_1:
        if (!ignored)
            memcpy(sector + CD_MODE_1_DATA_AT, host + (whole ? CD_MODE_1_DATA_AT : 0),
                   SECTOR_BYTES);
        cd_sector_mode_1(sector, lba);
        break;
    case CD_XA:
    case CD_MODE_2:
        if (!ignored)
            memcpy(sector + CD_SUBHEADER_AT, host + (whole ? CD_SUBHEADER_AT : 0),
                   CD_RAW_BYTES - CD_SUBHEADER_AT);
        if (cd_form_mode(form) == CD_XA)
            cd_sector_xa(sector, lba);
        else
            cd_sector_mode_2(sector, lba);
        break;
    }
}

/* Mode 2 of data block types Ah to Dh: the sub-header comes from page 05h or with the data. */
static void from_xa_type(const struct write_setup *setup, const uint8_t *host, int32_t lba,
                         uint8_t sector[CD_RAW_BYTES])
{
    enum { SUBHEADER_IN_PAGE = 48, SUBHEADER_BYTES = 8, FORM_1_WITH_SUBHEADER = 0x0b };
    enum { FORM_1 = 0x0a, FORM_2 = 0x0c, FORM_2_DATA = 2324 };
    uint8_t type = setup->block_type;

    memset(sector, 0, CD_RAW_BYTES);
    if (type == FORM_1 || type == FORM_2) {
        memcpy(sector + CD_SUBHEADER_AT, setup->page + SUBHEADER_IN_PAGE, SUBHEADER_BYTES / 2);
        sector[CD_SUBHEADER_AT + 2] =
            (uint8_t)(type == FORM_2 ? sector[CD_SUBHEADER_AT + 2] | CD_SUBMODE_FORM_2
                                     : sector[CD_SUBHEADER_AT + 2] & ~CD_SUBMODE_FORM_2);
        memcpy(sector + CD_SUBHEADER_AT + 4, sector + CD_SUBHEADER_AT, SUBHEADER_BYTES / 2);
        memcpy(sector + CD_XA_DATA_AT, host, type == FORM_1 ? SECTOR_BYTES : FORM_2_DATA);
    } else {
        bool short_data;

        memcpy(sector + CD_SUBHEADER_AT, host, SUBHEADER_BYTES);
        short_data = type == FORM_1_WITH_SUBHEADER || !cd_sector_is_form_2(sector);
        if (type == FORM_1_WITH_SUBHEADER)
            sector[CD_SUBHEADER_AT + 2] &= (uint8_t)~CD_SUBMODE_FORM_2;
        memcpy(sector + CD_XA_DATA_AT, host + SUBHEADER_BYTES,
               short_data ? SECTOR_BYTES : FORM_2_DATA);
    }
    cd_sector_xa(sector, lba);
}

static void put_tracks(struct sink *sink, const struct cd_job *job, const uint8_t *host)
{
    enum { MODE_1_FORM = 0x10, MODE_2_FORM = 0x30, AUDIO_FORM = 0x00 };
    enum { MODE_1_TYPE = 8, MODE_2_TYPE = 9, FIRST_XA = 0x0a };
    const struct write_setup *setup = drive_setup(sink->emu);
    uint8_t type = job->overwrites ? MODE_1_TYPE : setup->block_type;
    uint8_t form = type == MODE_1_TYPE   ? MODE_1_FORM
                   : type == MODE_2_TYPE ? MODE_2_FORM
                                         : AUDIO_FORM;
    uint32_t each = cd_block_type_bytes(type);
    uint8_t sector[CD_RAW_BYTES];

    for (uint32_t i = 0; i < job->blocks; i++, host += each) {
        int32_t lba = job->lba + (int32_t)i;

        if (type >= FIRST_XA)
            from_xa_type(setup, host, lba, sector);
        else if (form == MODE_1_FORM && sink->block_bytes == SECTOR_BYTES)
            memcpy(sector + CD_MODE_1_DATA_AT, host, SECTOR_BYTES);
        else
            from_form(form, host, lba, sector);
        keep(sink, lba, sector, NULL);
    }
}

static void put_session(struct sink *sink, const struct cd_job *job, const uint8_t *host)
{
    const struct cd *cd = &sink->emu->disc.cd;
    uint8_t sector[CD_RAW_BYTES];
    uint8_t apart[CD_SUB_BYTES];

    for (uint32_t i = 0; i < job->blocks; i++) {
        int32_t lba = job->lba + (int32_t)i;
        const struct cd_part *part = cd_part_at(cd, lba);
        uint32_t bytes = (uint32_t)cd_form_bytes(part->form);
        bool has_sub = part->form & 0xc0;

        if (!part->track) {
            keep_text(sink, host);
        } else {
            from_form(part->form, host, lba, sector);
            if (has_sub) {
                /* P and Q are the drive's. */
                cd_sub_part(host + bytes - CD_SUB_BYTES, apart);
                memset(apart, 0, CD_Q_BYTES);
                if (cd_make_q(cd, lba, apart + CD_Q_BYTES))
                    memset(apart, 0xff, CD_Q_BYTES);
            }
            keep(sink, lba, sector, has_sub ? apart : NULL);
        }
        host += bytes;
    }
}

/* Hosts scramble what they send raw; one that does not is understood all the same. */
static void unscramble(uint8_t sector[CD_RAW_BYTES], int32_t lba)
{
    if (!cd_sector_has_sync(sector))
        return;
    cd_sector_scramble(sector);
    if (!cd_sector_is_at(sector, lba)) {
        cd_sector_scramble(sector);
        if (!cd_sector_is_at(sector, lba))
            cd_sector_scramble(sector);
    }
}

/* MMC-6, data block type 1: of the Q channel the host need not know the CRC. */
static enum outcome put_raw(struct sink *sink, const struct cd_job *job, const uint8_t *host)
{
    enum { WITH_PQ = 1 };
    struct disc *disc = &sink->emu->disc;
    uint8_t type = drive_setup(sink->emu)->block_type;
    uint32_t each = cd_block_type_bytes(type);
    uint8_t sector[CD_RAW_BYTES];
    uint8_t apart[CD_SUB_BYTES];

    for (uint32_t i = 0; i < job->blocks; i++, host += each) {
        int32_t lba = job->lba + (int32_t)i;
        const uint8_t *sub = host + CD_RAW_BYTES;
        enum outcome outcome;

        if (type == WITH_PQ) {
            memset(apart, 0, sizeof(apart));
            memset(apart, sub[15] & 0x80 ? 0xff : 0, CD_Q_BYTES);
            memcpy(apart + CD_Q_BYTES, sub, CD_Q_BYTES - 2);
            set16(apart + 2 * CD_Q_BYTES - 2, cd_crc(sub, CD_Q_BYTES - 2));
        } else {
            cd_sub_part(sub, apart);
        }
        memcpy(sector, host, CD_RAW_BYTES);
        if (apart[CD_Q_BYTES] >> 4 & CD_CONTROL_DATA)
            unscramble(sector, lba);
        outcome = cd_raw_block(disc, lba, apart + CD_Q_BYTES, sector);
        if (outcome != GOOD)
            return outcome;
        if (lba < disc->cd.burn.program - CD_PREGAP && type != WITH_PQ)
            keep_text(sink, sub);
        if (lba < disc->cd.burn.lead_out)
            keep(sink, lba, sector, apart);
    }
    return GOOD;
}

static enum outcome store(struct oi_emu *emu, struct request *rq, const struct cd_job *job)
{
    struct sink *sink = calloc(1, sizeof(*sink));
    struct image *image = &emu->image;
    enum outcome outcome = GOOD;
    uint64_t size;

    if (!sink)
        return image_failed(emu, rq, WRITE_ERROR, OI_OUT_OF_MEMORY);
    sink->emu = emu;
    sink->block_bytes = emu->disc.form == FORM_PLAIN ? SECTOR_BYTES : CD_RAW_BYTES;
    if (!job->at_once)
        put_tracks(sink, job, rq->out);
    else if (emu->disc.cd.burn.kind == CD_BURN_SESSION)
        put_session(sink, job, rq->out);
    else
        outcome = put_raw(sink, job, rq->out);
    if (outcome == GOOD && !emu->disc.cd.testing) {
        flush_blocks(sink);
        flush_text(sink);
    }
    if (sink->status != OI_OK) {
        outcome = image_failed(emu, rq, WRITE_ERROR, sink->status);
        /* What is in it beyond that counts as burned when the drive dies. */
        if (oi_file_size(image->file, &size) == OI_OK && size > image->bytes)
            oi_file_set_size(image->file, image->bytes);
    }
    free(sink);
    return outcome;
}

/* The form that the disc needs from here on. An empty disc may go back to a plain image. */
static enum outcome choose_form(struct oi_emu *emu, struct request *rq, const struct cd_job *job)
{
    const struct write_setup *setup = drive_setup(emu);
    const struct cd *cd = &emu->disc.cd;
    bool empty = cd->track_count == 1 && cd_session_is_empty(cd);
    bool needs = cd_needs_sectors(&emu->disc, setup, job);

    if (setup->test_write)
        return GOOD;
    if (needs && emu->disc.form == FORM_PLAIN)
        return disc_move(emu, rq, FORM_SECTORS, cd_fill_sectors);
    if (!needs && empty && emu->disc.form == FORM_SECTORS)
        return disc_move(emu, rq, FORM_PLAIN, NULL);
    return GOOD;
}

static enum outcome record(struct oi_emu *emu, struct request *rq, const struct cd_job *job)
{
    enum outcome outcome = GOOD;

    if (job->begins)
        cd_begin(&emu->disc, drive_setup(emu), job);
    if (cd_mark(&emu->disc, job))
        outcome = disc_save_mark(emu, rq);
    if (outcome == GOOD)
        outcome = store(emu, rq, job);
    if (outcome != GOOD)
        return outcome;
    cd_wrote(&emu->disc, drive_setup(emu), job);
    if (!emu->disc.cd.testing)
        emu->unsaved = true;
    rq->moved = rq->given;
    cache_fill(emu, rq->given);
    return GOOD;
}

/* What fails at the beginning, or where the host tells of lead-ins and sub-channel, undoes all that
 * the data said so far. */
static enum outcome record_or_undo(struct oi_emu *emu, struct request *rq, const struct cd_job *job)
{
    struct disc before = emu->disc;
    enum outcome outcome = record(emu, rq, job);

    if (outcome != GOOD)
        emu->disc = before;
    return outcome;
}

/* Elsewhere only marks change before the data is in the image, and a mark that was saved, or that
 * is doubted, does no harm: no need to keep a copy of the disc. */
static bool may_need_undoing(const struct disc *disc, const struct cd_job *job)
{
    return job->begins || job->lba < 0 || disc->cd.burn.kind == CD_BURN_RAW;
}

/* Whole packets of a formatted disc, of which page 05h says nothing. */
static enum outcome overwrite(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks,
                              int length_field)
{
    struct cd_job job = {.lba = lba, .blocks = blocks, .overwrites = true};
    const struct medium_ops *ops = emu->disc.medium->ops;
    uint32_t bad = (uint32_t)lba;
    enum outcome outcome = LBA_OUT_OF_RANGE;

    if (rq->given != (uint64_t)blocks * SECTOR_BYTES)
        return wrong_cdb(rq, length_field);
    if (lba >= 0)
        outcome = ops->may_write(&emu->disc, drive_setup(emu), (uint32_t)lba, blocks, &bad);
    if (outcome != GOOD)
        return at_lba(rq, bad, outcome);
    if (!blocks)
        return GOOD;
    if (!cache_has_room(emu, rq->given))
        return LONG_WRITE_IN_PROGRESS;
    if (emu->disc.form == FORM_SECTORS)
        outcome = disc_move(emu, rq, FORM_PLAIN, NULL);
    if (outcome == GOOD)
        outcome = store(emu, rq, &job);
    if (outcome != GOOD)
        return at_lba(rq, (uint32_t)lba, outcome);
    ops->wrote(&emu->disc, drive_setup(emu), (uint32_t)lba, blocks);
    emu->unsaved = true;
    rq->moved = rq->given;
    cache_fill(emu, rq->given);
    return GOOD;
}

static enum outcome cd_write(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks,
                             int length_field)
{
    struct cd_job job = {.lba = lba, .blocks = blocks};
    enum outcome outcome;
    int32_t bad;

    if (emu->disc.medium->ops->may_write)
        return overwrite(emu, rq, lba, blocks, length_field);
    if (!blocks)
        return rq->given ? wrong_cdb(rq, length_field) : GOOD;
    outcome = cd_may_write(&emu->disc, drive_setup(emu), &job, &bad);
    if (outcome != GOOD)
        return at_lba(rq, (uint32_t)bad, outcome);
    if (rq->given != job.bytes)
        return wrong_cdb(rq, length_field);
    if (!cache_has_room(emu, rq->given))
        return LONG_WRITE_IN_PROGRESS;
    if (job.begins)
        outcome = choose_form(emu, rq, &job);
    if (outcome != GOOD)
        return at_lba(rq, (uint32_t)lba, outcome);
    outcome =
        may_need_undoing(&emu->disc, &job) ? record_or_undo(emu, rq, &job) : record(emu, rq, &job);
    return outcome == GOOD ? GOOD : at_lba(rq, (uint32_t)lba, outcome);
}

enum outcome on_send_cue_sheet(struct oi_emu *emu, struct request *rq)
{
    enum { ENTRY_BYTES = 8 };
    uint32_t size = be24(rq->cdb + 6);
    struct cd *cd = &emu->disc.cd;
    uint32_t field = 0;

    if (emu->disc.medium->io != &cd_io || emu->disc.medium->ops->may_write)
        return CANNOT_WRITE_MEDIUM;
    if (size % ENTRY_BYTES)
        return wrong_cdb(rq, 6);
    if (cd->finalised)
        return WRITE_PROTECTED;
    if (drive_setup(emu)->write_type != WRITE_SESSION_AT_ONCE || cd->damaged ||
        !cd_session_is_empty(cd) || cd->burn.kind != CD_BURN_NONE)
        return COMMAND_SEQUENCE_ERROR;
    if (!size)
        return GOOD;
    if (rq->given != size)
        return PARAMETER_LIST_LENGTH;
    if (!cd_take_cue(&emu->disc, rq->out, size, &field))
        return wrong_list(rq, (int)field);
    rq->moved = size;
    return GOOD;
}

/* ---- reading user data ---- */

static enum outcome user_data_at(const struct cd_track *track, const uint8_t *sector, uint32_t *at)
{
    if (track->mode == CD_MODE_1) {
        *at = CD_MODE_1_DATA_AT;
        return GOOD;
    }
    *at = CD_XA_DATA_AT;
    return track->mode == CD_XA && !cd_sector_is_form_2(sector) ? GOOD : ILLEGAL_MODE_FOR_TRACK;
}

static enum outcome read_block(struct oi_emu *emu, struct request *rq, int32_t lba, uint8_t *to)
{
    const struct cd_track *track;
    uint8_t sector[CD_RAW_BYTES];
    enum outcome outcome = cd_may_read(&emu->disc, lba, &track);
    enum oi_status status;
    uint32_t at;

    if (outcome != GOOD)
        return at_lba(rq, (uint32_t)lba, outcome);
    if (track->mode == CD_AUDIO || track->mode == CD_MODE_2)
        return at_lba(rq, (uint32_t)lba, ILLEGAL_MODE_FOR_TRACK);
    status = cd_fetch(emu, track, lba, false, sector);
    if (status != OI_OK)
        return at_lba(rq, (uint32_t)lba, image_failed(emu, rq, READ_ERROR, status));
    outcome = user_data_at(track, sector, &at);
    if (outcome != GOOD)
        return at_lba(rq, (uint32_t)lba, outcome);
    if (to)
        memcpy(to, sector + at, SECTOR_BYTES);
    return GOOD;
}

/* MMC-6, VERIFY (10): BYTCHK is not for CDs. */
static enum outcome cd_verify(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks)
{
    enum { BYTE_CHECK = 0x02 };
    const struct cd_track *track;
    enum outcome outcome = GOOD;

    if (rq->cdb[0] == OI_OP_VERIFY10 && (rq->cdb[1] & BYTE_CHECK))
        return wrong_bits(rq, 1, BYTE_CHECK);
    if (!blocks) {
        outcome = cd_may_read(&emu->disc, lba, &track);
        return outcome == LBA_OUT_OF_RANGE ? at_lba(rq, (uint32_t)lba, outcome) : GOOD;
    }
    for (uint32_t i = 0; i < blocks && outcome == GOOD; i++)
        outcome = read_block(emu, rq, (int32_t)((uint32_t)lba + i), NULL);
    return outcome;
}

static enum outcome cd_read(struct oi_emu *emu, struct request *rq, int32_t lba, uint32_t blocks,
                            int length_field)
{
    uint64_t size = (uint64_t)blocks * SECTOR_BYTES;
    enum outcome outcome = GOOD;

    if (!blocks || size > rq->room) {
        outcome = cd_verify(emu, rq, lba, blocks ? 1 : 0);
        return outcome == GOOD && blocks ? wrong_cdb(rq, length_field) : outcome;
    }
    /* What lies ahead of a sector that can't be read has gone over. */
    for (uint32_t i = 0; i < blocks && outcome == GOOD; i++) {
        outcome = read_block(emu, rq, (int32_t)((uint32_t)lba + i), rq->in + rq->moved);
        if (outcome == GOOD)
            rq->moved += SECTOR_BYTES;
    }
    return outcome;
}

const struct medium_io cd_io = {
    .write = cd_write,
    .read = cd_read,
    .verify = cd_verify,
    .toc = cd_toc,
    .publish = cd_publish,
    .forget = cd_forget,
};
