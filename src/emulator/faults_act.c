/* What a rule of the fault script does to a command and to the drive.
 * The invariant: a disc only ever gets into a state that a drive could have left it in. A command
 * that failed recorded nothing, or so many whole sectors and the next writable address says so;
 * what power loss takes is what a killed process would not have kept. */
#include <stdlib.h>
#include <string.h>
#include "disc_state.h"
#include "drive.h"
#include "faults.h"
#include "personality.h"
#include "range.h"

/* A command under a rule. */
struct act {
    struct oi_emu *emu;
    const struct fault_rule *rule;
    const struct oi_emu_command *command;
    struct request *rq;
    struct oi_emu_reply *reply;
};

/* ---- what the drive loses ---- */

/* Whether the end of the image is the end of what was written: what the buffer still held can then
 * be taken away again. What random-writable media held before can't be brought back; there all that
 * was in the buffer counts as written. */
static bool ends_with_image(const struct oi_emu *emu)
{
    struct disc_summary summary;

    if (!emu->image.locked || !emu->unsaved)
        return false;
    emu->disc.medium->ops->summary(&emu->disc, &summary);
    return summary.status != DISC_OTHER;
}

/* The end of what IMAGE.disc tells of, in sectors; without one there is none. */
static uint64_t saved_sectors(const struct oi_emu *emu)
{
    const struct medium *medium = emu->disc.medium;
    char problem[TEXT_MESSAGE_MAX];
    struct disc saved;

    if (disc_state_read(&saved, medium, emu->disc_path, problem) != OI_OK)
        return 0;
    return saved.medium->ops->recorded_end(&saved);
}

/* Takes back what had not left the buffer; the disc state then follows the image. */
static void lose_buffer(struct oi_emu *emu)
{
    const struct cache *cache = &emu->cache;
    uint32_t each = disc_sector_bytes(&emu->disc);
    uint32_t unit = emu->disc.medium->unit;
    uint64_t held = cache_drain_us(emu) && cache->block_bytes
                        ? (cache->level + cache->block_bytes - 1) / cache->block_bytes
                        : 0;
    uint64_t kept = emu->image.bytes / each;
    uint64_t saved = saved_sectors(emu);

    kept = kept > held ? kept - held : 0;
    kept = (kept + unit - 1) / unit * unit;
    if (kept < saved)
        kept = saved;
    if (kept * each < emu->image.bytes && oi_file_set_size(emu->image.file, kept * each) == OI_OK)
        emu->image.bytes = kept * each;
}

/* As if the process had been killed and the disc opened by the next one. */
static void reload(struct oi_emu *emu)
{
    if (emu->presence == MEDIUM_READABLE && ends_with_image(emu))
        lose_buffer(emu);
    disc_unload(emu);
    disc_load(emu);
}

/* What every drive forgets when it starts anew. */
static void start_anew(struct oi_emu *emu)
{
    mode_pages_reset(emu);
    tray_prevent(emu, false);
    speed_reset(emu);
    emu->late = (struct late_error){0};
    emu->kept = (struct kept_error){0};
    emu->power = POWER_ACTIVE;
    emu->busy_until_us = 0;
    emu->arriving = false;
    emu->stopped = false;
    emu->attentions = 0;
    attention_raise(emu, POWER_ON_OR_RESET);
}

/* The disc is as it was, but for what was on its way to it. */
static void reset(struct oi_emu *emu)
{
    if (emu->presence == MEDIUM_READABLE && ends_with_image(emu) && cache_drain_us(emu))
        reload(emu);
    emu->cache = (struct cache){0};
    start_anew(emu);
}

static void lose_power(struct oi_emu *emu)
{
    reload(emu);
    start_anew(emu);
    if (emu->presence != MEDIUM_ABSENT)
        work_start(emu, WORK_READY, true);
}

static void unplug(struct oi_emu *emu)
{
    lose_power(emu);
    disc_unload(emu);
    emu->gone = true;
}

static void pull(struct oi_emu *emu)
{
    reload(emu);
    tray_pull(emu);
    tray_prevent(emu, false);
    emu->late = (struct late_error){0};
}

/* ---- commands that are carried out in part, or not ---- */

static void deliver(const struct act *a, enum oi_emu_delivery delivery)
{
    *a->reply = (struct oi_emu_reply){.delivery = delivery};
}

static bool was_good(const struct oi_emu_reply *reply)
{
    return reply->delivery == OI_EMU_ANSWERED && reply->scsi_status == 0;
}

static void carry_out(const struct act *a)
{
    run_command(a->emu, a->command, a->rq, a->reply);
}

