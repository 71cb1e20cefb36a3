/* Three things are kept apart: the COM call failed (answer.hr is an error), the drive refused
 * (answer.hr is S_IMAPI_COMMAND_HAS_SENSE_DATA, which is a success code), the drive did it. */
#include "drive.h"

#include <imapi2error.h>
#include <oleauto.h>
#include <stdio.h>
#include <string.h>
#include "cancel.h"
#include "command_table.h"
#include "drive_commands.h"
#include "patience.h"
#include "recorders.h"

/* Time-outs in seconds: what the slowest drives are known to need. */
enum { QUICK_S = 10, INFORMATION_S = 30, READ_S = 60, START_S = 240 };

/* Asked often at first, since many waits are over at once. */
enum { POLL_FIRST_MS = 8, POLL_MS = 250 };

enum { RELEASE_ATTEMPTS = 5, RELEASE_PAUSE_MS = 1000 };

/* A recovered error (key 1) and no sense at all are good news, unless they are deferred: then
 * the present command was not executed. */
static bool accepted(const struct oi_answer *answer)
{
    if (FAILED(answer->hr))
        return false;
    if (answer->hr != S_IMAPI_COMMAND_HAS_SENSE_DATA)
        return true;
    return oi_sense_key(answer) <= 1 && (answer->sense[0] & 0x7f) == 0x70;
}

static void take_result(struct oi_answer *answer, HRESULT hr, const BYTE *cdb, const BYTE *sense)
{
    *answer = oi_answer_from_call(hr);
    memcpy(answer->sense, sense, sizeof(answer->sense));
    snprintf(answer->command, sizeof(answer->command), "%s", oi_command_info(cdb[0])->name);
}

bool oi_drive_run(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                  struct oi_answer *answer)
{
    BYTE sense[OI_SENSE_BYTES] = {0};
    HRESULT hr;

    oi_answer_forget();
    hr = IDiscRecorder2Ex_SendCommandNoData(drive->ex, cdb, cdb_bytes, sense, timeout_s);
    take_result(answer, hr, cdb, sense);
    return accepted(answer);
}

bool oi_drive_run_out(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                      BYTE *data, ULONG data_bytes, struct oi_answer *answer)
{
    BYTE sense[OI_SENSE_BYTES] = {0};
    HRESULT hr;

    oi_answer_forget();
    hr = IDiscRecorder2Ex_SendCommandSendDataToDevice(drive->ex, cdb, cdb_bytes, sense, timeout_s,
                                                      data, data_bytes);
    take_result(answer, hr, cdb, sense);
    return accepted(answer);
}

static struct oi_answer malformed(void)
{
    return (struct oi_answer){.hr = E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE};
}

bool oi_drive_run_in_some(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                          BYTE *data, ULONG data_bytes, ULONG *fetched, struct oi_answer *answer)
{
    BYTE sense[OI_SENSE_BYTES] = {0};
    HRESULT hr;

    *fetched = 0;
    oi_answer_forget();
    hr = IDiscRecorder2Ex_SendCommandGetDataFromDevice(drive->ex, cdb, cdb_bytes, sense, timeout_s,
                                                       data, data_bytes, fetched);
    if (*fetched > data_bytes)
        *fetched = data_bytes;
    take_result(answer, hr, cdb, sense);
    return accepted(answer);
}

bool oi_drive_run_in(struct oi_drive *drive, BYTE *cdb, ULONG cdb_bytes, ULONG timeout_s,
                     BYTE *data, ULONG data_bytes, ULONG needed, struct oi_answer *answer)
{
    ULONG fetched;

    if (!oi_drive_run_in_some(drive, cdb, cdb_bytes, timeout_s, data, data_bytes, &fetched, answer))
        return false;
    if (fetched < needed) {
        *answer = malformed();
        return false;
    }
    return true;
}

