/* MsftStreamZero as its clients see it: an endless supply of zero bytes, cut to a size. */
#include "recorder_bench.h"

#include <stdlib.h>
#include <string.h>

#define GIB (1ull << 30)

static IStream *zero_of(ULONGLONG size)
{
    IStream *stream = NULL;
    ULARGE_INTEGER wanted = {.QuadPart = size};

    assert_hr(CoCreateInstance(&CLSID_MsftStreamZero, NULL, CLSCTX_INPROC_SERVER, &IID_IStream,
                               (void **)&stream),
              S_OK);
    rig_keep(stream);
    if (size > 0)
        assert_hr(IStream_SetSize(stream, wanted), S_OK);
    return stream;
}

static ULONGLONG seek(IStream *stream, LONGLONG distance, DWORD origin)
{
    LARGE_INTEGER move = {.QuadPart = distance};
    ULARGE_INTEGER now = {.QuadPart = 0xdead};

    assert_hr(IStream_Seek(stream, move, origin, &now), S_OK);
    return now.QuadPart;
}

static ULONGLONG size_of(IStream *stream)
{
    STATSTG stat;

    memset(&stat, GUARD, sizeof(stat));
    assert_hr(IStream_Stat(stream, &stat, STATFLAG_NONAME), S_OK);
    assert_int_equal(stat.type, STGTY_STREAM);
    assert_null(stat.pwcsName);
    return stat.cbSize.QuadPart;
}

/* Reads and wants `expected` zero bytes, and not one byte more touched. */
static void reads(IStream *stream, ULONG asked, ULONG expected)
{
    BYTE *data = malloc(asked + 1);
    ULONG got = 0xdead;

    assert_non_null(data);
    memset(data, GUARD, asked + 1);
    if (expected == asked)
        assert_hr(IStream_Read(stream, data, asked, &got), S_OK);
    else
        assert_hr_in(IStream_Read(stream, data, asked, &got), S_OK, S_FALSE);
    assert_int_equal(got, expected);
    for (ULONG i = 0; i < asked + 1; i++)
        assert_int_equal(data[i], i < expected ? 0 : GUARD);
    free(data);
}

static void it_has_the_interfaces_of_a_stream_and_no_others(void **state)
{
    static const IID *const has[] = {&IID_IUnknown, &IID_ISequentialStream, &IID_IStream};
    static const IID *const lacks[] = {
        &IID_IDispatch,
        &IID_IDiscRecorder2,
        &IID_IWriteEngine2,
        &IID_IProvideClassInfo,
        &IID_IConnectionPointContainer,
        &IID_IStreamPseudoRandomBased,
        &IID_IStorage,
        &IID_NULL,
    };
    IStream *stream = zero_of(0);
    IUnknown *identity = NULL, *same;
    void *out;

    (void)state;
    assert_hr(IStream_QueryInterface(stream, &IID_IUnknown, (void **)&identity), S_OK);
    rig_keep(identity);
    for (size_t i = 0; i < sizeof(has) / sizeof(has[0]); i++) {
        out = NULL;
        assert_hr(IStream_QueryInterface(stream, has[i], &out), S_OK);
        rig_keep(out);
        assert_hr(IUnknown_QueryInterface((IUnknown *)out, &IID_IUnknown, (void **)&same), S_OK);
        rig_keep(same);
        assert_ptr_equal(same, identity);
    }
    for (size_t i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
        out = stream;
        if (IStream_QueryInterface(stream, lacks[i], &out) != E_NOINTERFACE) {
            rig_keep(out);
            fail_msg("it answers the interface number %u", (unsigned)i);
        }
        assert_null(out);
    }
    assert_hr(IStream_QueryInterface(stream, &IID_IStream, NULL), E_POINTER);
}

