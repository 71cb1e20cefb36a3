/* A Windows that answers what a test wants: the other side of struct spti_system.
 * Who uses it: tests of spti*.c.
 * It has one drive; handles are numbers from 1 on. */
#ifndef OI_TESTS_SPTI_DOUBLE_H
#define OI_TESTS_SPTI_DOUBLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "spti_system.h"

#include <ntddscsi.h>

enum { DOUBLE_EXCLUSIVE_ACCESS = 0x2c05c };

/* How a SCSI command ends. */
struct ending {
    DWORD error;
    UCHAR scsi_status;
    UCHAR sense_len; /* as the driver reports it */
    UCHAR sense[32];
    ULONG moved; /* DataTransferLength; ALL: as asked */
    uint64_t takes_us;
};
#define ALL 0xffffffffu

struct answer {
    DWORD error;
    uint8_t bytes[256];
    DWORD len;
};

struct windows {
    DWORD open_error;
    WCHAR opened[128]; /* the last path, and the access that was asked for */
    DWORD access;
    uintptr_t last_handle, open_handles;
    uint64_t now_us, slept_ms;
    char calls[512]; /* "control code in hex, " of every call but SCSI commands */
    /* SCSI commands */
    struct ending ending;
    unsigned commands;
    SCSI_PASS_THROUGH_DIRECT last; /* as it came */
    DWORD last_in_size, last_out_size;
    bool same_buffer;
    UCHAR inquiry[36];
    /* what the drivers know */
    struct answer adapter, device, capabilities, address, inquiry_data, number;
    /* exclusive access */
    DWORD exclusive_error; /* for every request */
    uintptr_t holder;      /* handle; SOMEBODY: another program */
    char holder_name[64];
    bool mounted, volume_in_use;
    /* tray and notification */
    DWORD ejection_error, mcn_error;
    int tray_kept, mcn_off;
    /* volumes */
    const WCHAR *root; /* whose volume is volumes[0] */
    const WCHAR *volumes[3];
    uint32_t volume_numbers[3];
    const WCHAR *paths; /* of the last volume that was asked for */
};
enum { SOMEBODY = 99 };

extern struct windows windows;
extern const struct spti_system spti_double;

/* A drive that answers everything, as Windows does; nothing is open. */
void windows_reset(void);
void put32(uint8_t *at, uint32_t value);

/* Opens the drive and fails the test if that fails. What was called until then is forgotten. */
struct oi_device *opened(void);
/* Runs a command on it; data may be NULL. */
struct oi_completion run(struct oi_device *device, struct oi_cdb cdb, enum oi_direction direction,
                         void *data, uint32_t len, uint32_t timeout_ms);
const char *detail_of(struct oi_device *device);

#endif
