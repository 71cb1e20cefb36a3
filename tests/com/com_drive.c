/* The recorder. It keeps what is written in memory, decodes CDBs by its own means, notes every
 * command, and answers with the faults a test gave it. */
#include "com_doubles.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, SENSE_BYTES = 18, TRACK_BYTES = 36, DISC_BYTES = 34, BLOCK_BYTES_MAX = 2448 };

static struct drive *drive_from_IDiscRecorder2Ex(IDiscRecorder2Ex *iface)
{
    return CONTAINING_RECORD(iface, struct drive, IDiscRecorder2Ex_iface);
}

static HRESULT STDMETHODCALLTYPE drive_QueryInterface(IDiscRecorder2Ex *iface, REFIID iid,
                                                      void **out)
{
    struct drive *self = drive_from_IDiscRecorder2Ex(iface);

    if (!out)
        return E_POINTER;
    *out = NULL;
    if (self->agility == AGILE_BY_MARSHALER && IsEqualIID(iid, &IID_IMarshal))
        return IUnknown_QueryInterface(self->marshaler, iid, out);
    if (self->agility == NOT_MARSHALLED && IsEqualIID(iid, &IID_IMarshal)) {
        *out = &self->IMarshal_iface;
        InterlockedIncrement(&self->refs);
        return S_OK;
    }
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDiscRecorder2Ex) &&
        !(self->agility == AGILE_BY_NAME && IsEqualIID(iid, &IID_IAgileObject)))
        return E_NOINTERFACE;
    *out = iface;
    InterlockedIncrement(&self->refs);
    return S_OK;
}

static ULONG STDMETHODCALLTYPE drive_AddRef(IDiscRecorder2Ex *iface)
{
    return (ULONG)InterlockedIncrement(&drive_from_IDiscRecorder2Ex(iface)->refs);
}

static ULONG STDMETHODCALLTYPE drive_Release(IDiscRecorder2Ex *iface)
{
    return (ULONG)InterlockedDecrement(&drive_from_IDiscRecorder2Ex(iface)->refs);
}

static LONG number(const BYTE *bytes, int count)
{
    uint32_t value = 0;

    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return (LONG)value;
}

static void put_number(BYTE *bytes, LONG value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (BYTE)((uint32_t)value >> (24 - 8 * i));
}

static HRESULT answer_sense(BYTE *bytes, struct sense sense)
{
    memset(bytes, 0, SENSE_BYTES);
    bytes[0] = sense.response ? sense.response : 0x70;
    bytes[2] = sense.key;
    bytes[7] = 10;
    bytes[12] = sense.asc;
    bytes[13] = sense.ascq;
    return S_IMAPI_COMMAND_HAS_SENSE_DATA;
}

static bool is_write(BYTE opcode)
{
    return opcode == 0x2a || opcode == 0xaa;
}

/* Notes a command; returns it, in a slot of its own as long as there are any. */
static struct command *note(struct drive *self, const BYTE *cdb, ULONG size, ULONG bytes,
                            ULONG timeout)
{
    LONG nth = self->command_count < DRIVE_COMMANDS ? self->command_count : DRIVE_COMMANDS - 1;
    struct command *command = &self->commands[nth];

    memset(command, 0, sizeof(*command));
    memcpy(command->cdb, cdb, size < sizeof(command->cdb) ? size : sizeof(command->cdb));
    command->size = size;
    command->bytes = bytes;
    command->timeout_seconds = timeout;
    command->thread = GetCurrentThreadId();
    count_up(&self->command_count);
    return command;
}

static struct fault *fault_now(struct drive *self, BYTE opcode)
{
    struct fault *now = NULL;

    for (LONG i = 0; i < self->fault_count; i++) {
        struct fault *fault = &self->faults[i];

        if (fault->opcode ? fault->opcode != opcode : !is_write(opcode))
            continue;
        fault->seen++;
        if (!now && fault->seen >= fault->nth && fault->seen < fault->nth + fault->times)
            now = fault;
    }
    return now;
}

static bool fits(const struct drive *self, const struct command *c)
{
    int64_t first = (int64_t)c->lba - self->first_lba;

    return first >= 0 && c->blocks > 0 &&
           (first + c->blocks) * self->block_bytes <= (int64_t)DRIVE_BLOCKS * BLOCK_BYTES_MAX;
}