/* Carries out a WRITE as if it had no more than so many sectors. */
static void carry_out_sectors(const struct act *a, uint32_t sectors)
{
    struct oi_emu_command shortened = *a->command;
    struct block_range range = range_of(shortened.cdb);
    struct request rq = {.cdb = shortened.cdb, .field = -1};

    if (sectors > range.blocks)
        sectors = range.blocks;
    if (range.blocks)
        shortened.data_len = (uint32_t)((uint64_t)shortened.data_len * sectors / range.blocks);
    set_range_blocks(shortened.cdb, sectors);
    run_command(a->emu, &shortened, &rq, a->reply);
}

/* The drive's own words, if it had any, would be about something else. */
static void explain_rule(const struct act *a, const char *what)
{
    explain(a->emu, a->rq, "%s, line %u: %s", text_short_path(a->emu->definition.fault_path),
            a->rule->line, what);
    a->emu->trace.told = true;
}

/* ---- fail ---- */

/* The first block that the rule is about, of the command's own. */
static uint32_t own_lba(const struct act *a)
{
    const struct fault_rule *rule = a->rule;
    int64_t lba = range_of(a->command->cdb).lba;

    if (rule->partly) {
        uint32_t blocks = range_of(a->command->cdb).blocks;

        return (uint32_t)(lba + (rule->amount < blocks ? rule->amount : blocks));
    }
    if (rule->has_lba && rule->lba_first > lba)
        lba = rule->lba_first;
    if (rule->has_after) {
        int64_t limit =
            (int64_t)((uint64_t)a->emu->disc.medium->sectors * rule->after_tenths / 1000);

        lba = limit > lba ? limit : lba;
    }
    return (uint32_t)lba;
}

/* Errors of the medium or at an address name it; the others are not about a block. */
static bool names_lba(const struct act *a)
{
    uint8_t key = (uint8_t)(a->rule->code >> 16);
    uint8_t asc = (uint8_t)(a->rule->code >> 8);

    if (!has_range(a->command->cdb[0]) || a->rule->deferred)
        return false;
    return key == OI_KEY_RECOVERED_ERROR || key == OI_KEY_MEDIUM_ERROR ||
           key == OI_KEY_HARDWARE_ERROR || key == OI_KEY_BLANK_CHECK || asc == 0x21 || asc == 0x63;
}

static void set_information(const struct act *a)
{
    const struct fault_rule *rule = a->rule;
    struct request *rq = a->rq;

    rq->information_valid = rule->information == FAULT_GIVEN_LBA ||
                            (rule->information == FAULT_OWN_LBA && names_lba(a));
    if (rq->information_valid)
        rq->information =
            rule->information == FAULT_GIVEN_LBA ? (uint32_t)rule->information_lba : own_lba(a);
}

/* Sense data that did not come over whole can be asked for. */
static void cut_sense(const struct act *a, enum outcome outcome)
{
    struct oi_emu_reply *reply = a->reply;

    if (a->rule->sense_bytes >= reply->sense_len)
        return;
    memset(reply->sense + a->rule->sense_bytes, 0, sizeof(reply->sense) - a->rule->sense_bytes);
    reply->sense_len = a->rule->sense_bytes;
    a->emu->kept = (struct kept_error){true, outcome, a->rq->deferred, a->rq->information_valid,
                                       a->rq->information};
}

/* SPC-3: with these keys the command has been carried out, unless it is another one's error. */
static bool is_executed(const struct fault_rule *rule)
{
    return rule->executed ||
           (!rule->deferred && !rule->partly && rule->code >> 16 <= OI_KEY_RECOVERED_ERROR);
}

static void fail(const struct act *a)
{
    const struct fault_rule *rule = a->rule;
    enum outcome outcome = (enum outcome)rule->code;
    struct request *rq = a->rq;

    *a->reply = (struct oi_emu_reply){0};
    if (is_executed(rule))
        carry_out(a);
    else if (rule->partly && rule->amount)
        carry_out_sectors(a, rule->amount);
    if (!was_good(a->reply))
        return;
    rq->moved = is_executed(rule) ? a->reply->moved : 0;
    rq->deferred = rule->deferred;
    set_information(a);
    explain_rule(a, "the fault script made this command fail");
    refuse_command(a->emu, a->command, rq, outcome, a->reply);
    if (!a->reply->sense_len)
        return;
    if (rule->format != FAULT_AS_DRIVE)
        a->reply->sense_len =
            put_sense(a->reply->sense, rq, outcome, rule->format == FAULT_DESCRIPTOR);
    cut_sense(a, outcome);
}

/* ---- the others ---- */

