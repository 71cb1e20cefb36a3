/* The stream that the tool burns from: a file of 3000 bytes and the zeros up to 4096, unless a test
 * says otherwise. */
#include "file_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { FILE_BYTES = 3000, BYTES = 4096, BIG_BYTES = 1000000 };

struct bench {
    HANDLE file;
    IStream *stream;
};

static BYTE byte_at(ULONGLONG position)
{
    return (BYTE)(position * 7 + position / 256 + 1);
}

static void fill(HANDLE file, DWORD bytes)
{
    BYTE part[1000];
    DWORD written;

    for (DWORD at = 0; at < bytes; at += sizeof(part)) {
        for (DWORD i = 0; i < sizeof(part); i++)
            part[i] = byte_at(at + i);
        assert_true(WriteFile(file, part, sizeof(part), &written, NULL));
        assert_int_equal(written, sizeof(part));
    }
}

static void open_stream(struct bench *b, DWORD file_bytes, uint64_t bytes)
{
    wchar_t folder[MAX_PATH], path[MAX_PATH];

    assert_int_not_equal(GetTempPathW(MAX_PATH, folder), 0);
    assert_int_not_equal(GetTempFileNameW(folder, L"oi", 0, path), 0);
    b->file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                          FILE_FLAG_DELETE_ON_CLOSE, NULL);
    assert_ptr_not_equal(b->file, INVALID_HANDLE_VALUE);
    fill(b->file, file_bytes);
    assert_int_equal(oi_file_stream(b->file, file_bytes, bytes, &b->stream), S_OK);
}

static void close_stream(struct bench *b)
{
    if (b->stream)
        IStream_Release(b->stream);
    if (b->file)
        CloseHandle(b->file);
    *b = (struct bench){0};
}

static int setup(void **state)
{
    static struct bench bench;

    *state = &bench;
    open_stream(&bench, FILE_BYTES, BYTES);
    return 0;
}

static int teardown(void **state)
{
    close_stream(*state);
    return 0;
}

static ULONGLONG seek(IStream *stream, LONGLONG move, DWORD origin)
{
    LARGE_INTEGER by = {.QuadPart = move};
    ULARGE_INTEGER now = {.QuadPart = 0xdead};

    assert_int_equal(IStream_Seek(stream, by, origin, &now), S_OK);
    return now.QuadPart;
}

static void assert_seek_refused(IStream *stream, LONGLONG move, DWORD origin)
{
    LARGE_INTEGER by = {.QuadPart = move};
    ULONGLONG before = seek(stream, 0, STREAM_SEEK_CUR);

    assert_int_equal(IStream_Seek(stream, by, origin, NULL), STG_E_INVALIDFUNCTION);
    assert_true(seek(stream, 0, STREAM_SEEK_CUR) == before);
}

/* The next `bytes` of the stream are those from `position` on, zeros behind file_bytes. */
static void assert_next(IStream *stream, ULONGLONG position, ULONG bytes, ULONGLONG file_bytes)
{
    static BYTE data[BIG_BYTES];
    ULONG got = 0;

    assert_int_equal(IStream_Read(stream, data, bytes, &got), S_OK);
    assert_int_equal(got, bytes);
    for (ULONG i = 0; i < bytes; i++) {
        ULONGLONG at = position + i;

        assert_int_equal(data[i], at < file_bytes ? byte_at(at) : 0);
    }
}

static IStream *memory(void)
{
    IStream *stream = NULL;

    assert_int_equal(CreateStreamOnHGlobal(NULL, TRUE, &stream), S_OK);
    return stream;
}

/* ---- Seek ---- */

static void seeking_counts_from_the_start_the_position_and_the_end(void **state)
{
    struct bench *b = *state;

    assert_int_equal(seek(b->stream, 100, STREAM_SEEK_SET), 100);
    assert_int_equal(seek(b->stream, -30, STREAM_SEEK_CUR), 70);
    assert_int_equal(seek(b->stream, -96, STREAM_SEEK_END), BYTES - 96);
    assert_int_equal(seek(b->stream, 10, STREAM_SEEK_END), BYTES + 10);
    assert_int_equal(seek(b->stream, FILE_BYTES - 5, STREAM_SEEK_SET), FILE_BYTES - 5);
    assert_next(b->stream, FILE_BYTES - 5, 20, FILE_BYTES);
}