static HRESULT store(struct drive *self, const struct command *c, BYTE *sense, const BYTE *bytes)
{
    if ((ULONG)c->blocks * (ULONG)self->block_bytes != c->bytes)
        InterlockedIncrement(&self->malformed);
    if (!fits(self, c))
        return answer_sense(sense, (struct sense){.key = 5, .asc = 0x21});
    if (self->profile == IMAPI_PROFILE_TYPE_DVD_PLUS_R && c->lba != self->next_writable)
        return answer_sense(sense, (struct sense){.key = 5, .asc = 0x21, .ascq = 2});
    memcpy(self->disc + (size_t)(c->lba - self->first_lba) * (size_t)self->block_bytes, bytes,
           c->bytes);
    self->next_writable = c->lba + c->blocks;
    return S_OK;
}

static HRESULT write(struct drive *self, const struct command *c, BYTE *sense, const BYTE *bytes)
{
    const struct fault *fault;
    LONG nth;

    count_up(&self->writes);
    nth = count_of(&self->writes);
    if (self->on_write)
        self->on_write(self, nth);
    if (nth == self->hold_at) {
        count_up(&self->held);
        count_wait(&self->go, 1);
    }
    fault = fault_now(self, c->cdb[0]);
    if (fault && FAILED(fault->result))
        return fault->result;
    if (fault && (fault->sense.key > 1 || (fault->sense.response & 0x7f) == 0x71))
        return answer_sense(sense, fault->sense);
    if (fault) {
        store(self, c, sense, bytes);
        return answer_sense(sense, fault->sense);
    }
    return store(self, c, sense, bytes);
}

/* A buffer that starts within a page can be a page shorter. */
static ULONG transfer_limit(const struct drive *self, const BYTE *bytes)
{
    return (uintptr_t)bytes % PAGE ? self->transfer_bytes - PAGE : self->transfer_bytes;
}

static HRESULT STDMETHODCALLTYPE drive_SendCommandSendDataToDevice(IDiscRecorder2Ex *iface,
                                                                   BYTE *cdb, ULONG size,
                                                                   BYTE *sense, ULONG timeout,
                                                                   BYTE *bytes,
                                                                   ULONG_IMAPI2_NONZERO count)
{
    struct drive *self = drive_from_IDiscRecorder2Ex(iface);
    struct command *c = note(self, cdb, size, count, timeout);
    HRESULT result;

    if (InterlockedIncrement(&self->in_flight) > 1)
        InterlockedIncrement(&self->overlaps);
    memset(sense, 0, SENSE_BYTES);
    if (is_write(cdb[0])) {
        c->lba = number(cdb + 2, 4);
        c->blocks = cdb[0] == 0x2a ? number(cdb + 7, 2) : number(cdb + 6, 4);
        if (count > transfer_limit(self, bytes) || size != (cdb[0] == 0x2a ? 10u : 12u))
            InterlockedIncrement(&self->malformed);
        result = write(self, c, sense, bytes);
    } else {
        result = answer_sense(sense, (struct sense){.key = 5, .asc = 0x20});
    }
    InterlockedDecrement(&self->in_flight);
    return result;
}

static HRESULT STDMETHODCALLTYPE drive_SendCommandNoData(IDiscRecorder2Ex *iface, BYTE *cdb,
                                                         ULONG size, BYTE *sense, ULONG timeout)
{
    struct drive *self = drive_from_IDiscRecorder2Ex(iface);
    const struct fault *fault;

    note(self, cdb, size, 0, timeout);
    memset(sense, 0, SENSE_BYTES);
    fault = fault_now(self, cdb[0]);
    if (fault)
        return FAILED(fault->result) ? fault->result : answer_sense(sense, fault->sense);
    return S_OK;
}

static ULONG track_information(const struct drive *self, BYTE *bytes)
{
    memset(bytes, 0, TRACK_BYTES);
    bytes[1] = TRACK_BYTES - 2;
    bytes[2] = bytes[3] = 1;
    bytes[5] = 7;
    bytes[7] = 1; /* the next writable address is valid */
    put_number(bytes + 12, self->next_writable);
    put_number(bytes + 16, self->first_lba + DRIVE_BLOCKS - self->next_writable);
    put_number(bytes + 24, DRIVE_BLOCKS);
    return TRACK_BYTES;
}

static ULONG disc_information(const struct drive *self, BYTE *bytes)
{
    memset(bytes, 0, DISC_BYTES);
    bytes[1] = DISC_BYTES - 2;
    bytes[2] = self->profile == IMAPI_PROFILE_TYPE_DVD_PLUS_RW ? 0x10 : 0; /* erasable */
    bytes[3] = bytes[4] = bytes[5] = bytes[6] = 1;
    return DISC_BYTES;
}