static void references_are_counted_and_the_last_one_frees_the_dll(void **state)
{
    IStream *stream = zero_of(1);

    (void)state;
    assert_int_equal(IStream_AddRef(stream), 2);
    assert_int_equal(IStream_Release(stream), 1);
    assert_hr(rig_can_unload(), S_FALSE);
    assert_int_equal(rig_drop(stream), 0);
    assert_hr(rig_can_unload(), S_OK);
}

static void a_new_one_is_empty(void **state)
{
    IStream *stream = zero_of(0);

    (void)state;
    assert_int_equal(size_of(stream), 0);
    reads(stream, 16, 0);
    assert_int_equal(seek(stream, 0, STREAM_SEEK_END), 0);
}

static void reading_gives_zeros_and_stops_at_the_end(void **state)
{
    IStream *stream = zero_of(5000);
    BYTE byte = GUARD;

    (void)state;
    reads(stream, 4096, 4096);
    reads(stream, 0, 0);
    reads(stream, 4096, 904);
    reads(stream, 4096, 0);
    assert_int_equal(seek(stream, 0, STREAM_SEEK_CUR), 5000);
    seek(stream, -1, STREAM_SEEK_END);
    assert_hr(IStream_Read(stream, &byte, 1, NULL), S_OK);
    assert_int_equal(byte, 0);
}

static void sizes_beyond_four_gigabytes_keep_all_their_bits(void **state)
{
    static const ULONGLONG sizes[] = {4 * GIB - 1,  4 * GIB,          4 * GIB + 1,
                                      25 * GIB + 3, (1ull << 43) - 1, (1ull << 62) + 5};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        IStream *stream = zero_of(sizes[i]);

        assert_true(size_of(stream) == sizes[i]);
        assert_true(seek(stream, 0, STREAM_SEEK_END) == sizes[i]);
        reads(stream, 8, 0);
        assert_true(seek(stream, -3, STREAM_SEEK_CUR) == sizes[i] - 3);
        reads(stream, 8, 3);
        assert_true(seek(stream, 0, STREAM_SEEK_CUR) == sizes[i]);
        assert_true(seek(stream, (LONGLONG)(sizes[i] - 5), STREAM_SEEK_SET) == sizes[i] - 5);
        reads(stream, 5, 5);
        rig_drop(stream);
    }
}

static void seek_counts_from_where_it_is_told(void **state)
{
    IStream *stream = zero_of(1000);
    LARGE_INTEGER move = {.QuadPart = 10};

    (void)state;
    assert_int_equal(seek(stream, 100, STREAM_SEEK_SET), 100);
    assert_int_equal(seek(stream, 50, STREAM_SEEK_CUR), 150);
    assert_int_equal(seek(stream, -150, STREAM_SEEK_CUR), 0);
    assert_int_equal(seek(stream, -10, STREAM_SEEK_END), 990);
    assert_hr(IStream_Seek(stream, move, STREAM_SEEK_SET, NULL), S_OK);
    assert_int_equal(seek(stream, 0, STREAM_SEEK_CUR), 10);
}

static void a_seek_that_makes_no_sense_moves_nothing(void **state)
{
    IStream *stream = zero_of(1000);
    LARGE_INTEGER back = {.QuadPart = -101}, far_back = {.QuadPart = -1001}, none = {.QuadPart = 0};

    (void)state;
    seek(stream, 100, STREAM_SEEK_SET);
    assert_hr(IStream_Seek(stream, back, STREAM_SEEK_CUR, NULL), STG_E_INVALIDFUNCTION);
    assert_hr(IStream_Seek(stream, far_back, STREAM_SEEK_END, NULL), STG_E_INVALIDFUNCTION);
    assert_hr(IStream_Seek(stream, none, 3, NULL), STG_E_INVALIDFUNCTION);
    assert_int_equal(seek(stream, 0, STREAM_SEEK_CUR), 100);
}