bool oi_drive_open(struct oi_drive *drive, const wchar_t *id, struct oi_answer *answer)
{
    BSTR unique_id = SysAllocString(id);
    HRESULT hr = unique_id ? S_OK : E_OUTOFMEMORY;

    *drive = (struct oi_drive){0};
    if (SUCCEEDED(hr))
        hr = CoCreateInstance(&CLSID_MsftDiscRecorder2, NULL, CLSCTX_INPROC_SERVER,
                              &IID_IDiscRecorder2, (void **)&drive->recorder);
    if (SUCCEEDED(hr))
        hr = IDiscRecorder2_InitializeDiscRecorder(drive->recorder, unique_id);
    *answer = oi_answer_from_call(hr);
    if (SUCCEEDED(hr)) {
        hr = IDiscRecorder2_QueryInterface(drive->recorder, &IID_IDiscRecorder2Ex,
                                           (void **)&drive->ex);
        answer->hr = hr;
    }
    SysFreeString(unique_id);
    if (FAILED(hr)) {
        if (drive->recorder)
            IDiscRecorder2_Release(drive->recorder);
        return false;
    }
    drive->virtual_recorder =
        oi_recorder_label(drive->recorder, id, drive->name, sizeof(drive->name));
    return true;
}

/* A drive that was unplugged has no tray to unlock and nobody to give up. */
static bool is_gone(const struct oi_answer *answer)
{
    return answer->hr == HRESULT_FROM_WIN32(ERROR_DEV_NOT_EXIST) ||
           answer->hr == HRESULT_FROM_WIN32(ERROR_DEVICE_NOT_CONNECTED);
}

/* As often as the drive needs, within reason: a tray that stays locked is a nuisance. */
static void insist(struct oi_drive *drive, bool (*step)(struct oi_drive *, struct oi_answer *),
                   const char *what)
{
    struct oi_answer answer;
    int attempts = RELEASE_ATTEMPTS;

    while (!step(drive, &answer) && !is_gone(&answer)) {
        if (!--attempts) {
            oi_warn(&answer, "%s of recorder \"%s\" failed", what, drive->name);
            return;
        }
        Sleep(RELEASE_PAUSE_MS);
    }
}

static bool set_tray_lock(struct oi_drive *drive, bool lock, struct oi_answer *answer)
{
    BYTE cdb[6] = {0x1e, 0, 0, 0, lock ? 1 : 0};

    return oi_drive_run(drive, cdb, sizeof(cdb), QUICK_S, answer);
}

static bool unlock_tray(struct oi_drive *drive, struct oi_answer *answer)
{
    return set_tray_lock(drive, false, answer);
}

static bool release_exclusive(struct oi_drive *drive, struct oi_answer *answer)
{
    *answer = oi_answer_from_call(IDiscRecorder2_ReleaseExclusiveAccess(drive->recorder));
    return accepted(answer);
}

/* A unique id holds characters that mean something to a shell. */
struct oi_utf8 oi_drive_word(const struct oi_drive *drive)
{
    return oi_words(drive->virtual_recorder ? "%s" : "\"%s\"", drive->name);
}

void oi_drive_close(struct oi_drive *drive)
{
    if (drive->tray_locked)
        insist(drive, unlock_tray, "unlocking the tray");
    if (drive->exclusive)
        insist(drive, release_exclusive, "giving up exclusive access");
    IDiscRecorder2Ex_Release(drive->ex);
    IDiscRecorder2_Release(drive->recorder);
    *drive = (struct oi_drive){0};
}

bool oi_drive_acquire(struct oi_drive *drive, struct oi_answer *answer)
{
    BSTR client = SysAllocString(L"openimapi2");
    HRESULT hr = client
                     ? IDiscRecorder2_AcquireExclusiveAccess(drive->recorder, VARIANT_TRUE, client)
                     : E_OUTOFMEMORY;

    *answer = oi_answer_from_call(hr);
    SysFreeString(client);
    drive->exclusive = SUCCEEDED(hr);
    return drive->exclusive;
}

bool oi_drive_lock_tray(struct oi_drive *drive, struct oi_answer *answer)
{
    drive->tray_locked = set_tray_lock(drive, true, answer);
    return drive->tray_locked;
}