static HRESULT STDMETHODCALLTYPE drive_SendCommandGetDataFromDevice(
    IDiscRecorder2Ex *iface, BYTE *cdb, ULONG size, BYTE *sense, ULONG timeout, BYTE *bytes,
    ULONG_IMAPI2_NONZERO count, ULONG_IMAPI2_NOT_NEGATIVE *fetched)
{
    struct drive *self = drive_from_IDiscRecorder2Ex(iface);
    BYTE answer[TRACK_BYTES] = {0};
    ULONG length;
    const struct fault *fault;

    note(self, cdb, size, count, timeout);
    memset(sense, 0, SENSE_BYTES);
    *fetched = 0;
    fault = fault_now(self, cdb[0]);
    if (fault)
        return FAILED(fault->result) ? fault->result : answer_sense(sense, fault->sense);
    switch (cdb[0]) {
    case 0x46: /* GET CONFIGURATION: the header, which names the current profile */
        length = 8;
        answer[3] = 4;
        answer[7] = (BYTE)self->profile;
        break;
    case 0x51:
        length = disc_information(self, answer);
        break;
    case 0x52:
        length = track_information(self, answer);
        break;
    default:
        return answer_sense(sense, (struct sense){.key = 5, .asc = 0x20});
    }
    *fetched = length < count ? length : count;
    memcpy(bytes, answer, *fetched);
    return S_OK;
}

/* A copy that the caller frees. */
static HRESULT give(const void *bytes, ULONG count, BYTE **data, ULONG *size)
{
    *data = CoTaskMemAlloc(count);
    *size = *data ? count : 0;
    if (!*data)
        return E_OUTOFMEMORY;
    memcpy(*data, bytes, count);
    return S_OK;
}

static HRESULT give_nothing(void *data, ULONG *size)
{
    *(void **)data = NULL;
    *size = 0;
    return E_FAIL;
}

static HRESULT STDMETHODCALLTYPE drive_ReadDvdStructure(IDiscRecorder2Ex *iface, ULONG format,
                                                        ULONG address, ULONG layer, ULONG agid,
                                                        BYTE **data,
                                                        ULONG_IMAPI2_DVD_STRUCTURE *size)
{
    (void)iface, (void)format, (void)address, (void)layer, (void)agid;
    return give_nothing(data, size);
}

static HRESULT STDMETHODCALLTYPE drive_SendDvdStructure(IDiscRecorder2Ex *iface, ULONG format,
                                                        BYTE *data, ULONG_IMAPI2_DVD_STRUCTURE size)
{
    (void)iface, (void)format, (void)data, (void)size;
    return E_FAIL;
}

static HRESULT STDMETHODCALLTYPE drive_GetDescriptor(IDiscRecorder2Ex *iface, BYTE **data,
                                                     ULONG *size)
{
    (void)iface;
    return give_nothing(data, size);
}

static HRESULT STDMETHODCALLTYPE drive_GetDiscInformation(IDiscRecorder2Ex *iface, BYTE **data,
                                                          ULONG_IMAPI2_DISC_INFORMATION *size)
{
    BYTE bytes[DISC_BYTES];

    disc_information(drive_from_IDiscRecorder2Ex(iface), bytes);
    return give(bytes, sizeof(bytes), data, size);
}

static HRESULT STDMETHODCALLTYPE drive_GetTrackInformation(IDiscRecorder2Ex *iface, ULONG address,
                                                           IMAPI_READ_TRACK_ADDRESS_TYPE type,
                                                           BYTE **data,
                                                           ULONG_IMAPI2_TRACK_INFORMATION *size)
{
    BYTE bytes[TRACK_BYTES];

    (void)address, (void)type;
    track_information(drive_from_IDiscRecorder2Ex(iface), bytes);
    return give(bytes, sizeof(bytes), data, size);
}

static HRESULT STDMETHODCALLTYPE drive_GetFeaturePage(IDiscRecorder2Ex *iface,
                                                      IMAPI_FEATURE_PAGE_TYPE feature,
                                                      BOOLEAN current, BYTE **data,
                                                      ULONG_IMAPI2_FEATURE_PAGE *size)
{
    (void)iface, (void)feature, (void)current;
    give_nothing(data, size);
    return E_IMAPI_RECORDER_NO_SUCH_FEATURE;
}

static HRESULT STDMETHODCALLTYPE drive_GetModePage(IDiscRecorder2Ex *iface,
                                                   IMAPI_MODE_PAGE_TYPE page,
                                                   IMAPI_MODE_PAGE_REQUEST_TYPE type, BYTE **data,
                                                   ULONG_IMAPI2_MODE_PAGE *size)
{
    (void)iface, (void)page, (void)type;
    give_nothing(data, size);
    return E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE;
}

