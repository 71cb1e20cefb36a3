/* The decoded helpers of IDiscRecorder2Ex, each compared with the raw answer to its command. */
#include "recorder_bench.h"
#include <winioctl.h>
#include <ntddstor.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static BYTE raw[RAW_MAX];

static IDiscRecorder2Ex *drive_with(const char *medium)
{
    rig_define("drive", medium);
    return rig_open("drive");
}

/* Frees what a helper gave, after it was compared. */
static void assert_data(BYTE *data, ULONG size, const BYTE *expected, ULONG expected_size)
{
    assert_non_null(data);
    assert_int_equal(size, expected_size);
    assert_memory_equal(data, expected, expected_size);
    CoTaskMemFree(data);
}

/* A failing helper leaves neither data nor size, and says why. */
static void assert_nothing(const void *data, ULONG size)
{
    assert_null(data);
    assert_int_equal(size, 0);
    assert_true(strlen(rig_error()) > 0);
}

/* == GetDiscInformation, GetTrackInformation == */

static void disc_information_is_the_raw_answer_with_its_length(void **state)
{
    static const BYTE cdb[10] = {0x51, 0, 0, 0, 0, 0, 0, RAW_MAX >> 8, 0};
    static const char *const media[] = {"dvd+r", "dvd+rw"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        IDiscRecorder2Ex *ex = drive_with(media[i]);
        BYTE *data = NULL;
        ULONG size = 0, expected = rig_fetch(ex, cdb, 10, raw);

        assert_int_equal(be16(raw) + 2, expected);
        assert_true(expected >= 34);
        assert_hr(IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size), S_OK);
        assert_data(data, size, raw, expected);
        rig_drop(ex);
    }
}

static void disc_information_tells_a_blank_dvd_plus_r(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *data = NULL;
    ULONG size = 0;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size), S_OK);
    assert_int_equal(data[2] & 0x1f, 0); /* not erasable, last session and disc empty */
    assert_int_equal(data[3], 1);
    assert_int_equal(data[4], 1);
    assert_int_equal(data[5], 1);
    assert_int_equal(data[6], 1);
    CoTaskMemFree(data);
}

static void disc_information_tells_an_erasable_unformatted_dvd_plus_rw(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+rw");
    BYTE *data = NULL;
    ULONG size = 0;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size), S_OK);
    assert_int_equal(data[2] & 0x10, 0x10);
    assert_int_equal(data[7] & 3, 0);
    CoTaskMemFree(data);
}

static void without_a_disc_there_is_no_disc_information(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("none");
    BYTE *data = raw;
    ULONG size = 99;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size),
              E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
    assert_nothing(data, size);
    assert_hr(IDiscRecorder2Ex_GetTrackInformation(ex, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK,
                                                   &data, &size),
              E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
    assert_nothing(data, size);
}

static void track_information_is_the_raw_answer_for_every_kind_of_address(void **state)
{
    static const struct {
        IMAPI_READ_TRACK_ADDRESS_TYPE type;
        BYTE number;
    } addresses[] = {{IMAPI_READ_TRACK_ADDRESS_TYPE_LBA, 0},
                     {IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK, 1},
                     {IMAPI_READ_TRACK_ADDRESS_TYPE_SESSION, 1}};
    IDiscRecorder2Ex *ex = drive_with("dvd+r");

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        BYTE cdb[10] = {
            0x52, (BYTE)addresses[i].type, 0, 0, 0, addresses[i].number, 0, RAW_MAX >> 8, 0};
        BYTE *data = NULL;
        ULONG size = 0, expected = rig_fetch(ex, cdb, 10, raw);

        assert_int_equal(be16(raw) + 2, expected);
        assert_true(expected >= 28);
        assert_int_equal(raw[7] & 1, 1);
        assert_int_equal(be32(raw + 12), 0);
        assert_int_equal(be32(raw + 16), DVD_PLUS_SECTORS);
        assert_hr(IDiscRecorder2Ex_GetTrackInformation(ex, addresses[i].number, addresses[i].type,
                                                       &data, &size),
                  S_OK);
        assert_data(data, size, raw, expected);
    }
}

static void a_track_that_is_not_there_has_no_information(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *data = raw;
    ULONG size = 99;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetTrackInformation(ex, 99, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK,
                                                   &data, &size),
              E_FAIL);
    assert_nothing(data, size);
    assert_hr_in(
        IDiscRecorder2Ex_GetTrackInformation(ex, 1, (IMAPI_READ_TRACK_ADDRESS_TYPE)4, &data, &size),
        E_INVALIDARG, E_FAIL);
    assert_nothing(data, size);
}