/* The host's buffer stays as it was behind what went over. */
static void answer_partly(const struct act *a)
{
    const struct oi_emu_command *command = a->command;
    uint32_t amount = a->rule->amount;
    uint32_t behind =
        command->direction == OI_EMU_DATA_IN && command->data && command->data_len > amount
            ? command->data_len - amount
            : 0;
    uint8_t *data = command->data;
    uint8_t *kept = behind ? malloc(behind) : NULL;

    if (kept)
        memcpy(kept, data + amount, behind);
    carry_out(a);
    if (kept && was_good(a->reply))
        memcpy(data + amount, kept, behind);
    free(kept);
}

static void transfer(const struct act *a)
{
    struct block_range range = range_of(a->command->cdb);
    uint32_t sector = range.blocks ? a->command->data_len / range.blocks : 0;

    if (!is_write(a->command->cdb[0]))
        answer_partly(a);
    else
        carry_out_sectors(a, sector ? a->rule->amount / sector : 0);
    if (!was_good(a->reply))
        return;
    if (is_write(a->command->cdb[0]))
        a->reply->moved = a->command->data_len;
    if (a->reply->moved > a->rule->amount)
        a->reply->moved = a->rule->amount;
}

/* A host that waits for ever is told at once. */
static void wait_in_vain(const struct act *a)
{
    uint64_t us = (uint64_t)a->command->timeout_ms * 1000;

    if (us)
        a->emu->clock.sleep_us(a->emu->clock.context, us);
}

/* Longer than the host waits: it is not there any more when the drive has done it, and the drive is
 * not ready before that. */
static void stall(const struct act *a)
{
    struct oi_emu *emu = a->emu;
    uint64_t patience_us = (uint64_t)a->command->timeout_ms * 1000;

    if (!patience_us || a->rule->duration_us <= patience_us) {
        emu->clock.sleep_us(emu->clock.context, a->rule->duration_us);
        carry_out(a);
        return;
    }
    carry_out(a);
    drive_wait(emu, a->rule->duration_us, WORK_FLUSH);
    explain_rule(a, "the fault script made the drive stall longer than the host waits");
    deliver(a, OI_EMU_TIMED_OUT);
}

static void time_out(const struct act *a)
{
    if (a->rule->executed)
        carry_out(a);
    wait_in_vain(a);
    explain_rule(a, "the fault script kept the drive from answering");
    deliver(a, OI_EMU_TIMED_OUT);
}

static void bus_reset(const struct act *a)
{
    if (a->rule->executed)
        carry_out(a);
    reset(a->emu);
    explain_rule(a, "the fault script had the bus reset under this command");
    deliver(a, OI_EMU_RESET);
}

/* With the tray open already there is nothing to take out. */
static void eject(const struct act *a)
{
    if (a->emu->tray_open) {
        carry_out(a);
        return;
    }
    pull(a->emu);
    explain_rule(a, "the fault script had the disc taken out");
    refuse_command(a->emu, a->command, a->rq, NO_MEDIUM_TRAY_OPEN, a->reply);
}

static void go_away(const struct act *a)
{
    unplug(a->emu);
    explain_rule(a, "the fault script unplugged the drive; it is back when it is opened anew");
    deliver(a, OI_EMU_GONE);
}

static void go_dark(const struct act *a)
{
    lose_power(a->emu);
    explain_rule(a, "the fault script took the drive's power away for a moment");
    deliver(a, OI_EMU_RESET);
}

static void be_busy(const struct act *a)
{
    enum { BUSY = 0x08 };

    explain_rule(a, "the fault script made the drive busy");
    *a->reply = (struct oi_emu_reply){.scsi_status = BUSY};
}

/* The rule is copied: a disc that another process put in brings a script of its own. */
void faults_execute(struct oi_emu *emu, const struct fault_rule *rule,
                    const struct oi_emu_command *command, struct request *rq,
                    struct oi_emu_reply *reply)
{
    const struct fault_rule copy = *rule;
    const struct act a = {emu, &copy, command, rq, reply};

    trace_fault(emu, &copy);
    switch (copy.action) {
    case FAULT_FAIL:
        fail(&a);
        break;
    case FAULT_TRANSFER:
        transfer(&a);
        break;
    case FAULT_BUSY:
        be_busy(&a);
        break;
    case FAULT_STALL:
        stall(&a);
        break;
    case FAULT_TIMEOUT:
        time_out(&a);
        break;
    case FAULT_RESET:
        bus_reset(&a);
        break;
    case FAULT_EJECT:
        eject(&a);
        break;
    case FAULT_UNPLUG:
        go_away(&a);
        break;
    case FAULT_POWER_LOSS:
        go_dark(&a);
        break;
    }
}
