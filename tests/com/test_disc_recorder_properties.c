/* What IDiscRecorder2 tells about a drive, compared with what the drive itself answers to the
 * commands of MMC-6, and its tray. */
#include "recorder_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { CODES_MAX = 64 };

struct codes {
    unsigned count;
    LONG code[CODES_MAX];
};

static void add(struct codes *codes, LONG code)
{
    assert_true(codes->count < CODES_MAX);
    codes->code[codes->count++] = code;
}

static void assert_same(const struct codes *got, const struct codes *expected)
{
    assert_int_equal(got->count, expected->count);
    for (unsigned i = 0; i < got->count; i++)
        assert_int_equal(got->code[i], expected->code[i]);
}

static bool has(const struct codes *codes, LONG code)
{
    for (unsigned i = 0; i < codes->count; i++)
        if (codes->code[i] == code)
            return true;
    return false;
}

typedef HRESULT(STDMETHODCALLTYPE *array_getter)(IDiscRecorder2 *, SAFEARRAY **);

/* A one-dimensional array from 0 on of VARIANTs of VT_I4, as the documentation promises. */
static struct codes array_of(IDiscRecorder2 *recorder, array_getter getter)
{
    struct codes codes = {0};
    SAFEARRAY *array = NULL;
    VARTYPE type = VT_EMPTY;
    VARIANT *items = NULL;
    LONG lower = 7, upper = 7;

    assert_hr(getter(recorder, &array), S_OK);
    assert_non_null(array);
    assert_int_equal(SafeArrayGetDim(array), 1);
    assert_hr(SafeArrayGetVartype(array, &type), S_OK);
    assert_int_equal(type, VT_VARIANT);
    assert_hr(SafeArrayGetLBound(array, 1, &lower), S_OK);
    assert_hr(SafeArrayGetUBound(array, 1, &upper), S_OK);
    assert_int_equal(lower, 0);
    assert_hr(SafeArrayAccessData(array, (void **)&items), S_OK);
    for (LONG i = 0; i <= upper; i++) {
        assert_int_equal(V_VT(&items[i]), VT_I4);
        add(&codes, V_I4(&items[i]));
    }
    SafeArrayUnaccessData(array);
    SafeArrayDestroy(array);
    return codes;
}

/* GET CONFIGURATION, all features. */
static ULONG configuration(IDiscRecorder2Ex *ex, BYTE raw[RAW_MAX])
{
    static const BYTE cdb[10] = {0x46, 0, 0, 0, 0, 0, 0, RAW_MAX >> 8, 0};
    ULONG size = rig_fetch(ex, cdb, 10, raw);

    assert_true(size >= 8);
    assert_int_equal(be32(raw) + 4, size);
    return size;
}

static struct codes features_of(IDiscRecorder2Ex *ex, bool current_only)
{
    static BYTE raw[RAW_MAX];
    ULONG size = configuration(ex, raw);
    struct codes codes = {0};

    for (ULONG at = 8; at + 4 <= size; at += 4u + raw[at + 3])
        if (!current_only || raw[at + 2] & 1)
            add(&codes, (LONG)be16(raw + at));
    return codes;
}

static struct codes profiles_of(IDiscRecorder2Ex *ex, bool current_only)
{
    static BYTE raw[RAW_MAX];
    struct codes codes = {0};

    configuration(ex, raw);
    assert_int_equal(be16(raw + 8), 0);
    for (ULONG at = 12; at < 12u + raw[11]; at += 4)
        if (!current_only || raw[at + 2] & 1)
            add(&codes, (LONG)be16(raw + at));
    return codes;
}

/* MODE SENSE(10) of page 3Fh. */
static struct codes mode_pages_of(IDiscRecorder2Ex *ex)
{
    static const BYTE cdb[10] = {0x5a, 8, 0x3f, 0, 0, 0, 0, RAW_MAX >> 8, 0};
    static BYTE raw[RAW_MAX];
    ULONG size = rig_fetch(ex, cdb, 10, raw);
    struct codes codes = {0};

    assert_int_equal(be16(raw) + 2, size);
    for (ULONG at = 8 + be16(raw + 6); at + 2 <= size; at += 2u + raw[at + 1])
        add(&codes, raw[at] & 0x3f);
    return codes;
}