static void reading_beyond_the_end_gives_nothing(void **state)
{
    IStream *stream = zero_of(1000);
    ULARGE_INTEGER smaller = {.QuadPart = 10};

    (void)state;
    assert_int_equal(seek(stream, 500, STREAM_SEEK_END), 1500);
    reads(stream, 16, 0);
    seek(stream, 500, STREAM_SEEK_SET);
    assert_hr(IStream_SetSize(stream, smaller), S_OK);
    assert_int_equal(size_of(stream), 10);
    reads(stream, 16, 0);
    seek(stream, 0, STREAM_SEEK_SET);
    reads(stream, 16, 10);
}

static void a_clone_starts_at_the_same_place_and_moves_alone(void **state)
{
    IStream *stream = zero_of(6 * GIB), *clone = NULL;

    (void)state;
    seek(stream, 5 * GIB, STREAM_SEEK_SET);
    assert_hr(IStream_Clone(stream, &clone), S_OK);
    rig_keep(clone);
    assert_true(seek(clone, 0, STREAM_SEEK_CUR) == 5 * GIB);
    assert_true(size_of(clone) == 6 * GIB);
    seek(clone, 0, STREAM_SEEK_SET);
    assert_true(seek(stream, 0, STREAM_SEEK_CUR) == 5 * GIB);
    assert_int_equal(rig_drop(stream), 0);
    reads(clone, 100, 100);
    assert_int_equal(seek(clone, 0, STREAM_SEEK_CUR), 100);
}

static void copy_to_copies_zeros_up_to_the_end(void **state)
{
    IStream *stream = zero_of(100000), *target = NULL;
    ULARGE_INTEGER wanted = {.QuadPart = 70000}, read, written;

    (void)state;
    assert_hr(CreateStreamOnHGlobal(NULL, TRUE, &target), S_OK);
    rig_keep(target);
    assert_hr(IStream_CopyTo(stream, target, wanted, &read, &written), S_OK);
    assert_int_equal(read.QuadPart, 70000);
    assert_int_equal(written.QuadPart, 70000);
    assert_int_equal(seek(stream, 0, STREAM_SEEK_CUR), 70000);
    assert_hr(IStream_CopyTo(stream, target, wanted, &read, &written), S_OK);
    assert_int_equal(read.QuadPart, 30000);
    assert_int_equal(written.QuadPart, 30000);
    assert_hr(IStream_CopyTo(stream, target, wanted, NULL, NULL), S_OK);
    assert_int_equal(seek(target, 0, STREAM_SEEK_END), 100000);
    seek(target, 0, STREAM_SEEK_SET);
    reads(target, 100000, 100000);
}

static void nothing_can_be_written(void **state)
{
    IStream *stream = zero_of(1000);
    ULONG written = 77;

    (void)state;
    seek(stream, 10, STREAM_SEEK_SET);
    assert_hr_in(IStream_Write(stream, "data", 4, &written), STG_E_ACCESSDENIED,
                 STG_E_INVALIDFUNCTION);
    assert_int_equal(written, 0);
    assert_hr_in(IStream_Write(stream, "data", 4, NULL), STG_E_ACCESSDENIED, STG_E_INVALIDFUNCTION);
    assert_int_equal(seek(stream, 0, STREAM_SEEK_CUR), 10);
    assert_int_equal(size_of(stream), 1000);
}

static void commit_is_done_and_locks_are_refused(void **state)
{
    IStream *stream = zero_of(1000);
    ULARGE_INTEGER from = {.QuadPart = 0}, bytes = {.QuadPart = 10};

    (void)state;
    assert_hr(IStream_Commit(stream, STGC_DEFAULT), S_OK);
    assert_hr_in(IStream_Revert(stream), STG_E_ACCESSDENIED, STG_E_INVALIDFUNCTION);
    assert_hr_in(IStream_LockRegion(stream, from, bytes, LOCK_WRITE), STG_E_ACCESSDENIED,
                 STG_E_INVALIDFUNCTION);
    assert_hr_in(IStream_UnlockRegion(stream, from, bytes, LOCK_WRITE), STG_E_ACCESSDENIED,
                 STG_E_INVALIDFUNCTION);
}