/* == GetFeaturePage and the lists == */

static ULONG configuration(IDiscRecorder2Ex *ex)
{
    static const BYTE cdb[10] = {0x46, 0, 0, 0, 0, 0, 0, RAW_MAX >> 8, 0};

    return rig_fetch(ex, cdb, 10, raw);
}

static void a_feature_page_is_one_descriptor_without_the_header_before_it(void **state)
{
    static const char *const media[] = {"dvd+r", "dvd+rw", "none"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        IDiscRecorder2Ex *ex = drive_with(media[i]);
        ULONG total = configuration(ex);

        for (ULONG at = 8; at < total; at += 4u + raw[at + 3]) {
            IMAPI_FEATURE_PAGE_TYPE code = (IMAPI_FEATURE_PAGE_TYPE)be16(raw + at);
            bool current = raw[at + 2] & 1;
            BYTE *data = NULL;
            ULONG size = 0;

            assert_hr(IDiscRecorder2Ex_GetFeaturePage(ex, code, FALSE, &data, &size), S_OK);
            assert_data(data, size, raw + at, 4u + raw[at + 3]);
            if (current) {
                assert_hr(IDiscRecorder2Ex_GetFeaturePage(ex, code, TRUE, &data, &size), S_OK);
                assert_data(data, size, raw + at, 4u + raw[at + 3]);
            } else {
                assert_hr(IDiscRecorder2Ex_GetFeaturePage(ex, code, TRUE, &data, &size),
                          E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT);
                assert_nothing(data, size);
            }
        }
        rig_drop(ex);
    }
}

static void the_feature_of_the_other_medium_is_there_but_not_current(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *data = raw;
    ULONG size = 99;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetFeaturePage(ex, IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_RW, TRUE, &data,
                                              &size),
              E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT);
    assert_nothing(data, size);
    assert_hr(
        IDiscRecorder2Ex_GetFeaturePage(ex, IMAPI_FEATURE_PAGE_TYPE_DVD_PLUS_R, TRUE, &data, &size),
        S_OK);
    assert_int_equal(data[2] & 1, 1);
    CoTaskMemFree(data);
}

static void a_feature_the_drive_lacks_is_no_such_feature(void **state)
{
    static const IMAPI_FEATURE_PAGE_TYPE absent[] = {
        IMAPI_FEATURE_PAGE_TYPE_MRW, IMAPI_FEATURE_PAGE_TYPE_HD_DVD_WRITE,
        IMAPI_FEATURE_PAGE_TYPE_AACS, (IMAPI_FEATURE_PAGE_TYPE)0xfffe};
    IDiscRecorder2Ex *ex = drive_with("dvd+r");

    (void)state;
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        for (int current_only = 0; current_only < 2; current_only++) {
            BYTE *data = raw;
            ULONG size = 99;

            assert_hr(
                IDiscRecorder2Ex_GetFeaturePage(ex, absent[i], (BOOLEAN)current_only, &data, &size),
                E_IMAPI_RECORDER_NO_SUCH_FEATURE);
            assert_nothing(data, size);
        }
    }
}

static void the_list_of_features_is_counted_in_features(void **state)
{
    static const char *const media[] = {"dvd+r", "dvd+rw", "none"};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        IDiscRecorder2Ex *ex = drive_with(media[i / 2]);
        bool current_only = i % 2;
        IMAPI_FEATURE_PAGE_TYPE *features = NULL;
        ULONG count = 0, at_feature = 0, total = configuration(ex);

        assert_hr(IDiscRecorder2Ex_GetSupportedFeaturePages(ex, current_only, &features, &count),
                  S_OK);
        for (ULONG at = 8; at < total; at += 4u + raw[at + 3]) {
            if (current_only && !(raw[at + 2] & 1))
                continue;
            assert_true(at_feature < count);
            assert_int_equal(features[at_feature++], be16(raw + at));
        }
        assert_int_equal(at_feature, count);
        CoTaskMemFree(features);
        rig_drop(ex);
    }
}

static void the_list_of_profiles_keeps_the_order_of_the_drive(void **state)
{
    static const char *const media[] = {"dvd+r", "dvd+rw", "none"};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        IDiscRecorder2Ex *ex = drive_with(media[i / 2]);
        bool current_only = i % 2;
        IMAPI_PROFILE_TYPE *profiles = NULL;
        ULONG count = 99, at_profile = 0;

        configuration(ex);
        assert_hr(IDiscRecorder2Ex_GetSupportedProfiles(ex, current_only, &profiles, &count), S_OK);
        for (ULONG at = 12; at < 12u + raw[11]; at += 4) {
            if (current_only && !(raw[at + 2] & 1))
                continue;
            assert_true(at_profile < count);
            assert_int_equal(profiles[at_profile++], be16(raw + at));
        }
        assert_int_equal(at_profile, count);
        CoTaskMemFree(profiles);
        rig_drop(ex);
    }
}