struct oi_utf8 oi_drive_owner(struct oi_drive *drive)
{
    struct oi_utf8 text = {{0}};
    BSTR owner = NULL;

    if (SUCCEEDED(IDiscRecorder2_get_ExclusiveAccessOwner(drive->recorder, &owner)) && owner)
        text = oi_utf8(owner);
    SysFreeString(owner);
    return text;
}

enum readiness { READY, WAIT, AGAIN, START_IT, NOT_READY };

enum { ANY = 0x100 };

/* MMC-6, "Sense codes for TEST UNIT READY"; first match wins. */
static const struct readiness_row {
    uint16_t key, asc, ascq;
    enum readiness readiness;
} readiness_rows[] = {
    {0x2, 0x04, 0x02, START_IT},  /* stopped, wants START */
    {0x2, 0x04, 0x03, NOT_READY}, /* somebody must do something by hand */
    {0x2, 0x04, ANY, WAIT},       /* spinning up, formatting, finishing a write */
    {0x6, ANY, ANY, AGAIN},       /* unit attention: told once, then gone */
    {ANY, ANY, ANY, NOT_READY},
};

static enum readiness readiness_from(const struct oi_answer *answer)
{
    size_t i = 0;

    if (answer->hr != S_IMAPI_COMMAND_HAS_SENSE_DATA)
        return NOT_READY;
    for (;; i++) {
        const struct readiness_row *row = &readiness_rows[i];

        if ((row->key == ANY || row->key == oi_sense_key(answer)) &&
            (row->asc == ANY || row->asc == answer->sense[12]) &&
            (row->ascq == ANY || row->ascq == answer->sense[13]))
            return row->readiness;
    }
}

static bool start_unit(struct oi_drive *drive, struct oi_answer *answer)
{
    BYTE cdb[6] = {0x1b, 0, 0, 0, 1};

    return oi_drive_run(drive, cdb, sizeof(cdb), START_S, answer);
}

/* Where a drive that does not get ready said so in sense alone, the recorder's own methods may say
 * more, for instance which file of a virtual disc is damaged. */
static void ask_for_words(struct oi_drive *drive, struct oi_answer *answer)
{
    struct oi_answer asked;
    BYTE *data = NULL;
    ULONG size;

    if (answer->description[0])
        return;
    asked = oi_answer_from_call(IDiscRecorder2Ex_GetDiscInformation(drive->ex, &data, &size));
    CoTaskMemFree(data);
    strcpy(answer->description, asked.description);
}

/* SPC-3, sense-key specific data of a drive that is not ready: how far it has come, of 65536. */
static void tell_progress(const struct oi_answer *answer)
{
    enum { SPECIFIC_VALID = 0x80, WHOLE = 65536 };

    if (answer->sense[15] & SPECIFIC_VALID)
        oi_patience_percent(((unsigned)answer->sense[16] << 8 | answer->sense[17]) * 100u / WHOLE);
}

static bool wait_until_ready(struct oi_drive *drive, const struct oi_waiting *waiting,
                             struct oi_answer *answer)
{
    DWORD poll_ms = POLL_FIRST_MS;
    BYTE test_unit_ready[6] = {0};
    ULONGLONG deadline = GetTickCount64() + waiting->timeout_ms;
    struct oi_answer ignored;

    while (!oi_drive_run(drive, test_unit_ready, sizeof(test_unit_ready), QUICK_S, answer)) {
        enum readiness readiness = readiness_from(answer);

        if (readiness == NOT_READY || GetTickCount64() >= deadline) {
            if (!oi_is_no_disc(answer))
                ask_for_words(drive, answer);
            return false;
        }
        if (readiness == START_IT)
            start_unit(drive, &ignored);
        if (readiness == AGAIN)
            continue;
        tell_progress(answer);
        if (!waiting->cancellable)
            Sleep(poll_ms);
        else if (oi_cancel_wait(poll_ms))
            return *answer = (struct oi_answer){.hr = E_IMAPI_REQUEST_CANCELLED}, false;
        poll_ms = poll_ms * 2 < POLL_MS ? poll_ms * 2 : POLL_MS;
    }
    return true;
}