static HRESULT STDMETHODCALLTYPE drive_SetModePage(IDiscRecorder2Ex *iface,
                                                   IMAPI_MODE_PAGE_REQUEST_TYPE type, BYTE *data,
                                                   ULONG_IMAPI2_MODE_PAGE size)
{
    (void)iface, (void)type, (void)data, (void)size;
    return E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE;
}

static HRESULT STDMETHODCALLTYPE drive_GetSupportedFeaturePages(IDiscRecorder2Ex *iface,
                                                                BOOLEAN current,
                                                                IMAPI_FEATURE_PAGE_TYPE **types,
                                                                ULONG_IMAPI2_ALL_FEATURE_PAGES *n)
{
    (void)iface, (void)current;
    return give_nothing(types, n);
}

static HRESULT STDMETHODCALLTYPE drive_GetSupportedProfiles(IDiscRecorder2Ex *iface,
                                                            BOOLEAN current,
                                                            IMAPI_PROFILE_TYPE **types,
                                                            ULONG_IMAPI2_ALL_PROFILES *n)
{
    struct drive *self = drive_from_IDiscRecorder2Ex(iface);
    HRESULT result = give(&self->profile, sizeof(self->profile), (BYTE **)types, n);

    (void)current;
    *n = SUCCEEDED(result) ? 1 : 0;
    return result;
}

static HRESULT STDMETHODCALLTYPE drive_GetSupportedModePages(IDiscRecorder2Ex *iface,
                                                             IMAPI_MODE_PAGE_REQUEST_TYPE type,
                                                             IMAPI_MODE_PAGE_TYPE **types,
                                                             ULONG_IMAPI2_ALL_MODE_PAGES *n)
{
    (void)iface, (void)type;
    return give_nothing(types, n);
}

static HRESULT STDMETHODCALLTYPE drive_GetByteAlignmentMask(IDiscRecorder2Ex *iface, ULONG *value)
{
    *value = 1;
    return drive_from_IDiscRecorder2Ex(iface)->limits;
}

static HRESULT STDMETHODCALLTYPE drive_GetMaximumNonPageAlignedTransferSize(IDiscRecorder2Ex *iface,
                                                                            ULONG *value)
{
    struct drive *self = drive_from_IDiscRecorder2Ex(iface);

    *value = self->transfer_bytes - PAGE;
    return self->limits;
}

static HRESULT STDMETHODCALLTYPE drive_GetMaximumPageAlignedTransferSize(IDiscRecorder2Ex *iface,
                                                                         ULONG *value)
{
    struct drive *self = drive_from_IDiscRecorder2Ex(iface);

    *value = self->transfer_bytes;
    return self->limits;
}

static IDiscRecorder2ExVtbl drive_vtbl = {
    drive_QueryInterface,
    drive_AddRef,
    drive_Release,
    drive_SendCommandNoData,
    drive_SendCommandSendDataToDevice,
    drive_SendCommandGetDataFromDevice,
    drive_ReadDvdStructure,
    drive_SendDvdStructure,
    drive_GetDescriptor,
    drive_GetDescriptor,
    drive_GetDiscInformation,
    drive_GetTrackInformation,
    drive_GetFeaturePage,
    drive_GetModePage,
    drive_SetModePage,
    drive_GetSupportedFeaturePages,
    drive_GetSupportedProfiles,
    drive_GetSupportedModePages,
    drive_GetByteAlignmentMask,
    drive_GetMaximumNonPageAlignedTransferSize,
    drive_GetMaximumPageAlignedTransferSize,
};

/* A marshaler that can't. */

static IDiscRecorder2Ex *drive_from_IMarshal(IMarshal *iface)
{
    return &CONTAINING_RECORD(iface, struct drive, IMarshal_iface)->IDiscRecorder2Ex_iface;
}

static HRESULT STDMETHODCALLTYPE marshal_QueryInterface(IMarshal *iface, REFIID iid, void **out)
{
    return drive_QueryInterface(drive_from_IMarshal(iface), iid, out);
}

static ULONG STDMETHODCALLTYPE marshal_AddRef(IMarshal *iface)
{
    return drive_AddRef(drive_from_IMarshal(iface));
}

static ULONG STDMETHODCALLTYPE marshal_Release(IMarshal *iface)
{
    return drive_Release(drive_from_IMarshal(iface));
}