/* == mode pages == */

static ULONG mode_pages(IDiscRecorder2Ex *ex, BYTE page, BYTE control)
{
    BYTE cdb[10] = {0x5a, 8, (BYTE)(control << 6 | page), 0, 0, 0, 0, RAW_MAX >> 8, 0};

    return rig_fetch(ex, cdb, 10, raw);
}

static void a_mode_page_starts_at_its_page_byte(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");

    (void)state;
    for (BYTE control = 0; control < 3; control++) {
        BYTE pages[32];
        ULONG count = 0, total = mode_pages(ex, 0x3f, control);

        for (ULONG at = 8 + be16(raw + 6); at < total; at += 2u + raw[at + 1])
            pages[count++] = raw[at] & 0x3f;
        assert_true(count > 0 && count <= sizeof(pages));
        for (ULONG i = 0; i < count; i++) {
            BYTE *data = NULL;
            ULONG size = 0, start;

            total = mode_pages(ex, pages[i], control);
            start = 8 + be16(raw + 6);
            assert_hr(IDiscRecorder2Ex_GetModePage(ex, (IMAPI_MODE_PAGE_TYPE)pages[i],
                                                   (IMAPI_MODE_PAGE_REQUEST_TYPE)control, &data,
                                                   &size),
                      S_OK);
            assert_int_equal(data[1] + 2, size);
            assert_data(data, size, raw + start, total - start);
        }
    }
}

static void a_mode_page_the_drive_lacks_is_no_such_mode_page(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *data = raw;
    ULONG size = 99;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetModePage(ex, (IMAPI_MODE_PAGE_TYPE)0x3e,
                                           IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &data,
                                           &size),
              E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE);
    assert_nothing(data, size);
    assert_hr(IDiscRecorder2Ex_GetModePage(ex, IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES,
                                           (IMAPI_MODE_PAGE_REQUEST_TYPE)4, &data, &size),
              E_INVALIDARG);
    assert_nothing(data, size);
}

static void the_list_of_mode_pages_is_counted_in_pages(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");

    (void)state;
    for (BYTE control = 0; control < 3; control++) {
        IMAPI_MODE_PAGE_TYPE *pages = NULL;
        ULONG count = 0, at_page = 0, total = mode_pages(ex, 0x3f, control);

        assert_hr(IDiscRecorder2Ex_GetSupportedModePages(ex, (IMAPI_MODE_PAGE_REQUEST_TYPE)control,
                                                         &pages, &count),
                  S_OK);
        for (ULONG at = 8 + be16(raw + 6); at < total; at += 2u + raw[at + 1]) {
            assert_true(at_page < count);
            assert_int_equal(pages[at_page++], raw[at] & 0x3f);
        }
        assert_int_equal(at_page, count);
        CoTaskMemFree(pages);
    }
}

/* A page of the drive of which some bit may be changed: its current values and that mask, both
 * malloc'ed by COM. */
static ULONG changeable_page(IDiscRecorder2Ex *ex, BYTE **page, BYTE **mask)
{
    IMAPI_MODE_PAGE_TYPE *pages = NULL;
    ULONG count = 0, size = 0;

    *page = NULL;
    assert_hr(IDiscRecorder2Ex_GetSupportedModePages(
                  ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &pages, &count),
              S_OK);
    for (ULONG i = 0; i < count && !*page; i++) {
        assert_hr(IDiscRecorder2Ex_GetModePage(
                      ex, pages[i], IMAPI_MODE_PAGE_REQUEST_TYPE_CHANGEABLE_VALUES, mask, &size),
                  S_OK);
        for (ULONG at = 2; at < size && !*page; at++) {
            if ((*mask)[at] != 0)
                assert_hr(IDiscRecorder2Ex_GetModePage(ex, pages[i],
                                                       IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES,
                                                       page, &size),
                          S_OK);
        }
        if (!*page)
            CoTaskMemFree(*mask);
    }
    CoTaskMemFree(pages);
    assert_non_null(*page);
    return size;
}

static HRESULT set_page(IDiscRecorder2Ex *ex, BYTE *page, ULONG size)
{
    return IDiscRecorder2Ex_SetModePage(ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, page,
                                        size);
}

