/* The one list of outcomes that every room speaks.
 * What it is for: a function that can fail returns enum oi_status, never errno, a Win32 code or an
 *   HRESULT; src/com/com_status.c expands the HRESULT column, and nobody else.
 * Who uses it: every room.
 * What it must not know: COM headers (the HRESULT column is only text until somebody expands it).
 */
#ifndef OI_OS_STATUS_H
#define OI_OS_STATUS_H

/* clang-format off */
#define OI_STATUS_MAP(X) \
    /* name                    what COM clients get                          text */ \
    X(OI_OK,                   S_OK,                                         "done") \
    X(OI_CANCELLED,            E_IMAPI_REQUEST_CANCELLED,                    "the write was cancelled") \
    X(OI_INVALID_ARGUMENT,     E_INVALIDARG,                                 "an argument is not valid") \
    X(OI_OUT_OF_MEMORY,        E_OUTOFMEMORY,                                "not enough memory") \
    X(OI_NO_RESOURCES,         HRESULT_FROM_WIN32(ERROR_NO_SYSTEM_RESOURCES), "the system has no resources for a transfer of this size") \
    X(OI_FAILED,               E_FAIL,                                       "the operation failed") \
    X(OI_FOREIGN,              E_FAIL,                                       "a component outside this library failed with its own code") \
    X(OI_END_OF_DATA,          HRESULT_FROM_WIN32(ERROR_HANDLE_EOF),         "the data ended before the last block") \
    X(OI_NOT_FOUND,            HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND),     "there is no such file or object") \
    X(OI_EXISTS,               HRESULT_FROM_WIN32(ERROR_FILE_EXISTS),        "the file exists already") \
    X(OI_ACCESS_DENIED,        E_ACCESSDENIED,                               "access was denied") \
    X(OI_SHARING,              HRESULT_FROM_WIN32(ERROR_LOCK_VIOLATION),     "another process holds the lock") \
    X(OI_DISK_FULL,            HRESULT_FROM_WIN32(ERROR_DISK_FULL),          "the file system is full") \
    X(OI_IO_ERROR,             HRESULT_FROM_WIN32(ERROR_IO_DEVICE),          "the file could not be read or written") \
    X(OI_BAD_FILE,             HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT),       "the file is truncated or corrupt") \
    X(OI_NEWER_FILE,           HRESULT_FROM_WIN32(ERROR_REVISION_MISMATCH),  "the file was written by a newer version") \
    X(OI_TIMED_OUT,            E_IMAPI_RECORDER_COMMAND_TIMEOUT,             "the drive did not answer in time") \
    X(OI_DEVICE_GONE,          HRESULT_FROM_WIN32(ERROR_DEV_NOT_EXIST),      "the drive is no longer there") \
    X(OI_LOCKED,               E_IMAPI_RECORDER_LOCKED,                      "another program holds the drive") \
    X(OI_BAD_RESPONSE,         E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE, "the drive answered with something that makes no sense") \
    X(OI_DEVICE_ERROR,         E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE,      "the drive reported an error it could not recover from") \
    X(OI_STREAM_STARVED,       E_IMAPI_LOSS_OF_STREAMING,                    "data reached the drive too slowly") \
    X(OI_NO_MEDIA,             E_IMAPI_RECORDER_MEDIA_NO_MEDIA,              "there is no disc in the drive") \
    X(OI_INCOMPATIBLE,         E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE,          "the disc has an unknown or incompatible format") \
    X(OI_UPSIDE_DOWN,          E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN,           "the disc lies upside down") \
    X(OI_BECOMING_READY,       E_IMAPI_RECORDER_MEDIA_BECOMING_READY,        "the drive is becoming ready") \
    X(OI_FORMAT_IN_PROGRESS,   E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS,    "the disc is being formatted") \
    X(OI_MEDIA_BUSY,           E_IMAPI_RECORDER_MEDIA_BUSY,                  "the drive is busy with the disc") \
    X(OI_BAD_MODE_PARAMETERS,  E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS,     "the drive refused the mode parameters") \
    X(OI_WRITE_PROTECTED,      E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED,       "the disc is write protected") \
    X(OI_NO_MODE_PAGE,         E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE,           "the drive has no such mode page") \
    X(OI_NO_FEATURE,           E_IMAPI_RECORDER_NO_SUCH_FEATURE,             "the drive has no such feature") \
    X(OI_FEATURE_NOT_CURRENT,  E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT,      "the feature does not apply to the disc in the drive") \
    X(OI_NO_CONFIGURATION,     E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED, "the drive does not know GET CONFIGURATION") \
    X(OI_NO_DISC_STRUCTURE,    E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT,   "the disc has no such structure") \
    X(OI_SPEED_MISMATCH,       E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH,        "the speed of the disc does not suit the drive") \
    X(OI_NOT_FORMATTED,        E_IMAPI_RECORDER_MEDIA_NOT_FORMATTED,         "the disc must be formatted first")
/* clang-format on */

#define OI_STATUS_ENUM_ROW(name, hresult, text) name,
enum oi_status { OI_STATUS_MAP(OI_STATUS_ENUM_ROW) OI_STATUS_COUNT };
#undef OI_STATUS_ENUM_ROW

/* The text column; "unknown status" for a value outside the list. Static storage, any thread. */
const char *oi_status_text(enum oi_status status);

#endif