static HRESULT STDMETHODCALLTYPE marshal_GetUnmarshalClass(IMarshal *iface, REFIID iid,
                                                           void *object, DWORD place,
                                                           void *reserved, DWORD flags,
                                                           CLSID *clsid)
{
    (void)iface, (void)iid, (void)object, (void)place, (void)reserved, (void)flags;
    memset(clsid, 0, sizeof(*clsid));
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE marshal_GetMarshalSizeMax(IMarshal *iface, REFIID iid,
                                                           void *object, DWORD place,
                                                           void *reserved, DWORD flags, DWORD *size)
{
    (void)iface, (void)iid, (void)object, (void)place, (void)reserved, (void)flags;
    *size = 0;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE marshal_MarshalInterface(IMarshal *iface, IStream *stream,
                                                          REFIID iid, void *object, DWORD place,
                                                          void *reserved, DWORD flags)
{
    (void)iface, (void)stream, (void)iid, (void)object, (void)place, (void)reserved, (void)flags;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE marshal_UnmarshalInterface(IMarshal *iface, IStream *stream,
                                                            REFIID iid, void **out)
{
    (void)iface, (void)stream, (void)iid;
    *out = NULL;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE marshal_ReleaseMarshalData(IMarshal *iface, IStream *stream)
{
    (void)iface, (void)stream;
    return E_NOTIMPL;
}

static HRESULT STDMETHODCALLTYPE marshal_DisconnectObject(IMarshal *iface, DWORD reserved)
{
    (void)iface, (void)reserved;
    return E_NOTIMPL;
}

static IMarshalVtbl marshal_vtbl = {
    marshal_QueryInterface,
    marshal_AddRef,
    marshal_Release,
    marshal_GetUnmarshalClass,
    marshal_GetMarshalSizeMax,
    marshal_MarshalInterface,
    marshal_UnmarshalInterface,
    marshal_ReleaseMarshalData,
    marshal_DisconnectObject,
};

bool drive_init(struct drive *drive, enum agility agility)
{
    memset(drive, 0, sizeof(*drive));
    drive->IMarshal_iface.lpVtbl = &marshal_vtbl;
    drive->IDiscRecorder2Ex_iface.lpVtbl = &drive_vtbl;
    drive->refs = 1;
    drive->agility = agility;
    drive->transfer_bytes = 65536;
    drive->profile = IMAPI_PROFILE_TYPE_DVD_PLUS_RW;
    drive->block_bytes = SECTOR;
    drive->disc = malloc((size_t)DRIVE_BLOCKS * BLOCK_BYTES_MAX);
    if (!drive->disc)
        return false;
    memset(drive->disc, 0xee, (size_t)DRIVE_BLOCKS * BLOCK_BYTES_MAX);
    if (agility == AGILE_BY_MARSHALER)
        CoCreateFreeThreadedMarshaler((IUnknown *)&drive->IDiscRecorder2Ex_iface,
                                      &drive->marshaler);
    return true;
}

void drive_fini(struct drive *drive)
{
    if (drive->marshaler)
        IUnknown_Release(drive->marshaler);
    drive->marshaler = NULL;
    free(drive->disc);
    drive->disc = NULL;
}

void drive_fault(struct drive *drive, struct fault fault)
{
    if (drive->fault_count < DRIVE_FAULTS)
        drive->faults[drive->fault_count++] = fault;
}

void drive_sense(struct drive *drive, LONG nth, LONG times, struct sense sense)
{
    drive_fault(drive, (struct fault){.nth = nth, .times = times, .sense = sense});
}

void drive_result(struct drive *drive, LONG nth, LONG times, HRESULT result)
{
    drive_fault(drive, (struct fault){.nth = nth, .times = times, .result = result});
}

bool drive_holds(struct drive *drive, LONG lba, LONG blocks, uint64_t at)
{
    size_t size = (size_t)drive->block_bytes;

    return pattern_is(drive->disc + (size_t)(lba - drive->first_lba) * size, at,
                      (size_t)blocks * size);
}

bool drive_blank(struct drive *drive, LONG lba, LONG blocks)
{
    size_t size = (size_t)drive->block_bytes;
    const BYTE *bytes = drive->disc + (size_t)(lba - drive->first_lba) * size;

    for (size_t i = 0; i < (size_t)blocks * size; i++) {
        if (bytes[i] != 0xee)
            return false;
    }
    return true;
}

const struct command *drive_write(struct drive *drive, LONG nth)
{
    static const struct command none;

    for (LONG i = 0; i < drive->command_count && i < DRIVE_COMMANDS; i++) {
        if (is_write(drive->commands[i].cdb[0]) && --nth == 0)
            return &drive->commands[i];
    }
    return &none;
}