static void a_changed_mode_page_is_read_back(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *page, *mask, *again = NULL;
    ULONG size = changeable_page(ex, &page, &mask), changed = 2, size_again = 0;

    (void)state;
    while (mask[changed] == 0)
        changed++;
    assert_hr(set_page(ex, page, size), S_OK);
    page[changed] ^= mask[changed] & (BYTE)-mask[changed];
    page[0] |= 0x80; /* "can be saved": reserved in MODE SELECT, so it must not reach the drive */
    assert_hr(set_page(ex, page, size), S_OK);
    assert_hr(IDiscRecorder2Ex_GetModePage(ex, (IMAPI_MODE_PAGE_TYPE)(page[0] & 0x3f),
                                           IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &again,
                                           &size_again),
              S_OK);
    assert_int_equal(size_again, size);
    assert_memory_equal(again + 1, page + 1, size - 1);
    CoTaskMemFree(again);
    CoTaskMemFree(mask);
    CoTaskMemFree(page);
}

static void a_mode_page_of_the_wrong_size_changes_nothing(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *page, *mask, *again = NULL, wrong[300] = {0};
    ULONG size = changeable_page(ex, &page, &mask), changed = 2, size_again = 0;
    const ULONG sizes[] = {0, 1, 2, size - 1, size + 1, 258, 300};

    (void)state;
    while (mask[changed] == 0)
        changed++;
    memcpy(wrong, page, size);
    wrong[changed] ^= mask[changed] & (BYTE)-mask[changed];
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        assert_hr_in(set_page(ex, wrong, sizes[i]), E_INVALIDARG,
                     E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS);
    assert_hr(IDiscRecorder2Ex_GetModePage(ex, (IMAPI_MODE_PAGE_TYPE)(page[0] & 0x3f),
                                           IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &again,
                                           &size_again),
              S_OK);
    assert_data(again, size_again, page, size);
    CoTaskMemFree(mask);
    CoTaskMemFree(page);
}

static void a_page_that_cannot_be_changed_is_an_invalid_mode_parameter(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *page = NULL;
    ULONG size = 0;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetModePage(ex, IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES,
                                           IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &page,
                                           &size),
              S_OK);
    page[12] ^= 0x55;
    assert_hr(set_page(ex, page, size), E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS);
    assert_true(strlen(rig_error()) > 0);
    CoTaskMemFree(page);
}

static void only_current_and_saved_values_can_be_set(void **state)
{
    static const int types[] = {IMAPI_MODE_PAGE_REQUEST_TYPE_CHANGEABLE_VALUES,
                                IMAPI_MODE_PAGE_REQUEST_TYPE_DEFAULT_VALUES, 4, -1};
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *page, *mask;
    ULONG size = changeable_page(ex, &page, &mask);

    (void)state;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        assert_hr(
            IDiscRecorder2Ex_SetModePage(ex, (IMAPI_MODE_PAGE_REQUEST_TYPE)types[i], page, size),
            E_INVALIDARG);
    CoTaskMemFree(mask);
    CoTaskMemFree(page);
}

/* == disc structures == */

static void a_disc_structure_comes_without_its_header(void **state)
{
    static const BYTE cdb[12] = {0xad, 0, 0, 0, 0, 0, 0, 0, RAW_MAX >> 8, 0};
    static const char *const media[] = {"dvd+r", "dvd+rw"};
    static const BYTE book[] = {0xa, 0x9};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        IDiscRecorder2Ex *ex = drive_with(media[i]);
        BYTE *data = NULL;
        ULONG count = 0, expected = rig_fetch(ex, cdb, 12, raw);

        assert_true(expected > 4 + 16);
        assert_hr(IDiscRecorder2Ex_ReadDvdStructure(ex, 0, 0, 0, 0, &data, &count), S_OK);
        assert_int_equal(data[0] >> 4, book[i]);
        assert_data(data, count, raw + 4, expected - 4);
        /* The format is cut to a byte. */
        assert_hr(IDiscRecorder2Ex_ReadDvdStructure(ex, 0x100, 0, 0, 0, &data, &count), S_OK);
        assert_data(data, count, raw + 4, expected - 4);
        rig_drop(ex);
    }
}

static void a_structure_the_disc_lacks_is_not_present(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE *data = raw;
    ULONG count = 99;

    (void)state;
    assert_hr(IDiscRecorder2Ex_ReadDvdStructure(ex, 0x08, 0, 0, 0, &data, &count),
              E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT);
    assert_nothing(data, count);
}

static void an_empty_drive_has_no_disc_structure(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("none");
    BYTE *data = raw;
    ULONG count = 99;

    (void)state;
    assert_hr_in(IDiscRecorder2Ex_ReadDvdStructure(ex, 0, 0, 0, 0, &data, &count),
                 E_IMAPI_RECORDER_MEDIA_NO_MEDIA, E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT);
    assert_nothing(data, count);
}

