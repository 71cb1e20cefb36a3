/* MsftDiscRecorder2 on a device for which the system can't provide, or which it can't open: what
 * clients are told, and what of theirs still goes out. The class is linked in, since no drive
 * behind the DLL can be made so poor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "class_factory.h"
#include "imapi2.h"
#include "os.h"
#include "recorder_drive.h"
#include "recorders.h"

enum { USUAL = 131072, HALF = 65536, NO_SYSTEM_RESOURCES = (int)0x800705aa };

static struct {
    struct oi_device device;
    enum oi_status opening;
    struct oi_transfer_limits limits;
    bool poor; /* it can't provide for more than half */
    bool no_sense;
    unsigned commands;
    uint32_t last_len;
    uint8_t last_opcode;
} fake;

static void fake_execute(struct oi_transport *transport, const struct oi_command *command,
                         struct oi_completion *completion)
{
    (void)transport;
    fake.commands++;
    fake.last_len = command->data_len;
    fake.last_opcode = command->cdb.bytes[0];
    if (fake.poor && command->data_len > HALF) {
        fake.limits.page_aligned_bytes = HALF;
        fake.limits.not_page_aligned_bytes = HALF - 4096;
        completion->status = OI_NO_RESOURCES;
        return;
    }
    completion->moved = command->data_len;
    if (command->direction == OI_DATA_IN)
        memset(command->data, command->cdb.bytes[0], command->data_len);
    if (fake.no_sense && command->cdb.bytes[0] == 0x03)
        memcpy(command->data, "\x70\0\x01\0\0\0\0\x0a\0\0\0\0\x17\x01\0\0\0\0", 18);
    else if (fake.no_sense)
        completion->scsi_status = OI_SCSI_CHECK_CONDITION;
}

static void fake_destroy(struct oi_device *device)
{
    (void)device;
}

static void fake_limits(struct oi_device *device, struct oi_transfer_limits *limits)
{
    (void)device;
    *limits = fake.limits;
}

static void fake_detail(struct oi_device *device, char text[OI_DETAIL_MAX])
{
    (void)device;
    text[0] = '\0';
}

static const struct oi_transport_ops transport_ops = {fake_execute};
static const struct oi_device_ops device_ops = {
    .destroy = fake_destroy,
    .limits = fake_limits,
    .detail = fake_detail,
};

enum oi_status __wrap_oi_recorder_open(const char *unique_id, struct oi_device **device,
                                       char problem[OI_DETAIL_MAX]);
enum oi_status __wrap_oi_recorder_open(const char *unique_id, struct oi_device **device,
                                       char problem[OI_DETAIL_MAX])
{
    (void)unique_id;
    strcpy(problem, fake.opening == OI_OK ? "" : "what is wrong with it");
    *device = NULL;
    if (fake.opening != OI_OK)
        return fake.opening;
    fake.device = (struct oi_device){{&transport_ops}, &device_ops};
    *device = &fake.device;
    return OI_OK;
}

static IDiscRecorder2Ex *recorder;
static uint8_t *pages;

/* As clients get one, but in this program. */
static HRESULT create_recorder(IDiscRecorder2 **out)
{
    for (size_t i = 0; i < com_class_count; i++)
        if (IsEqualCLSID(com_class_table[i].clsid, &CLSID_MsftDiscRecorder2))
            return com_class_table[i].create(NULL, &IID_IDiscRecorder2, (void **)out);
    return CLASS_E_CLASSNOTAVAILABLE;
}

static int setup(void **state)
{
    IDiscRecorder2 *plain;
    BSTR id = SysAllocString(L"fake");

    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.limits = (struct oi_transfer_limits){USUAL, USUAL - 4096, 1};
    pages = oi_pages_alloc(USUAL + 4096);
    if (FAILED(CoInitializeEx(NULL, COINIT_MULTITHREADED)) || FAILED(create_recorder(&plain)) ||
        FAILED(IDiscRecorder2_InitializeDiscRecorder(plain, id)) ||
        FAILED(IDiscRecorder2_QueryInterface(plain, &IID_IDiscRecorder2Ex, (void **)&recorder)))
        return -1;
    IDiscRecorder2_Release(plain);
    SysFreeString(id);
    return pages ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    IDiscRecorder2Ex_Release(recorder);
    oi_pages_free(pages, USUAL + 4096);
    CoUninitialize();
    return 0;
}

static HRESULT send_bytes(ULONG bytes)
{
    BYTE cdb[10] = {0x2a}, sense[18];

    return IDiscRecorder2Ex_SendCommandSendDataToDevice(recorder, cdb, sizeof(cdb), sense, 10,
                                                        pages, bytes);
}

static ULONG told_limit(void)
{
    ULONG bytes = 0;

    assert_int_equal(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(recorder, &bytes), S_OK);
    return bytes;
}

