#include "spti_errors.h"

#include <stdio.h>
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

enum { NO_SUCH_DEVICE = 433 }; /* its name is missing in older headers */

/* Whether a command was executed nobody knows after a time-out, a reset or a cancel: they are
 * OI_TIMED_OUT, after which the engine asks the drive where it stands. */
/* clang-format off */
const struct spti_error spti_errors[] = {
    {ERROR_FILE_NOT_FOUND,       OI_NOT_FOUND,        OI_DEVICE_GONE,      "there is no such drive (any more)"},
    {ERROR_PATH_NOT_FOUND,       OI_NOT_FOUND,        OI_DEVICE_GONE,      "there is no such drive (any more)"},
    {ERROR_INVALID_NAME,         OI_NOT_FOUND,        OI_FAILED,           "no drive can have such a name"},
    {ERROR_BAD_PATHNAME,         OI_NOT_FOUND,        OI_FAILED,           "no drive can have such a name"},
    {ERROR_ACCESS_DENIED,        OI_ACCESS_DENIED,    OI_LOCKED,           "access denied: another program has exclusive access, or this user may not use the drive; end that program, or run as administrator"},
    {ERROR_SHARING_VIOLATION,    OI_LOCKED,           OI_LOCKED,           "another program has the drive open and shares it with nobody; end that program"},
    {ERROR_LOCK_VIOLATION,       OI_LOCKED,           OI_LOCKED,           "another program has locked the drive; end that program"},
    {ERROR_DRIVE_LOCKED,         OI_LOCKED,           OI_LOCKED,           "another program has locked the drive; end that program"},
    {ERROR_BUSY,                 OI_LOCKED,           OI_LOCKED,           "another program is using the drive; wait until it is done"},
    {ERROR_INVALID_HANDLE,       OI_FAILED,           OI_DEVICE_GONE,      "Windows does not know the drive any more; was it unplugged?"},
    {ERROR_GEN_FAILURE,          OI_DEVICE_GONE,      OI_DEVICE_GONE,      "the drive does not work; was it unplugged?"},
    {ERROR_DEV_NOT_EXIST,        OI_DEVICE_GONE,      OI_DEVICE_GONE,      "the drive is no longer there; was it unplugged?"},
    {NO_SUCH_DEVICE,             OI_DEVICE_GONE,      OI_DEVICE_GONE,      "the drive is no longer there; was it unplugged?"},
    {ERROR_DEVICE_NOT_CONNECTED, OI_DEVICE_GONE,      OI_DEVICE_GONE,      "the drive is not connected; was it unplugged?"},
    {ERROR_BAD_UNIT,             OI_DEVICE_GONE,      OI_DEVICE_GONE,      "Windows can't find the drive; was it unplugged?"},
    {ERROR_SEM_TIMEOUT,          OI_TIMED_OUT,        OI_TIMED_OUT,        "the drive did not answer in time; if that goes on, switch it off and on"},
    {ERROR_TIMEOUT,              OI_TIMED_OUT,        OI_TIMED_OUT,        "the drive did not answer in time; if that goes on, switch it off and on"},
    {ERROR_IO_DEVICE,            OI_FAILED,           OI_TIMED_OUT,        "the connection to the drive failed, or it was reset; try another cable or port"},
    {ERROR_BUS_RESET,            OI_FAILED,           OI_TIMED_OUT,        "the bus was reset; try another cable or port"},
    {ERROR_OPERATION_ABORTED,    OI_FAILED,           OI_TIMED_OUT,        "Windows gave the command up"},
    {ERROR_NOT_READY,            OI_BECOMING_READY,   OI_BECOMING_READY,   "the drive is not ready; wait, or insert a disc"},
    {ERROR_MEDIA_CHANGED,        OI_BECOMING_READY,   OI_BECOMING_READY,   "the disc was changed; try again"},
    {ERROR_NO_MEDIA_IN_DRIVE,    OI_NO_MEDIA,         OI_NO_MEDIA,         "there is no disc in the drive"},
    {ERROR_INVALID_PARAMETER,    OI_FAILED,           OI_INVALID_ARGUMENT, "Windows or the driver does not accept the command: its transfer is too large, or begins at an address that the adapter can't reach"},
    {ERROR_INSUFFICIENT_BUFFER,  OI_FAILED,           OI_INVALID_ARGUMENT, "the transfer is too large for the adapter"},
    {ERROR_BAD_LENGTH,           OI_FAILED,           OI_INVALID_ARGUMENT, "the transfer has a length that the adapter can't do"},
    {ERROR_NOACCESS,             OI_FAILED,           OI_INVALID_ARGUMENT, "the buffer is not memory that can be used"},
    {ERROR_NO_SYSTEM_RESOURCES,  OI_NO_RESOURCES,     OI_NO_RESOURCES,     "Windows has no resources for a transfer of this size; the command was not sent"},
    {ERROR_WORKING_SET_QUOTA,    OI_NO_RESOURCES,     OI_NO_RESOURCES,     "Windows lets this process have no memory for a transfer of this size; the command was not sent"},
    {ERROR_NOT_ENOUGH_MEMORY,    OI_OUT_OF_MEMORY,    OI_OUT_OF_MEMORY,    "Windows is out of memory"},
    {ERROR_OUTOFMEMORY,          OI_OUT_OF_MEMORY,    OI_OUT_OF_MEMORY,    "Windows is out of memory"},
    {ERROR_COMMITMENT_LIMIT,     OI_OUT_OF_MEMORY,    OI_OUT_OF_MEMORY,    "Windows is out of memory"},
    {ERROR_INVALID_FUNCTION,     OI_FAILED,           OI_FAILED,           "the driver of this drive does not take SCSI commands"},
    {ERROR_NOT_SUPPORTED,        OI_FAILED,           OI_FAILED,           "the driver of this drive does not take SCSI commands"},
    {0,                          OI_FAILED,           OI_FAILED,           "an error that is not expected of a drive"},
};
/* clang-format on */
const uint32_t spti_error_count = sizeof(spti_errors) / sizeof(spti_errors[0]);

const struct spti_error *spti_error(uint32_t code)
{
    const struct spti_error *row = spti_errors;

    while (row->code && row->code != code)
        row++;
    return row;
}

void spti_error_text(uint32_t code, char text[OI_DETAIL_MAX])
{
    snprintf(text, OI_DETAIL_MAX, "Windows error %lu: %s", (unsigned long)code,
             spti_error(code)->words);
}

bool spti_is_absent(uint32_t code)
{
    return code == ERROR_INVALID_FUNCTION || code == ERROR_NOT_SUPPORTED ||
           code == ERROR_INVALID_PARAMETER;
}
