/* What the engine sends to a recorder that is not ours: the commands byte by byte, their sizes, and
 * the thread they come on. */
#include "com_bench.h"

#include <string.h>

static void assert_cdb(const struct command *c, const BYTE *expected, ULONG size)
{
    assert_int_equal(c->size, size);
    assert_memory_equal(c->cdb, expected, size);
}

/* The WRITEs follow each other from lba on, whole, and begin at multiples of 16 but for the first.
 */
static void assert_in_order(struct bench *b, LONG lba, LONG blocks)
{
    LONG next = lba;

    for (LONG nth = 1; nth <= b->drive.writes; nth++) {
        const struct command *c = drive_write(&b->drive, nth);

        assert_int_equal(c->lba, next);
        assert_true(c->blocks > 0);
        assert_true(nth == 1 || c->lba % 16 == 0);
        next = c->lba + c->blocks;
    }
    assert_int_equal(next, lba + blocks);
}

static void a_section_is_write_10_commands_in_order(void **state)
{
    static const BYTE first[] = {0x2a, 0, 0, 0, 0x04, 0x00, 0, 0, 32, 0};
    static const BYTE last[] = {0x2a, 0, 0, 0, 0x04, 0x60, 0, 0, 4, 0};
    struct bench *b = *state;

    assert_hr(bench_write(b, 0x400, 100), S_OK);
    assert_int_equal(b->drive.writes, 4);
    assert_in_order(b, 0x400, 100);
    assert_cdb(drive_write(&b->drive, 1), first, 10);
    assert_cdb(drive_write(&b->drive, 4), last, 10);
    assert_true(drive_holds(&b->drive, 0x400, 100, 0));
    assert_true(drive_blank(&b->drive, 0, 0x400));
    assert_true(drive_blank(&b->drive, 0x400 + 100, 100));
}

static void an_unaligned_start_needs_one_short_command(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_write(b, 5, 200), S_OK);
    assert_in_order(b, 5, 200);
    assert_true(drive_write(&b->drive, 1)->blocks <= 32);
    assert_int_equal((5 + drive_write(&b->drive, 1)->blocks) % 16, 0);
    assert_true(drive_holds(&b->drive, 5, 200, 0));
    assert_true(drive_blank(&b->drive, 0, 5));
}

static void a_section_within_one_write_unit_is_one_command(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_write(b, 18, 3), S_OK);
    assert_int_equal(b->drive.writes, 1);
    assert_int_equal(drive_write(&b->drive, 1)->blocks, 3);
    assert_true(drive_holds(&b->drive, 18, 3, 0));
}

static void a_negative_address_is_sent_in_twos_complement(void **state)
{
    static const BYTE address[] = {0xff, 0xff, 0xff, 0x6a};
    struct bench *b = *state;

    b->drive.first_lba = -160;
    assert_hr(bench_write(b, -150, 300), S_OK);
    assert_memory_equal(drive_write(&b->drive, 1)->cdb + 2, address, 4);
    assert_in_order(b, -150, 300);
    assert_true(drive_holds(&b->drive, -150, 300, 0));
    assert_true(drive_blank(&b->drive, -160, 10));
}

static void streaming_is_write_12_with_its_bit(void **state)
{
    static const BYTE first[] = {0xaa, 0, 0, 0, 0, 64, 0, 0, 0, 32, 0x80, 0};
    struct bench *b = *state;

    assert_hr(IWriteEngine2_put_UseStreamingWrite12(b->engine, VARIANT_TRUE), S_OK);
    assert_hr(bench_write(b, 64, 128), S_OK);
    assert_cdb(drive_write(&b->drive, 1), first, 12);
    for (LONG nth = 1; nth <= b->drive.writes; nth++) {
        assert_int_equal(drive_write(&b->drive, nth)->cdb[0], 0xaa);
        assert_int_equal(drive_write(&b->drive, nth)->cdb[10], 0x80);
    }
    assert_in_order(b, 64, 128);
    assert_true(drive_holds(&b->drive, 64, 128, 0));
}

static void a_drive_without_write_12_is_written_with_write_10(void **state)
{
    static const struct sense refusals[] = {{.key = 5, .asc = 0x20}, {.key = 5, .asc = 0x24}};
    struct bench *b = *state;

    assert_hr(IWriteEngine2_put_UseStreamingWrite12(b->engine, VARIANT_TRUE), S_OK);
    for (int i = 0; i < 2; i++) {
        LONG lba = 512 * i;

        b->drive.writes = b->drive.command_count = b->drive.fault_count = 0;
        b->source.position = 0;
        drive_fault(&b->drive,
                    (struct fault){.opcode = 0xaa, .nth = 1, .times = 1000, .sense = refusals[i]});
        assert_hr(bench_write(b, lba, 256), S_OK);
        assert_int_equal(drive_write(&b->drive, 1)->cdb[0], 0xaa);
        assert_int_equal(b->drive.writes, 9);
        for (LONG nth = 2; nth <= 9; nth++)
            assert_int_equal(drive_write(&b->drive, nth)->cdb[0], 0x2a);
        assert_true(drive_holds(&b->drive, lba, 256, 0));
    }
}