bool oi_drive_wait(struct oi_drive *drive, const struct oi_waiting *waiting,
                   struct oi_answer *answer)
{
    bool ready;

    oi_patience_begin(waiting->what);
    ready = wait_until_ready(drive, waiting, answer);
    oi_patience_end();
    return ready;
}

bool oi_drive_settle(struct oi_drive *drive, DWORD timeout_ms, const char *what,
                     struct oi_answer *answer)
{
    const struct oi_waiting waiting = {.timeout_ms = timeout_ms, .what = what};

    return oi_drive_wait(drive, &waiting, answer);
}

/* What START answers does not count: TEST UNIT READY says it again, and better. */
bool oi_drive_wait_ready(struct oi_drive *drive, DWORD timeout_ms, const char *what,
                         struct oi_answer *answer)
{
    const struct oi_waiting waiting = {.timeout_ms = timeout_ms, .cancellable = true, .what = what};
    bool ready;

    oi_patience_begin(what);
    start_unit(drive, answer);
    ready = oi_drive_wait(drive, &waiting, answer);
    oi_patience_end();
    return ready;
}

/* A drive from before profiles. */
static bool profile_of_old_drive(struct oi_drive *drive, IMAPI_PROFILE_TYPE *profile,
                                 struct oi_answer *answer)
{
    struct oi_disc disc;

    if (!oi_drive_disc(drive, &disc, answer))
        return answer->hr == E_IMAPI_RECORDER_MEDIA_NO_MEDIA;
    *profile = (IMAPI_PROFILE_TYPE)oi_profile_of_disc(&disc);
    return true;
}

bool oi_drive_profile(struct oi_drive *drive, IMAPI_PROFILE_TYPE *profile, struct oi_answer *answer)
{
    IMAPI_PROFILE_TYPE *current = NULL;
    ULONG count = 0;
    HRESULT hr = IDiscRecorder2Ex_GetSupportedProfiles(drive->ex, TRUE, &current, &count);

    *profile = IMAPI_PROFILE_TYPE_INVALID;
    *answer = oi_answer_from_call(hr);
    if (hr == E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT)
        return true;
    if (hr == E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED)
        return profile_of_old_drive(drive, profile, answer);
    if (FAILED(hr))
        return false;
    if (count)
        *profile = current[0];
    CoTaskMemFree(current);
    return true;
}

bool oi_drive_disc(struct oi_drive *drive, struct oi_disc *disc, struct oi_answer *answer)
{
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr = IDiscRecorder2Ex_GetDiscInformation(drive->ex, &data, &size);

    *answer = oi_answer_from_call(hr);
    if (SUCCEEDED(hr) && !oi_disc_read(data, size, disc))
        *answer = malformed();
    CoTaskMemFree(data);
    return SUCCEEDED(answer->hr);
}

bool oi_drive_track(struct oi_drive *drive, uint16_t number, struct oi_track *track,
                    struct oi_answer *answer)
{
    BYTE *data = NULL;
    ULONG size = 0;
    HRESULT hr = IDiscRecorder2Ex_GetTrackInformation(
        drive->ex, number, IMAPI_READ_TRACK_ADDRESS_TYPE_TRACK, &data, &size);

    *answer = oi_answer_from_call(hr);
    if (SUCCEEDED(hr) && !oi_track_read(data, size, track))
        *answer = malformed();
    CoTaskMemFree(data);
    return SUCCEEDED(answer->hr);
}

bool oi_drive_capacity(struct oi_drive *drive, uint32_t *blocks, struct oi_answer *answer)
{
    BYTE cdb[10] = {0x25};
    BYTE data[8] = {0};

    if (!oi_drive_run_in(drive, cdb, sizeof(cdb), INFORMATION_S, data, sizeof(data), 8, answer))
        return false;
    if (!oi_blocks_read(data, sizeof(data), blocks))
        *answer = malformed();
    return SUCCEEDED(answer->hr);
}

