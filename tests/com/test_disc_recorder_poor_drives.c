/* Drives that know less than the standard wants: every method of IDiscRecorder2 and
 * IDiscRecorder2Ex answers what is documented for what is missing and works for the rest, and a
 * section is written on each. */
#include "recorder_bench.h"

#include <stdio.h>
#include <string.h>

enum drive { USUAL, NO_CONFIGURATION, FEW_MODE_PAGES, SHORT_ANSWERS, DRIVES };
static const char *const personalities[DRIVES] = {"strict", "no-configuration", "few-mode-pages",
                                                  "short-answers"};

/* With a new disc. */
static IDiscRecorder2Ex *drive_with(enum drive drive, const char *medium)
{
    static const char *const files[] = {"drive.iso", "drive.iso.disc", "drive.state"};
    char lines[160];

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (rig_exists(files[i]))
            rig_remove(files[i]);
    if (strcmp(medium, "none") == 0)
        snprintf(lines, sizeof(lines), "medium = none\npersonality = %s\n", personalities[drive]);
    else
        snprintf(lines, sizeof(lines), "medium = %s\nimage = drive.iso\npersonality = %s\n", medium,
                 personalities[drive]);
    rig_define_as("drive", lines);
    return rig_open("drive");
}

/* == every method == */

struct both {
    IDiscRecorder2 *plain;
    IDiscRecorder2Ex *ex;
};

static HRESULT text_of(IDiscRecorder2 *recorder,
                       HRESULT(STDMETHODCALLTYPE *get)(IDiscRecorder2 *, BSTR *))
{
    BSTR text = NULL;
    HRESULT hr = get(recorder, &text);

    assert_true(SUCCEEDED(hr) == (text != NULL));
    SysFreeString(text);
    return hr;
}

static HRESULT array_of(IDiscRecorder2 *recorder,
                        HRESULT(STDMETHODCALLTYPE *get)(IDiscRecorder2 *, SAFEARRAY **))
{
    SAFEARRAY *array = NULL;
    HRESULT hr = get(recorder, &array);

    assert_true(SUCCEEDED(hr) == (array != NULL));
    if (array)
        SafeArrayDestroy(array);
    return hr;
}

/* What a helper of IDiscRecorder2Ex gave with that result; frees it. */
static HRESULT given(HRESULT hr, void *data, ULONG count)
{
    assert_true(SUCCEEDED(hr) == (data != NULL));
    assert_true(SUCCEEDED(hr) || count == 0);
    CoTaskMemFree(data);
    return hr;
}