static void seeking_to_nowhere_is_an_invalid_function_and_moves_nothing(void **state)
{
    struct bench *b = *state;

    seek(b->stream, 100, STREAM_SEEK_SET);
    assert_seek_refused(b->stream, -1, STREAM_SEEK_SET);
    assert_seek_refused(b->stream, -101, STREAM_SEEK_CUR);
    assert_seek_refused(b->stream, -BYTES - 1, STREAM_SEEK_END);
    assert_seek_refused(b->stream, INT64_MAX, STREAM_SEEK_CUR);
    assert_seek_refused(b->stream, INT64_MAX, STREAM_SEEK_END);
    assert_seek_refused(b->stream, INT64_MIN, STREAM_SEEK_END);
    assert_seek_refused(b->stream, 0, STREAM_SEEK_END + 1);
}

/* ---- Clone ---- */

static void a_clone_begins_where_the_stream_is_and_moves_by_itself(void **state)
{
    struct bench *b = *state;
    IStream *clone = NULL;

    seek(b->stream, 1000, STREAM_SEEK_SET);
    assert_int_equal(IStream_Clone(b->stream, &clone), S_OK);
    assert_next(clone, 1000, 500, FILE_BYTES);
    assert_next(b->stream, 1000, 10, FILE_BYTES);
    assert_next(clone, 1500, 2000, FILE_BYTES);
    assert_next(b->stream, 1010, 10, FILE_BYTES);
    assert_int_equal(IStream_Release(clone), 0);
}

static void a_clone_outlives_its_stream_and_the_handle_that_it_was_made_of(void **state)
{
    struct bench *b = *state;
    IStream *clone = NULL;

    assert_int_equal(IStream_Clone(b->stream, &clone), S_OK);
    close_stream(b);
    assert_next(clone, 0, BYTES, FILE_BYTES);
    assert_int_equal(IStream_Release(clone), 0);
}

/* ---- CopyTo ---- */

static void copying_goes_on_from_the_position_and_ends_with_the_zeros(void **state)
{
    struct bench *b = *state;
    ULARGE_INTEGER most = {.QuadPart = UINT64_MAX}, read, written;
    IStream *copy = memory();

    seek(b->stream, 600, STREAM_SEEK_SET);
    assert_int_equal(IStream_CopyTo(b->stream, copy, most, &read, &written), S_OK);
    assert_int_equal(read.QuadPart, BYTES - 600);
    assert_int_equal(written.QuadPart, BYTES - 600);
    assert_int_equal(seek(b->stream, 0, STREAM_SEEK_CUR), BYTES);
    assert_int_equal(seek(copy, 0, STREAM_SEEK_SET), 0);
    assert_next(copy, 600, BYTES - 600, FILE_BYTES);
    IStream_Release(copy);
}

static void copying_takes_no_more_than_it_is_told(void **state)
{
    struct bench *b = *state;
    ULARGE_INTEGER bytes = {.QuadPart = BIG_BYTES - 1};
    IStream *copy = memory();

    close_stream(b);
    open_stream(b, BIG_BYTES, BIG_BYTES);
    assert_int_equal(IStream_CopyTo(b->stream, copy, bytes, NULL, NULL), S_OK);
    assert_int_equal(seek(b->stream, 0, STREAM_SEEK_CUR), BIG_BYTES - 1);
    assert_int_equal(seek(copy, 0, STREAM_SEEK_END), BIG_BYTES - 1);
    seek(copy, 0, STREAM_SEEK_SET);
    assert_next(copy, 0, BIG_BYTES - 1, BIG_BYTES);
    IStream_Release(copy);
}

static void a_target_that_takes_nothing_ends_the_copy_with_its_own_error(void **state)
{
    struct bench *b = *state;
    ULARGE_INTEGER bytes = {.QuadPart = 100}, read, written = {.QuadPart = 0xdead};
    IStream *target = NULL;

    assert_int_equal(IStream_CopyTo(b->stream, NULL, bytes, NULL, NULL), STG_E_INVALIDPOINTER);
    assert_int_equal(IStream_Clone(b->stream, &target), S_OK);
    assert_int_equal(IStream_CopyTo(b->stream, target, bytes, &read, &written), STG_E_ACCESSDENIED);
    assert_int_equal(read.QuadPart, 100);
    assert_int_equal(written.QuadPart, 0);
    IStream_Release(target);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(seeking_counts_from_the_start_the_position_and_the_end),
        TEST(seeking_to_nowhere_is_an_invalid_function_and_moves_nothing),
        TEST(a_clone_begins_where_the_stream_is_and_moves_by_itself),
        TEST(a_clone_outlives_its_stream_and_the_handle_that_it_was_made_of),
        TEST(copying_goes_on_from_the_position_and_ends_with_the_zeros),
        TEST(copying_takes_no_more_than_it_is_told),
        TEST(a_target_that_takes_nothing_ends_the_copy_with_its_own_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