bool oi_drive_read(struct oi_drive *drive, uint32_t lba, uint16_t blocks, void *data,
                   struct oi_answer *answer)
{
    BYTE cdb[10] = {0x28, 0, 0, 0, 0, 0, 0, (BYTE)(blocks >> 8), (BYTE)blocks};
    ULONG bytes = (ULONG)blocks * OI_BLOCK_BYTES;

    oi_put_be32(cdb + 2, lba);
    if (oi_drive_run_in(drive, cdb, sizeof(cdb), READ_S, data, bytes, bytes, answer))
        return true;
    snprintf(answer->command, sizeof(answer->command), "%s of %u %s at LBA %lu",
             oi_command_info(cdb[0])->name, blocks, blocks == 1 ? "block" : "blocks",
             (unsigned long)lba);
    return false;
}

uint32_t oi_drive_transfer_bytes(struct oi_drive *drive)
{
    ULONG bytes = 0;

    if (FAILED(IDiscRecorder2Ex_GetMaximumPageAlignedTransferSize(drive->ex, &bytes)) ||
        bytes < OI_BLOCK_BYTES)
        bytes = 65536;
    return bytes;
}

const char *oi_profile_name(IMAPI_PROFILE_TYPE profile)
{
    static const struct {
        IMAPI_PROFILE_TYPE profile;
        const char *name;
    } names[] = {
        {IMAPI_PROFILE_TYPE_INVALID, "no disc"},
        {IMAPI_PROFILE_TYPE_CDROM, "CD-ROM"},
        {IMAPI_PROFILE_TYPE_CD_RECORDABLE, "CD-R"},
        {IMAPI_PROFILE_TYPE_CD_REWRITABLE, "CD-RW"},
        {IMAPI_PROFILE_TYPE_DVDROM, "DVD-ROM"},
        {IMAPI_PROFILE_TYPE_DVD_DASH_RECORDABLE, "DVD-R"},
        {IMAPI_PROFILE_TYPE_DVD_RAM, "DVD-RAM"},
        {IMAPI_PROFILE_TYPE_DVD_DASH_REWRITABLE, "DVD-RW (restricted overwrite)"},
        {IMAPI_PROFILE_TYPE_DVD_DASH_RW_SEQUENTIAL, "DVD-RW (sequential)"},
        {IMAPI_PROFILE_TYPE_DVD_DASH_R_DUAL_SEQUENTIAL, "DVD-R DL"},
        {IMAPI_PROFILE_TYPE_DVD_DASH_R_DUAL_LAYER_JUMP, "DVD-R DL (layer jump)"},
        {IMAPI_PROFILE_TYPE_DVD_PLUS_RW, "DVD+RW"},
        {IMAPI_PROFILE_TYPE_DVD_PLUS_R, "DVD+R"},
        {IMAPI_PROFILE_TYPE_DVD_PLUS_RW_DUAL, "DVD+RW DL"},
        {IMAPI_PROFILE_TYPE_DVD_PLUS_R_DUAL, "DVD+R DL"},
        {IMAPI_PROFILE_TYPE_BD_ROM, "BD-ROM"},
        {IMAPI_PROFILE_TYPE_BD_R_SEQUENTIAL, "BD-R"},
        {IMAPI_PROFILE_TYPE_BD_R_RANDOM_RECORDING, "BD-R (random)"},
        {IMAPI_PROFILE_TYPE_BD_REWRITABLE, "BD-RE"},
        {IMAPI_PROFILE_TYPE_HD_DVD_ROM, "HD DVD-ROM"},
        {IMAPI_PROFILE_TYPE_HD_DVD_RECORDABLE, "HD DVD-R"},
        {IMAPI_PROFILE_TYPE_HD_DVD_RAM, "HD DVD-RAM"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].profile == profile)
            return names[i].name;
    }
    return "unknown";
}

struct oi_utf8 oi_drive_text(struct oi_drive *drive, oi_drive_property get)
{
    struct oi_utf8 text = {{0}};
    BSTR value = NULL;

    if (SUCCEEDED(get(drive->recorder, &value)))
        text = oi_utf8(value);
    SysFreeString(value);
    return text;
}