static const char *const media[] = {"dvd+r", "dvd+rw", "none"};
enum { MEDIA = sizeof(media) / sizeof(media[0]) };

/* == arrays == */

static void feature_pages_are_those_the_drive_lists_in_its_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEDIA; i++) {
        IDiscRecorder2Ex *ex;
        IDiscRecorder2 *recorder;
        struct codes all, current, got;

        rig_define("drive", media[i]);
        ex = rig_open("drive");
        recorder = rig_plain(ex);
        all = features_of(ex, false);
        current = features_of(ex, true);
        assert_true(all.count > current.count && current.count > 0);
        got = array_of(recorder, recorder->lpVtbl->get_SupportedFeaturePages);
        assert_same(&got, &all);
        got = array_of(recorder, recorder->lpVtbl->get_CurrentFeaturePages);
        assert_same(&got, &current);
        rig_drop(recorder);
        rig_drop(ex);
    }
}

static void profiles_are_those_the_drive_lists_in_its_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEDIA; i++) {
        IDiscRecorder2Ex *ex;
        IDiscRecorder2 *recorder;
        struct codes expected, got;

        rig_define("drive", media[i]);
        ex = rig_open("drive");
        recorder = rig_plain(ex);
        expected = profiles_of(ex, false);
        got = array_of(recorder, recorder->lpVtbl->get_SupportedProfiles);
        assert_same(&got, &expected);
        assert_true(has(&got, IMAPI_PROFILE_TYPE_DVD_PLUS_R));
        assert_true(has(&got, IMAPI_PROFILE_TYPE_DVD_PLUS_RW));
        rig_drop(recorder);
        rig_drop(ex);
    }
}

static void the_current_profile_is_that_of_the_disc(void **state)
{
    static const LONG profile[MEDIA] = {IMAPI_PROFILE_TYPE_DVD_PLUS_R,
                                        IMAPI_PROFILE_TYPE_DVD_PLUS_RW, 0};

    (void)state;
    for (size_t i = 0; i < MEDIA; i++) {
        IDiscRecorder2Ex *ex;
        IDiscRecorder2 *recorder;
        struct codes got;

        rig_define("drive", media[i]);
        ex = rig_open("drive");
        recorder = rig_plain(ex);
        got = array_of(recorder, recorder->lpVtbl->get_CurrentProfiles);
        assert_int_equal(got.count, profile[i] ? 1 : 0);
        if (profile[i])
            assert_int_equal(got.code[0], profile[i]);
        rig_drop(recorder);
        rig_drop(ex);
    }
}

static void mode_pages_are_those_the_drive_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < MEDIA; i++) {
        IDiscRecorder2Ex *ex;
        IDiscRecorder2 *recorder;
        struct codes expected, got;

        rig_define("drive", media[i]);
        ex = rig_open("drive");
        recorder = rig_plain(ex);
        expected = mode_pages_of(ex);
        got = array_of(recorder, recorder->lpVtbl->get_SupportedModePages);
        assert_same(&got, &expected);
        assert_true(has(&got, IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES));
        rig_drop(recorder);
        rig_drop(ex);
    }
}

static void assert_one_path(IDiscRecorder2 *recorder, const WCHAR *path)
{
    SAFEARRAY *array = NULL;
    LONG upper = 7, index = 0;
    VARIANT item;

    assert_hr(IDiscRecorder2_get_VolumePathNames(recorder, &array), S_OK);
    assert_hr(SafeArrayGetUBound(array, 1, &upper), S_OK);
    assert_int_equal(upper, 0);
    assert_hr(SafeArrayGetElement(array, &index, &item), S_OK);
    assert_int_equal(V_VT(&item), VT_BSTR);
    assert_int_equal(wcscmp(V_BSTR(&item), path), 0);
    VariantClear(&item);
    SafeArrayDestroy(array);
}

static void the_paths_are_those_of_the_drives_volume_if_it_has_one(void **state)
{
    IDiscRecorder2 *recorder;
    struct codes none;

    (void)state;
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    if (rig_on_drive()) {
        assert_one_path(recorder, L"D:\\");
        return;
    }
    none = array_of(recorder, recorder->lpVtbl->get_VolumePathNames);
    assert_int_equal(none.count, 0);
}