/* What was accepted was accepted as streaming: it cannot be taken back. */
static void write_12_refused_in_mid_write_fails(void **state)
{
    struct bench *b = *state;

    assert_hr(IWriteEngine2_put_UseStreamingWrite12(b->engine, VARIANT_TRUE), S_OK);
    drive_sense(&b->drive, 3, 1000, (struct sense){.key = 5, .asc = 0x20});
    assert_hr(bench_write(b, 0, 256), E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE);
    assert_int_equal(b->drive.writes, 3);
}

static void the_first_write_of_a_section_may_take_longest(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_write(b, 0, 128), S_OK);
    assert_int_equal(drive_write(&b->drive, 1)->timeout_seconds, 300);
    for (LONG nth = 2; nth <= b->drive.writes; nth++)
        assert_int_equal(drive_write(&b->drive, nth)->timeout_seconds, 200);
}

static void the_callers_steps_are_left_to_the_caller(void **state)
{
    /* TEST UNIT READY, GET CONFIGURATION, READ DISC and TRACK INFORMATION, READ BUFFER CAPACITY */
    static const BYTE allowed[] = {0x2a, 0x00, 0x46, 0x51, 0x52, 0x5c};
    struct bench *b = *state;

    b->drive.profile = IMAPI_PROFILE_TYPE_DVD_PLUS_R;
    assert_hr(bench_write(b, 0, 512), S_OK);
    for (LONG i = 0; i < b->drive.command_count; i++)
        assert_non_null(memchr(allowed, b->drive.commands[i].cdb[0], sizeof(allowed)));
}

/* == sizes == */

static void assert_sizes_are_packed(struct bench *b, IMAPI_PROFILE_TYPE profile)
{
    static const LONG sizes[] = {2048, 2352, 2448, 2368, 512, 4096, 65536, 1000};

    b->drive.profile = profile;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
    for (int i = 0; i < 8; i++) {
        LONG blocks = 1000000 / sizes[i];

        b->source.position = 0;
        b->drive.malformed = 0;
        b->drive.block_bytes = sizes[i];
        assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, sizes[i]), S_OK);
        assert_hr(bench_write(b, 7, blocks), S_OK);
        assert_true(drive_holds(&b->drive, 7, blocks, 0));
        assert_int_equal(b->source.position, (uint64_t)blocks * (uint64_t)sizes[i]);
        if (b->drive.malformed)
            fail_msg("sectors of %ld bytes: %ld malformed WRITEs", sizes[i], b->drive.malformed);
    }
}

static void sectors_of_every_size_are_packed_into_transfers(void **state)
{
    assert_sizes_are_packed(*state, IMAPI_PROFILE_TYPE_DVD_PLUS_RW);
}

/* A CD has no write units, so the transfers are as large as they can be. */
static void sectors_of_every_size_are_packed_for_a_cd_too(void **state)
{
    assert_sizes_are_packed(*state, IMAPI_PROFILE_TYPE_CD_REWRITABLE);
}

/* 65536 blocks of one byte would fit into a transfer, but not into the count of WRITE (10). */
static void more_blocks_than_a_command_can_count_are_several_commands(void **state)
{
    struct bench *b = *state;

    b->drive.block_bytes = 1;
    assert_hr(IWriteEngine2_put_BytesPerSector(b->engine, 1), S_OK);
    assert_hr(bench_write(b, 0, 200000), S_OK);
    assert_true(drive_holds(&b->drive, 0, 200000, 0));
    assert_int_equal(b->drive.malformed, 0);
}

static void assert_transfers(struct bench *b, ULONG limit)
{
    b->drive.transfer_bytes = limit;
    b->drive.writes = b->drive.command_count = 0;
    b->source.position = 0;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
    assert_hr(bench_write(b, 3, 512), S_OK);
    assert_true(drive_holds(&b->drive, 3, 512, 0));
    assert_int_equal(b->drive.malformed, 0);
}

static void a_recorder_with_other_limits_gets_no_larger_transfers(void **state)
{
    struct bench *b = *state;

    assert_transfers(b, 32768);
    assert_transfers(b, 131072);
    assert_transfers(b, 1048576);
}

/* The two limits of a recorder are for buffers that begin on a page and for those that do not. */
static void transfers_below_a_write_unit_keep_both_limits_too(void **state)
{
    assert_transfers(*state, 16384);
}

static void sections_follow_each_other_on_a_sequential_disc(void **state)
{
    struct bench *b = *state;

    b->drive.profile = IMAPI_PROFILE_TYPE_DVD_PLUS_R;
    for (LONG lba = 0; lba < 1024; lba += 256)
        assert_hr(bench_write(b, lba, 256), S_OK);
    assert_true(drive_holds(&b->drive, 0, 1024, 0));
}