static void a_structure_that_cannot_be_written_is_refused(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("dvd+r");
    BYTE data[16] = {0};

    (void)state;
    assert_true(FAILED(IDiscRecorder2Ex_SendDvdStructure(ex, 0x20, data, sizeof(data))));
    assert_true(strlen(rig_error()) > 0);
    assert_int_equal(rig_next_writable(ex), 0);
}

/* == descriptors == */

static void the_device_descriptor_describes_a_removable_cd_rom_device(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("none");
    IDiscRecorder2 *recorder = rig_plain(ex);
    const STORAGE_DEVICE_DESCRIPTOR *descriptor;
    BYTE *data = NULL;
    ULONG size = 0;
    BSTR vendor = NULL;
    char expected[64] = "";

    (void)state;
    assert_hr(IDiscRecorder2_EjectMedia(recorder), S_OK);
    assert_hr(IDiscRecorder2Ex_GetDeviceDescriptor(ex, &data, &size), S_OK);
    descriptor = (const STORAGE_DEVICE_DESCRIPTOR *)data;
    assert_true(size >= sizeof(*descriptor));
    assert_int_equal(descriptor->Size, size);
    assert_int_equal(descriptor->DeviceType, 5);
    assert_int_equal(descriptor->RemovableMedia, TRUE);
    assert_in_range(descriptor->VendorIdOffset, 8, size - 1);
    assert_in_range(descriptor->ProductIdOffset, 8, size - 1);
    assert_non_null(
        memchr(data + descriptor->ProductIdOffset, 0, size - descriptor->ProductIdOffset));
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &vendor), S_OK);
    WideCharToMultiByte(CP_ACP, 0, vendor, -1, expected, sizeof(expected), NULL, NULL);
    SysFreeString(vendor);
    assert_memory_equal(data + descriptor->VendorIdOffset, expected, strlen(expected));
    CoTaskMemFree(data);
}

static void the_adapter_descriptor_agrees_with_the_transfer_limits(void **state)
{
    IDiscRecorder2Ex *ex = drive_with("none");
    const STORAGE_ADAPTER_DESCRIPTOR *descriptor;
    BYTE *data = NULL;
    ULONG size = 0, alignment = 0, most = 0;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetAdapterDescriptor(ex, &data, &size), S_OK);
    assert_hr(IDiscRecorder2Ex_GetByteAlignmentMask(ex, &alignment), S_OK);
    assert_hr(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(ex, &most), S_OK);
    descriptor = (const STORAGE_ADAPTER_DESCRIPTOR *)data;
    assert_true(size >= offsetof(STORAGE_ADAPTER_DESCRIPTOR, AlignmentMask) + 4);
    assert_int_equal(descriptor->Size, size);
    assert_int_equal(descriptor->AlignmentMask + 1, alignment);
    assert_true(descriptor->MaximumTransferLength >= most);
    CoTaskMemFree(data);
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(disc_information_is_the_raw_answer_with_its_length),
        TEST(disc_information_tells_a_blank_dvd_plus_r),
        TEST(disc_information_tells_an_erasable_unformatted_dvd_plus_rw),
        TEST(without_a_disc_there_is_no_disc_information),
        TEST(track_information_is_the_raw_answer_for_every_kind_of_address),
        TEST(a_track_that_is_not_there_has_no_information),
        TEST(a_feature_page_is_one_descriptor_without_the_header_before_it),
        TEST(the_feature_of_the_other_medium_is_there_but_not_current),
        TEST(a_feature_the_drive_lacks_is_no_such_feature),
        TEST(the_list_of_features_is_counted_in_features),
        TEST(the_list_of_profiles_keeps_the_order_of_the_drive),
        TEST(a_mode_page_starts_at_its_page_byte),
        TEST(a_mode_page_the_drive_lacks_is_no_such_mode_page),
        TEST(the_list_of_mode_pages_is_counted_in_pages),
        TEST(a_changed_mode_page_is_read_back),
        TEST(a_mode_page_of_the_wrong_size_changes_nothing),
        TEST(a_page_that_cannot_be_changed_is_an_invalid_mode_parameter),
        TEST(only_current_and_saved_values_can_be_set),
        TEST(a_disc_structure_comes_without_its_header),
        TEST(a_structure_the_disc_lacks_is_not_present),
        TEST(an_empty_drive_has_no_disc_structure),
        TEST(a_structure_that_cannot_be_written_is_refused),
        TEST(the_device_descriptor_describes_a_removable_cd_rom_device),
        TEST(the_adapter_descriptor_agrees_with_the_transfer_limits),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