static void a_volume_name_is_a_string_or_an_error_but_never_both(void **state)
{
    IDiscRecorder2 *recorder;
    BSTR name = (BSTR)L"left over";
    HRESULT hr;

    (void)state;
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    hr = IDiscRecorder2_get_VolumeName(recorder, &name);
    assert_hr_in(hr, S_OK, E_FAIL);
    if (hr == S_OK)
        SysFreeString(name);
    else
        assert_null(name);
}

/* == strings and numbers == */

/* The field of INQUIRY data without its trailing blanks, as a wide string. */
static void inquiry_text(const BYTE *field, size_t size, WCHAR *text)
{
    while (size > 0 && field[size - 1] == ' ')
        size--;
    for (size_t i = 0; i < size; i++)
        text[i] = field[i];
    text[size] = L'\0';
}

static void vendor_product_and_revision_are_those_of_inquiry_trimmed(void **state)
{
    static const BYTE inquiry[6] = {0x12, 0, 0, 0, 36};
    static BYTE raw[RAW_MAX];
    WCHAR text[20];
    BSTR got = NULL;
    IDiscRecorder2Ex *ex;
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    recorder = rig_plain(ex);
    assert_int_equal(rig_fetch(ex, inquiry, 6, raw), 36);
    inquiry_text(raw + 8, 8, text);
    assert_true(wcslen(text) > 0);
    assert_hr(IDiscRecorder2_get_VendorId(recorder, &got), S_OK);
    assert_int_equal(wcscmp(got, text), 0);
    SysFreeString(got);
    inquiry_text(raw + 16, 16, text);
    assert_true(wcslen(text) > 0);
    assert_hr(IDiscRecorder2_get_ProductId(recorder, &got), S_OK);
    assert_int_equal(wcscmp(got, text), 0);
    SysFreeString(got);
    inquiry_text(raw + 32, 4, text);
    assert_true(wcslen(text) > 0);
    assert_hr(IDiscRecorder2_get_ProductRevision(recorder, &got), S_OK);
    assert_int_equal(wcscmp(got, text), 0);
    SysFreeString(got);
}

static void legacy_device_numbers_are_small_and_of_one_drive_each(void **state)
{
    IDiscRecorder2 *first, *second;
    LONG a = -1, again = -1, b = -1;

    (void)state;
    rig_define("a", "dvd+r");
    rig_define("b", "dvd+r");
    first = rig_plain(rig_open("a"));
    second = rig_plain(rig_open("b"));
    assert_hr(IDiscRecorder2_get_LegacyDeviceNumber(first, &a), S_OK);
    assert_hr(IDiscRecorder2_get_LegacyDeviceNumber(first, &again), S_OK);
    assert_hr(IDiscRecorder2_get_LegacyDeviceNumber(second, &b), S_OK);
    assert_in_range(a, 0, 1000);
    assert_in_range(b, 0, 1000);
    assert_int_equal(a, again);
    assert_int_not_equal(a, b);
}

/* == the tray == */

static void a_drive_with_a_motor_tray_can_load_media(void **state)
{
    IDiscRecorder2Ex *ex;
    VARIANT_BOOL can = 1;
    BYTE *feature = NULL;
    ULONG size = 0;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    assert_hr(IDiscRecorder2Ex_GetFeaturePage(ex, IMAPI_FEATURE_PAGE_TYPE_REMOVABLE_MEDIUM, FALSE,
                                              &feature, &size),
              S_OK);
    assert_true(size >= 8);
    assert_int_equal(feature[4] >> 5, 1);     /* a tray … */
    assert_int_equal(feature[4] >> 3 & 1, 1); /* … that ejects */
    CoTaskMemFree(feature);
    assert_hr(IDiscRecorder2_get_DeviceCanLoadMedia(rig_plain(ex), &can), S_OK);
    assert_int_equal(can, VARIANT_TRUE);
}

static HRESULT disc_information(IDiscRecorder2Ex *ex)
{
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr = IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size);

    CoTaskMemFree(data);
    return hr;
}