static void a_null_pointer_is_refused(void **state)
{
    IStream *stream = zero_of(1000);
    ULARGE_INTEGER bytes = {.QuadPart = 10};
    ULONG got = 5;

    (void)state;
    assert_hr_in(IStream_Read(stream, NULL, 10, &got), E_POINTER, STG_E_INVALIDPOINTER);
    assert_hr_in(IStream_CopyTo(stream, NULL, bytes, NULL, NULL), E_POINTER, STG_E_INVALIDPOINTER);
    assert_hr_in(IStream_Stat(stream, NULL, STATFLAG_DEFAULT), E_POINTER, STG_E_INVALIDPOINTER);
    assert_hr_in(IStream_Clone(stream, NULL), E_POINTER, STG_E_INVALIDPOINTER);
    assert_true(FAILED(IStream_Write(stream, NULL, 10, NULL)));
    assert_int_equal(seek(stream, 0, STREAM_SEEK_CUR), 0);
}

static void stat_leaves_no_field_unset(void **state)
{
    IStream *stream = zero_of(9 * GIB);
    STATSTG stat;

    (void)state;
    memset(&stat, GUARD, sizeof(stat));
    assert_hr(IStream_Stat(stream, &stat, STATFLAG_DEFAULT), S_OK);
    CoTaskMemFree(stat.pwcsName);
    assert_int_equal(stat.type, STGTY_STREAM);
    assert_true(stat.cbSize.QuadPart == 9 * GIB);
    assert_int_equal(stat.grfLocksSupported, 0);
    assert_int_equal(stat.mtime.dwLowDateTime, 0);
    assert_int_equal(stat.grfStateBits, 0);
}

struct crossing {
    IStream *marshalled;
    void *original;
    HRESULT hr;
    bool same;
    ULONG got;
};

static void unmarshal_and_read(void *context)
{
    struct crossing *c = context;
    IStream *stream = NULL;
    BYTE data[64];

    c->hr = CoUnmarshalInterface(c->marshalled, &IID_IStream, (void **)&stream);
    if (FAILED(c->hr))
        return;
    c->same = (void *)stream == c->original;
    c->hr = IStream_Read(stream, data, sizeof(data), &c->got);
    IStream_Release(stream);
}

static void it_is_the_same_pointer_in_every_apartment(void **state)
{
    static const DWORD apartments[] = {COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED};
    IStream *stream = zero_of(1000);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct crossing c = {.original = stream};

        assert_hr(
            CoMarshalInterThreadInterfaceInStream(&IID_IStream, (IUnknown *)stream, &c.marshalled),
            S_OK);
        rig_keep(c.marshalled);
        rig_in_apartment(apartments[i], unmarshal_and_read, &c);
        assert_hr(c.hr, S_OK);
        assert_true(c.same);
        assert_int_equal(c.got, 64);
    }
    assert_int_equal(seek(stream, 0, STREAM_SEEK_CUR), 128);
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(it_has_the_interfaces_of_a_stream_and_no_others),
        TEST(references_are_counted_and_the_last_one_frees_the_dll),
        TEST(a_new_one_is_empty),
        TEST(reading_gives_zeros_and_stops_at_the_end),
        TEST(sizes_beyond_four_gigabytes_keep_all_their_bits),
        TEST(seek_counts_from_where_it_is_told),
        TEST(a_seek_that_makes_no_sense_moves_nothing),
        TEST(reading_beyond_the_end_gives_nothing),
        TEST(a_clone_starts_at_the_same_place_and_moves_alone),
        TEST(copy_to_copies_zeros_up_to_the_end),
        TEST(nothing_can_be_written),
        TEST(commit_is_done_and_locks_are_refused),
        TEST(a_null_pointer_is_refused),
        TEST(stat_leaves_no_field_unset),
        TEST(it_is_the_same_pointer_in_every_apartment),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