#define TEXT_PROPERTY(name)                                                                        \
    static HRESULT name(struct both b)                                                             \
    {                                                                                              \
        return text_of(b.plain, b.plain->lpVtbl->get_##name);                                      \
    }
#define ARRAY_PROPERTY(name)                                                                       \
    static HRESULT name(struct both b)                                                             \
    {                                                                                              \
        return array_of(b.plain, b.plain->lpVtbl->get_##name);                                     \
    }
/* Methods that hand out memory: the last two parameters are where it is and how much. */
#define GIVER(label, type, method, ...)                                                            \
    static HRESULT label(struct both b)                                                            \
    {                                                                                              \
        type *data = NULL;                                                                         \
        ULONG count = 0;                                                                           \
        HRESULT hr = IDiscRecorder2Ex_##method(b.ex, __VA_ARGS__, &data, &count);                  \
                                                                                                   \
        return given(hr, data, count);                                                             \
    }

TEXT_PROPERTY(VendorId)
TEXT_PROPERTY(ProductId)
TEXT_PROPERTY(ProductRevision)
TEXT_PROPERTY(ActiveDiscRecorder)
ARRAY_PROPERTY(SupportedFeaturePages)
ARRAY_PROPERTY(CurrentFeaturePages)
ARRAY_PROPERTY(SupportedProfiles)
ARRAY_PROPERTY(CurrentProfiles)
ARRAY_PROPERTY(SupportedModePages)
GIVER(DvdStructure, BYTE, ReadDvdStructure, 0, 0, 0, 0)
GIVER(TrackInformation, BYTE, GetTrackInformation, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK)
GIVER(FeaturePage, BYTE, GetFeaturePage, IMAPI_FEATURE_PAGE_TYPE_CORE, FALSE)
GIVER(FeaturePageOfNone, BYTE, GetFeaturePage, (IMAPI_FEATURE_PAGE_TYPE)0xff00, FALSE)
GIVER(ErrorRecoveryPage, BYTE, GetModePage, IMAPI_MODE_PAGE_TYPE_READ_WRITE_ERROR_RECOVERY,
      IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES)
GIVER(WriteParametersPage, BYTE, GetModePage, IMAPI_MODE_PAGE_TYPE_WRITE_PARAMETERS,
      IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES)
GIVER(CapabilitiesPage, BYTE, GetModePage, IMAPI_MODE_PAGE_TYPE_LEGACY_CAPABILITIES,
      IMAPI_MODE_PAGE_REQUEST_TYPE_DEFAULT_VALUES)
GIVER(FeaturePages, IMAPI_FEATURE_PAGE_TYPE, GetSupportedFeaturePages, TRUE)
GIVER(Profiles, IMAPI_PROFILE_TYPE, GetSupportedProfiles, TRUE)
GIVER(ModePages, IMAPI_MODE_PAGE_TYPE, GetSupportedModePages,
      IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES)

static HRESULT DiscInformation(struct both b)
{
    BYTE *data = NULL;
    ULONG count = 0;
    HRESULT hr = IDiscRecorder2Ex_GetDiscInformation(b.ex, &data, &count);

    return given(hr, data, count);
}

static HRESULT AdapterDescriptor(struct both b)
{
    BYTE *data = NULL;
    ULONG count = 0;
    HRESULT hr = IDiscRecorder2Ex_GetAdapterDescriptor(b.ex, &data, &count);

    return given(hr, data, count);
}

static HRESULT DeviceDescriptor(struct both b)
{
    BYTE *data = NULL;
    ULONG count = 0;
    HRESULT hr = IDiscRecorder2Ex_GetDeviceDescriptor(b.ex, &data, &count);

    return given(hr, data, count);
}

/* The drive's own page, else one as the standard has it. */
static HRESULT SetModePage(struct both b)
{
    BYTE own[52] = {0x05, 50, 0x40, 0x25, 0x08, 16, [13] = 16, [15] = 150};
    BYTE *page = NULL;
    ULONG size = 0;
    HRESULT hr =
        IDiscRecorder2Ex_GetModePage(b.ex, IMAPI_MODE_PAGE_TYPE_WRITE_PARAMETERS,
                                     IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &page, &size);
    bool has = SUCCEEDED(hr);

    hr = IDiscRecorder2Ex_SetModePage(b.ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES,
                                      has ? page : own, has ? size : sizeof(own));
    CoTaskMemFree(page);
    return hr;
}

static HRESULT Limits(struct both b)
{
    ULONG mask = GUARD, aligned = 0, other = 0;

    assert_hr(IDiscRecorder2Ex_GetByteAlignmentMask(b.ex, &mask), S_OK);
    assert_hr(IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(b.ex, &other), S_OK);
    assert_true(other >= 28672); /* 32 KiB less a page is what Wine says of every drive */
    return IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(b.ex, &aligned);
}

static HRESULT DeviceCanLoadMedia(struct both b)
{
    VARIANT_BOOL can = 7;
    HRESULT hr = IDiscRecorder2_get_DeviceCanLoadMedia(b.plain, &can);

    assert_true(can == VARIANT_TRUE);
    return hr;
}

static HRESULT ExclusiveAccess(struct both b)
{
    BSTR owner = NULL;
    HRESULT hr = IDiscRecorder2_AcquireExclusiveAccess(b.plain, VARIANT_TRUE, rig_text(L"test"));

    assert_hr(hr, S_OK);
    assert_hr(IDiscRecorder2_get_ExclusiveAccessOwner(b.plain, &owner), S_OK);
    SysFreeString(owner);
    return IDiscRecorder2_ReleaseExclusiveAccess(b.plain);
}

static HRESULT Mcn(struct both b)
{
    assert_hr(IDiscRecorder2_DisableMcn(b.plain), S_OK);
    return IDiscRecorder2_EnableMcn(b.plain);
}

static HRESULT Commands(struct both b)
{
    static const BYTE capacity[10] = {0x25};
    static BYTE raw[RAW_MAX];

    assert_int_equal(rig_fetch(b.ex, capacity, sizeof(capacity), raw), 8);
    assert_hr(rig_write(b.ex, 0, UNIT, 'w', NULL), S_OK);
    return rig_sync(b.ex);
}

static HRESULT Tray(struct both b)
{
    assert_hr(IDiscRecorder2_EjectMedia(b.plain), S_OK);
    return IDiscRecorder2_CloseTray(b.plain);
}

/* One result for all, or what differs where the drive lacks what is asked for. */
#define ALL(hr)                                                                                    \
    {                                                                                              \
        hr, hr, hr, hr                                                                             \
    }
#define UNLESS(drive, hr)                                                                          \
    {                                                                                              \
        [drive] = hr                                                                               \
    }
#define NO_CONFIGURATION_HR E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED

/* clang-format off */
static const struct method {
    const char *name;
    HRESULT (*call)(struct both b);
    HRESULT expected[DRIVES];
} methods[] = {
    { "VendorId",              VendorId,              ALL(S_OK) },
    { "ProductId",             ProductId,             ALL(S_OK) },
    { "ProductRevision",       ProductRevision,       ALL(S_OK) },
    { "ActiveDiscRecorder",    ActiveDiscRecorder,    ALL(S_OK) },
    { "SupportedFeaturePages", SupportedFeaturePages, UNLESS(NO_CONFIGURATION, NO_CONFIGURATION_HR) },
    { "CurrentFeaturePages",   CurrentFeaturePages,   UNLESS(NO_CONFIGURATION, NO_CONFIGURATION_HR) },
    { "SupportedProfiles",     SupportedProfiles,     UNLESS(NO_CONFIGURATION, NO_CONFIGURATION_HR) },
    { "CurrentProfiles",       CurrentProfiles,       UNLESS(NO_CONFIGURATION, NO_CONFIGURATION_HR) },
    { "SupportedModePages",    SupportedModePages,    ALL(S_OK) },
    { "DeviceCanLoadMedia",    DeviceCanLoadMedia,    ALL(S_OK) },
    { "exclusive access",      ExclusiveAccess,       ALL(S_OK) },
    { "DisableMcn, EnableMcn", Mcn,                   ALL(S_OK) },
    { "ReadDvdStructure",      DvdStructure,          ALL(S_OK) },
    { "GetAdapterDescriptor",  AdapterDescriptor,     ALL(S_OK) },
    { "GetDeviceDescriptor",   DeviceDescriptor,      ALL(S_OK) },
    { "GetDiscInformation",    DiscInformation,       ALL(S_OK) },
    { "GetTrackInformation",   TrackInformation,      ALL(S_OK) },
    { "GetFeaturePage",        FeaturePage,           UNLESS(NO_CONFIGURATION, NO_CONFIGURATION_HR) },
    { "a missing feature",     FeaturePageOfNone,
      { E_IMAPI_RECORDER_NO_SUCH_FEATURE, NO_CONFIGURATION_HR, E_IMAPI_RECORDER_NO_SUCH_FEATURE,
        E_IMAPI_RECORDER_NO_SUCH_FEATURE } },
    { "mode page 01h",         ErrorRecoveryPage,     ALL(S_OK) },
    { "mode page 05h",         WriteParametersPage,
      UNLESS(FEW_MODE_PAGES, E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE) },
    { "mode page 2Ah",         CapabilitiesPage,
      UNLESS(FEW_MODE_PAGES, E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE) },
    { "SetModePage",           SetModePage,
      UNLESS(FEW_MODE_PAGES, E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS) },
    { "GetSupportedFeaturePages", FeaturePages,       UNLESS(NO_CONFIGURATION, NO_CONFIGURATION_HR) },
    { "GetSupportedProfiles",  Profiles,              UNLESS(NO_CONFIGURATION, NO_CONFIGURATION_HR) },
    { "GetSupportedModePages", ModePages,             ALL(S_OK) },
    { "transfer limits",       Limits,                ALL(S_OK) },
    { "commands",              Commands,              ALL(S_OK) },
    { "EjectMedia, CloseTray", Tray,                  ALL(S_OK) },
};
/* clang-format on */

static void every_method_answers_what_is_documented_for_what_the_drive_lacks(void **state)
{
    (void)state;
    for (int drive = 0; drive < DRIVES; drive++) {
        IDiscRecorder2Ex *ex = drive_with((enum drive)drive, "dvd+r");
        struct both b = {rig_plain(ex), ex};

        for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
            HRESULT hr;

            SetErrorInfo(0, NULL);
            hr = methods[i].call(b);
            if (hr != methods[i].expected[drive])
                fail_msg("%s, %s: %08lx, not %08lx", personalities[drive], methods[i].name, hr,
                         methods[i].expected[drive]);
            if (FAILED(hr) && !rig_error()[0])
                fail_msg("%s, %s: no words", personalities[drive], methods[i].name);
        }
        rig_drop(b.plain);
        rig_drop(ex);
    }
}

static void an_empty_poor_drive_says_that_there_is_no_disc(void **state)
{
    (void)state;
    for (int drive = 0; drive < DRIVES; drive++) {
        IDiscRecorder2Ex *ex = drive_with((enum drive)drive, "none");
        struct both b = {rig_plain(ex), ex};

        assert_hr(DiscInformation(b), E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
        assert_hr(TrackInformation(b), E_IMAPI_RECORDER_MEDIA_NO_MEDIA);
        assert_hr(VendorId(b), S_OK);
        assert_hr(DeviceCanLoadMedia(b), S_OK);
        assert_hr(Profiles(b), drive == NO_CONFIGURATION ? NO_CONFIGURATION_HR : S_OK);
        rig_drop(b.plain);
        rig_drop(ex);
    }
}

/* == answers that are shorter than they claim == */

static void a_short_answer_is_given_as_it_is_and_its_length_is_not_believed(void **state)
{
    IDiscRecorder2Ex *ex = drive_with(SHORT_ANSWERS, "dvd+r");
    BYTE *data = NULL;
    ULONG size = 0;

    (void)state;
    assert_hr(IDiscRecorder2Ex_GetDiscInformation(ex, &data, &size), S_OK);
    assert_int_equal(size, 32);
    assert_true(be16(data) + 2 > size);
    CoTaskMemFree(data);
    assert_hr(IDiscRecorder2Ex_GetTrackInformation(ex, 1, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK,
                                                   &data, &size),
              S_OK);
    assert_int_equal(size, 28);
    assert_true(be16(data) + 2 > size);
    assert_int_equal(be32(data + 24), DVD_PLUS_SECTORS);
    CoTaskMemFree(data);
}

/* Lists of the two as counted 32-bit numbers. */
static void assert_same_list(HRESULT a_hr, void *a, ULONG a_count, HRESULT b_hr, void *b,
                             ULONG b_count)
{
    assert_hr(a_hr, S_OK);
    assert_hr(b_hr, S_OK);
    assert_true(a_count > 0);
    assert_int_equal(a_count, b_count);
    assert_memory_equal(a, b, a_count * 4);
    CoTaskMemFree(a);
    CoTaskMemFree(b);
}

static void lists_of_a_drive_with_short_answers_have_nothing_that_it_did_not_send(void **state)
{
    IDiscRecorder2Ex *full, *ex = drive_with(SHORT_ANSWERS, "dvd+r");
    IMAPI_FEATURE_PAGE_TYPE *features, *all_features;
    IMAPI_MODE_PAGE_TYPE *pages, *all_pages;
    IMAPI_PROFILE_TYPE *profiles, *all_profiles;
    ULONG n[6];
    HRESULT hr[6];

    (void)state;
    hr[0] = IDiscRecorder2Ex_GetSupportedFeaturePages(ex, FALSE, &features, &n[0]);
    hr[1] = IDiscRecorder2Ex_GetSupportedProfiles(ex, FALSE, &profiles, &n[1]);
    hr[2] = IDiscRecorder2Ex_GetSupportedModePages(ex, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES,
                                                   &pages, &n[2]);
    rig_drop(ex);
    full = drive_with(USUAL, "dvd+r");
    hr[3] = IDiscRecorder2Ex_GetSupportedFeaturePages(full, FALSE, &all_features, &n[3]);
    hr[4] = IDiscRecorder2Ex_GetSupportedProfiles(full, FALSE, &all_profiles, &n[4]);
    hr[5] = IDiscRecorder2Ex_GetSupportedModePages(
        full, IMAPI_MODE_PAGE_REQUEST_TYPE_CURRENT_VALUES, &all_pages, &n[5]);
    assert_same_list(hr[0], features, n[0], hr[3], all_features, n[3]);
    assert_same_list(hr[1], profiles, n[1], hr[4], all_profiles, n[4]);
    assert_same_list(hr[2], pages, n[2], hr[5], all_pages, n[5]);
}

/* == writing == */

static IStream *stream_of(ULONG sectors)
{
    BYTE sector[SECTOR];
    IStream *stream = NULL;
    LARGE_INTEGER start = {.QuadPart = 0};

    assert_hr(CreateStreamOnHGlobal(NULL, TRUE, &stream), S_OK);
    for (ULONG i = 0; i < sectors; i++) {
        memset(sector, 'a' + (int)(i % 26), sizeof(sector));
        assert_hr(IStream_Write(stream, sector, sizeof(sector), NULL), S_OK);
    }
    assert_hr(IStream_Seek(stream, start, STREAM_SEEK_SET, NULL), S_OK);
    return rig_keep(stream);
}

static void assert_recorded(IDiscRecorder2Ex *ex, ULONG sectors)
{
    for (ULONG i = 0; i < sectors; i++) {
        BYTE cdb[10] = {0x28, 0, 0, 0, (BYTE)(i >> 8), (BYTE)i, 0, 0, 1};
        static BYTE raw[RAW_MAX];

        assert_int_equal(rig_fetch(ex, cdb, sizeof(cdb), raw), SECTOR);
        if (raw[0] != 'a' + (int)(i % 26) || raw[SECTOR - 1] != raw[0])
            fail_msg("sector %lu holds %02x", i, raw[0]);
    }
}

enum { SECTORS = 6 * UNIT };

static HRESULT write_section(IDiscRecorder2Ex *ex)
{
    IStream *stream = stream_of(SECTORS);
    IWriteEngine2 *engine = NULL;
    HRESULT hr;

    assert_hr(CoCreateInstance(&CLSID_MsftWriteEngine2, NULL, CLSCTX_INPROC_SERVER,
                               &IID_IWriteEngine2, (void **)&engine),
              S_OK);
    rig_keep(engine);
    assert_hr(IWriteEngine2_put_Recorder(engine, ex), S_OK);
    assert_hr(IWriteEngine2_put_BytesPerSector(engine, SECTOR), S_OK);
    hr = IWriteEngine2_WriteSection(engine, stream, 0, SECTORS);
    rig_drop(engine);
    rig_drop(stream);
    return hr;
}

static void write_section_on(enum drive drive, const char *medium)
{
    IDiscRecorder2Ex *ex = drive_with(drive, medium);

    assert_hr(write_section(ex), S_OK);
    assert_hr(rig_sync(ex), S_OK);
    rig_settle(ex);
    assert_recorded(ex, SECTORS);
    rig_drop(ex);
}

/* A CD, whose drive writes a track by default, and a DVD. */
static void a_section_is_written_on_each_poor_drive(void **state)
{
    (void)state;
    for (int drive = 0; drive < DRIVES; drive++) {
        write_section_on((enum drive)drive, "cd-r");
        write_section_on((enum drive)drive, "dvd+r");
    }
}

/* Only of a disc that is written in order the engine asks, when all is written, whether it is. */
static void a_cd_in_a_drive_without_profiles_is_known_by_its_disc_information(void **state)
{
    static const char rule[] = "read track information once: fail 3/0C/00, deferred\n";
    IDiscRecorder2Ex *ex;

    (void)state;
    rig_write_file("drive.faults", rule, sizeof(rule) - 1);
    rig_define_as("drive", "medium = cd-r\nimage = drive.iso\npersonality = no-configuration\n"
                           "faults = drive.faults\n");
    ex = rig_open("drive");
    assert_true(FAILED(write_section(ex)));
    assert_non_null(strstr(rig_error(), "3/0C/00"));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_teardown(test, rig_clear)
    const struct CMUnitTest tests[] = {
        TEST(every_method_answers_what_is_documented_for_what_the_drive_lacks),
        TEST(an_empty_poor_drive_says_that_there_is_no_disc),
        TEST(a_short_answer_is_given_as_it_is_and_its_length_is_not_believed),
        TEST(lists_of_a_drive_with_short_answers_have_nothing_that_it_did_not_send),
        TEST(a_section_is_written_on_each_poor_drive),
        TEST(a_cd_in_a_drive_without_profiles_is_known_by_its_disc_information),
    };

    return cmocka_run_group_tests(tests, rig_start, rig_stop);
}