static void a_disc_larger_than_the_fifo_is_written_whole(void **state)
{
    struct bench *b = *state;

    b->drive.transfer_bytes = 131072;
    assert_hr(IWriteEngine2_put_StartingSectorsPerSecond(b->engine, 75), S_OK);
    assert_hr(IWriteEngine2_put_EndingSectorsPerSecond(b->engine, 75), S_OK);
    assert_hr(bench_write(b, 0, 4800), S_OK);
    assert_true(drive_holds(&b->drive, 0, 4800, 0));
    assert_true(b->sink.events[b->sink.begun - 1].total < 4800 * SECTOR);
}

/* == threads == */

static void the_recorder_is_not_driven_by_the_client_s_thread(void **state)
{
    struct bench *b = *state;

    assert_hr(bench_write(b, 0, 256), S_OK);
    for (LONG nth = 1; nth <= b->drive.writes; nth++) {
        assert_int_not_equal(drive_write(&b->drive, nth)->thread, GetCurrentThreadId());
        assert_int_equal(drive_write(&b->drive, nth)->thread, drive_write(&b->drive, 1)->thread);
    }
}

static void use_drive(struct bench *b, enum agility agility)
{
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    drive_fini(&b->drive);
    assert_true(drive_init(&b->drive, agility));
    b->drive.context = b;
    assert_hr(IWriteEngine2_put_Recorder(b->engine, &b->drive.IDiscRecorder2Ex_iface), S_OK);
}

static void an_agile_recorder_is_driven_whichever_way_it_says_so(void **state)
{
    struct bench *b = *state;

    use_drive(b, AGILE_BY_NAME);
    assert_hr(bench_write(b, 0, 256), S_OK);
    assert_true(drive_holds(&b->drive, 0, 256, 0));
}

/* It cannot be called from the writer's thread. It must not be called from there raw, and nothing
 * may hang. */
static void a_bound_recorder_that_cannot_be_marshalled_is_refused_before_any_command(void **state)
{
    struct bench *b = *state;
    char text[BENCH_TEXT];

    use_drive(b, NOT_MARSHALLED);
    assert_hr(bench_write(b, 0, 256), E_NOTIMPL);
    assert_non_null(strstr(bench_error(text), "marshal"));
    assert_int_equal(b->drive.command_count, 0);
    assert_int_equal(bench_in_progress(b), VARIANT_FALSE);
    assert_hr(bench_cancel(b), S_IMAPI_WRITE_NOT_IN_PROGRESS);
    use_drive(b, AGILE_BY_MARSHALER);
    assert_hr(bench_write(b, 0, 256), S_OK);
}

/* The writer's thread is in the same apartment: it needs no proxy, and no smaller transfers. */
static void a_recorder_of_the_mta_is_driven_as_if_it_were_agile(void **state)
{
    struct bench *b = *state;

    use_drive(b, BOUND);
    assert_hr(bench_write(b, 0, 256), S_OK);
    assert_true(drive_holds(&b->drive, 0, 256, 0));
    assert_int_equal(b->drive.writes, 8);
}

static void the_recorder_is_given_back_when_another_is_put(void **state)
{
    struct bench *b = *state;
    IDiscRecorder2Ex *recorder;

    assert_true(b->drive.refs > 1);
    assert_hr(bench_write(b, 0, 64), S_OK);
    assert_hr(IWriteEngine2_get_Recorder(b->engine, &recorder), S_OK);
    assert_ptr_equal(recorder, &b->drive.IDiscRecorder2Ex_iface);
    IDiscRecorder2Ex_Release(recorder);
    assert_hr(IWriteEngine2_put_Recorder(b->engine, NULL), S_OK);
    assert_int_equal(b->drive.refs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_BOTH(a_section_is_write_10_commands_in_order),
        IN_STA(an_unaligned_start_needs_one_short_command),
        IN_STA(a_section_within_one_write_unit_is_one_command),
        IN_STA(a_negative_address_is_sent_in_twos_complement),
        IN_STA(streaming_is_write_12_with_its_bit),
        IN_STA(a_drive_without_write_12_is_written_with_write_10),
        IN_STA(write_12_refused_in_mid_write_fails),
        IN_STA(the_first_write_of_a_section_may_take_longest),
        IN_STA(the_callers_steps_are_left_to_the_caller),
        IN_STA(sectors_of_every_size_are_packed_into_transfers),
        IN_STA(sectors_of_every_size_are_packed_for_a_cd_too),
        IN_STA(more_blocks_than_a_command_can_count_are_several_commands),
        IN_STA(a_recorder_with_other_limits_gets_no_larger_transfers),
        IN_STA(transfers_below_a_write_unit_keep_both_limits_too),
        IN_STA(sections_follow_each_other_on_a_sequential_disc),
        IN_BOTH(a_disc_larger_than_the_fifo_is_written_whole),
        IN_BOTH(the_recorder_is_not_driven_by_the_client_s_thread),
        IN_BOTH(an_agile_recorder_is_driven_whichever_way_it_says_so),
        IN_STA(a_bound_recorder_that_cannot_be_marshalled_is_refused_before_any_command),
        IN_MTA(a_recorder_of_the_mta_is_driven_as_if_it_were_agile),
        IN_BOTH(the_recorder_is_given_back_when_another_is_put),
    };

    return cmocka_run_group_tests_name("write_engine_recorder", tests, NULL, NULL);
}