static void too_much_for_the_system_is_told_with_its_code_and_tried_once(void **state)
{
    (void)state;
    fake.poor = true;
    assert_int_equal(send_bytes(USUAL), NO_SYSTEM_RESOURCES);
    assert_int_equal(fake.commands, 1);
}

static void who_asks_after_that_is_told_what_the_system_can_do(void **state)
{
    ULONG bytes = 0;

    (void)state;
    assert_int_equal(told_limit(), USUAL);
    fake.poor = true;
    send_bytes(USUAL);
    assert_int_equal(told_limit(), HALF);
    assert_int_equal(IDiscRecorder2Ex_GetMaximumNonPageAlignedTransferSize(recorder, &bytes), S_OK);
    assert_int_equal(bytes, HALF - 4096);
}

static void who_asked_before_is_not_refused_when_the_system_can_again(void **state)
{
    (void)state;
    fake.poor = true;
    assert_int_equal(send_bytes(USUAL), NO_SYSTEM_RESOURCES);
    assert_int_equal(send_bytes(USUAL), NO_SYSTEM_RESOURCES);
    fake.poor = false;
    assert_int_equal(send_bytes(USUAL), S_OK);
    assert_int_equal(fake.last_len, USUAL);
    assert_int_equal(fake.commands, 3);
}

static void more_than_the_device_ever_took_is_refused_all_the_same(void **state)
{
    (void)state;
    assert_int_equal(send_bytes(USUAL + 1), E_INVALIDARG);
    fake.poor = true;
    send_bytes(USUAL);
    assert_int_equal(send_bytes(USUAL + 1), E_INVALIDARG);
    assert_int_equal(fake.commands, 1);
}

/* The engine halves its WRITEs for this one alone. */
static void the_engine_learns_that_the_command_was_not_sent(void **state)
{
    struct recorder_drive drive;
    struct oi_command command = {
        .cdb = oi_cdb_write10(0, USUAL / 2048),
        .direction = OI_DATA_OUT,
        .data = pages,
        .data_len = USUAL,
        .timeout_ms = 1000,
    };
    struct oi_completion completion;

    (void)state;
    recorder_drive_init(&drive, NULL);
    drive.recorder = recorder;
    fake.poor = true;
    oi_transport_execute(&drive.transport, &command, &completion);
    assert_int_equal(completion.status, OI_NO_RESOURCES);
    recorder_drive_fini(&drive);
}

/* The drive says "recovered error" only when it is asked for its sense. */
static void a_reply_survives_that_its_sense_is_asked_for(void **state)
{
    BYTE *data = NULL;
    ULONG size = 0;

    (void)state;
    fake.no_sense = true;
    assert_int_equal(IDiscRecorder2Ex_GetDiscInformation(recorder, &data, &size), S_OK);
    assert_int_equal(fake.last_opcode, 0x03);
    assert_true(size > 18);
    for (ULONG i = 0; i < size; i++)
        assert_int_equal(data[i], 0x51);
    CoTaskMemFree(data);
}

static void a_drive_that_does_not_open_has_the_documented_code_and_the_reason(void **state)
{
    static const struct {
        enum oi_status status;
        HRESULT hr;
    } rows[] = {
        {OI_LOCKED, (HRESULT)0xc0aa0210},
        {OI_DEVICE_GONE, (HRESULT)0x80070037},
        {OI_OUT_OF_MEMORY, E_OUTOFMEMORY},
        {OI_ACCESS_DENIED, E_FAIL},
        {OI_FAILED, E_FAIL},
    };
    BSTR id = SysAllocString(L"fake"), words;
    IDiscRecorder2 *plain;
    IErrorInfo *info;

    (void)state;
    assert_int_equal(create_recorder(&plain), S_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake.opening = rows[i].status;
        assert_int_equal(IDiscRecorder2_InitializeDiscRecorder(plain, id), rows[i].hr);
        assert_int_equal(GetErrorInfo(0, &info), S_OK);
        assert_int_equal(IErrorInfo_GetDescription(info, &words), S_OK);
        assert_int_equal(wcscmp(words, L"what is wrong with it"), 0);
        SysFreeString(words);
        IErrorInfo_Release(info);
    }
    IDiscRecorder2_Release(plain);
    SysFreeString(id);
}

#define WITH_RECORDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RECORDER(too_much_for_the_system_is_told_with_its_code_and_tried_once),
        WITH_RECORDER(who_asks_after_that_is_told_what_the_system_can_do),
        WITH_RECORDER(who_asked_before_is_not_refused_when_the_system_can_again),
        WITH_RECORDER(more_than_the_device_ever_took_is_refused_all_the_same),
        WITH_RECORDER(the_engine_learns_that_the_command_was_not_sent),
        WITH_RECORDER(a_drive_that_does_not_open_has_the_documented_code_and_the_reason),
        WITH_RECORDER(a_reply_survives_that_its_sense_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