static void ejecting_takes_the_disc_away_and_closing_brings_it_back(void **state)
{
    IDiscRecorder2Ex *ex;
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    recorder = rig_plain(ex);
    assert_hr(disc_information(ex), S_OK);
    assert_hr(IDiscRecorder2_EjectMedia(recorder), S_OK);
    rig_settle(ex);
    assert_hr(disc_information(ex), E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
    assert_true(strlen(rig_error()) > 0);
    assert_hr(IDiscRecorder2_EjectMedia(recorder), S_OK);
    assert_hr(IDiscRecorder2_CloseTray(recorder), S_OK);
    rig_settle(ex);
    assert_hr(disc_information(ex), S_OK);
    assert_hr(IDiscRecorder2_CloseTray(recorder), S_OK);
}

static void the_tray_stays_open_when_the_object_dies(void **state)
{
    IDiscRecorder2Ex *ex;
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "dvd+r");
    ex = rig_open("drive");
    recorder = rig_plain(ex);
    assert_hr(IDiscRecorder2_EjectMedia(recorder), S_OK);
    rig_drop(ex);
    assert_int_equal(rig_drop(recorder), 0);
    ex = rig_open("drive");
    assert_hr(disc_information(ex), E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
    recorder = rig_plain(ex);
    assert_hr(IDiscRecorder2_CloseTray(recorder), S_OK);
    rig_settle(ex);
    assert_hr(disc_information(ex), S_OK);
}

static void the_tray_of_an_empty_drive_opens_and_closes(void **state)
{
    IDiscRecorder2Ex *ex;
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "none");
    ex = rig_open("drive");
    recorder = rig_plain(ex);
    assert_hr(IDiscRecorder2_EjectMedia(recorder), S_OK);
    assert_hr(IDiscRecorder2_CloseTray(recorder), S_OK);
    rig_settle(ex);
    assert_hr(disc_information(ex), E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
}

static void removal_that_a_program_prevents_is_allowed_when_its_object_dies(void **state)
{
    static const BYTE prevent[6] = {0x1e, 0, 0, 0, 1};
    IDiscRecorder2Ex *first, *second;

    (void)state;
    rig_define("drive", "dvd+r");
    first = rig_open("drive");
    second = rig_open("drive");
    assert_hr(rig_command(first, prevent, 6, NULL), S_OK);
    assert_true(FAILED(IDiscRecorder2_EjectMedia(rig_plain(second))));
    assert_hr(disc_information(second), S_OK);
    assert_int_equal(rig_drop(first), 0);
    assert_hr(IDiscRecorder2_EjectMedia(rig_plain(second)), S_OK);
}

/* == media change notification == */

static void mcn_is_disabled_as_often_as_it_is_enabled(void **state)
{
    IDiscRecorder2 *recorder;

    (void)state;
    rig_define("drive", "dvd+r");
    recorder = rig_plain(rig_open("drive"));
    assert_hr(IDiscRecorder2_DisableMcn(recorder), S_OK);
    assert_hr(IDiscRecorder2_DisableMcn(recorder), S_OK);
    assert_hr(IDiscRecorder2_EnableMcn(recorder), S_OK);
    assert_hr(IDiscRecorder2_EnableMcn(recorder), S_OK);
    assert_hr(IDiscRecorder2_EnableMcn(recorder), E_FAIL);
    assert_hr(IDiscRecorder2_DisableMcn(recorder), S_OK);
    assert_hr(IDiscRecorder2_EnableMcn(recorder), S_OK);
}

#define TEST(name) cmocka_unit_test_teardown(name, rig_clear)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(feature_pages_are_those_the_drive_lists_in_its_order),
        TEST(profiles_are_those_the_drive_lists_in_its_order),
        TEST(the_current_profile_is_that_of_the_disc),
        TEST(mode_pages_are_those_the_drive_lists),
        TEST(the_paths_are_those_of_the_drives_volume_if_it_has_one),
        TEST(a_volume_name_is_a_string_or_an_error_but_never_both),
        TEST(vendor_product_and_revision_are_those_of_inquiry_trimmed),
        TEST(legacy_device_numbers_are_small_and_of_one_drive_each),
        TEST(a_drive_with_a_motor_tray_can_load_media),
        TEST(ejecting_takes_the_disc_away_and_closing_brings_it_back),
        TEST(the_tray_stays_open_when_the_object_dies),
        TEST(the_tray_of_an_empty_drive_opens_and_closes),
        TEST(removal_that_a_program_prevents_is_allowed_when_its_object_dies),
        TEST(mcn_is_disabled_as_often_as_it_is_enabled),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
