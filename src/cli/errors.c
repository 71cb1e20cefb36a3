/* From codes to words. The description that came with the failing call knows most and is preferred;
 * the tables below serve calls that bring none. */
#include "errors.h"

#include <imapi2.h>
#include <imapi2error.h>
#include <oleauto.h>
#include <stdio.h>
#include <string.h>
#include "sense_words.h"

struct named_code {
    HRESULT code;
    const char *name;
};

#define CODE(name)                                                                                 \
    {                                                                                              \
        name, #name                                                                                \
    }

// clang-format off
static const struct named_code named_codes[] = {
    CODE(S_IMAPI_COMMAND_HAS_SENSE_DATA), CODE(S_IMAPI_WRITE_NOT_IN_PROGRESS),
    CODE(E_IMAPI_REQUEST_CANCELLED), CODE(E_IMAPI_RECORDER_REQUIRED),
    CODE(E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE), CODE(E_IMAPI_RECORDER_MEDIA_NO_MEDIA),
    CODE(E_IMAPI_RECORDER_MEDIA_INCOMPATIBLE), CODE(E_IMAPI_RECORDER_MEDIA_UPSIDE_DOWN),
    CODE(E_IMAPI_RECORDER_MEDIA_BECOMING_READY), CODE(E_IMAPI_RECORDER_MEDIA_FORMAT_IN_PROGRESS),
    CODE(E_IMAPI_RECORDER_MEDIA_BUSY), CODE(E_IMAPI_RECORDER_INVALID_MODE_PARAMETERS),
    CODE(E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED), CODE(E_IMAPI_RECORDER_NO_SUCH_FEATURE),
    CODE(E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT),
    CODE(E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED),
    CODE(E_IMAPI_RECORDER_COMMAND_TIMEOUT), CODE(E_IMAPI_RECORDER_DVD_STRUCTURE_NOT_PRESENT),
    CODE(E_IMAPI_RECORDER_MEDIA_SPEED_MISMATCH), CODE(E_IMAPI_RECORDER_LOCKED),
    CODE(E_IMAPI_RECORDER_CLIENT_NAME_IS_NOT_VALID),
    CODE(E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE), CODE(E_IMAPI_LOSS_OF_STREAMING),
    CODE(E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE), CODE(E_IMAPI_DF2DATA_WRITE_IN_PROGRESS),
    CODE(E_POINTER), CODE(E_FAIL), CODE(E_NOTIMPL), CODE(E_OUTOFMEMORY), CODE(E_INVALIDARG),
    CODE(E_ACCESSDENIED), CODE(E_NOINTERFACE), CODE(REGDB_E_CLASSNOTREG),
    {(HRESULT)0x80070026, "ERROR_HANDLE_EOF"},
    {(HRESULT)0x80070006, "ERROR_INVALID_HANDLE"}, {(HRESULT)0x80070037, "ERROR_DEV_NOT_EXIST"},
    {(HRESULT)0x80070001, "ERROR_INVALID_FUNCTION"}, {(HRESULT)0x80070002, "ERROR_FILE_NOT_FOUND"},
    {(HRESULT)0x80070015, "ERROR_NOT_READY"}, {(HRESULT)0x8007001F, "ERROR_GEN_FAILURE"},
    {(HRESULT)0x80070020, "ERROR_SHARING_VIOLATION"}, {(HRESULT)0x80070032, "ERROR_NOT_SUPPORTED"},
    {(HRESULT)0x80070079, "ERROR_SEM_TIMEOUT"}, {(HRESULT)0x8007045D, "ERROR_IO_DEVICE"},
    {(HRESULT)0x8007048F, "ERROR_DEVICE_NOT_CONNECTED"},
};

enum { ANY = 0x100 };

/* SPC-3 and MMC-6, "Sense key, ASC and ASCQ": what a user of a DVD drive meets. First match wins. */
static const struct sense_words {
    uint16_t key, asc, ascq;
    const char *words;
} sense_words[] = {
    {0x2, 0x04, 0x01, "the drive is getting ready"},
    {0x2, 0x04, 0x04, "the disc is being formatted"},
    {0x2, 0x04, 0x07, "the drive is busy with an operation"},
    {0x2, 0x04, 0x08, "the drive is busy with a long write"},
    {0x2, 0x04,  ANY, "the drive is not ready"},
    {0x2, 0x3a, 0x02, "no disc in the drive, the tray is open"},
    {0x2, 0x3a,  ANY, "no disc in the drive"},
    {ANY, 0x30, 0x05, "the drive can't write this kind of disc"},
    {ANY, 0x30, 0x10, "the disc is not formatted"},
    {ANY, 0x30,  ANY, "the disc is damaged or of an unsuitable kind"},
    {0x3, 0x0c,  ANY, "the disc could not be written at this place"},
    {0x3, 0x11,  ANY, "the disc could not be read at this place"},
    {0x3, 0x31,  ANY, "the disc's format is damaged"},
    {0x3, 0x72,  ANY, "the session could not be closed"},
    {0x3, 0x73,  ANY, "the laser power could not be calibrated on this disc"},
    {0x3,  ANY,  ANY, "the disc is damaged"},
    {0x4,  ANY,  ANY, "the drive has a hardware fault"},
    {0x5, 0x20,  ANY, "the drive does not know this command"},
    {0x5, 0x21, 0x02, "this place on the disc can't be written now"},
    {0x5, 0x21,  ANY, "this place is outside the disc"},
    {0x5, 0x24,  ANY, "the drive does not accept this form of the command"},
    {0x5, 0x26,  ANY, "the drive does not accept these parameters"},
    {0x5, 0x2c,  ANY, "the drive can't do this in its present state"},
    {0x5, 0x53, 0x02, "the tray is locked"},
    {0x5, 0x63,  ANY, "the disc is full"},
    {0x5, 0x64,  ANY, "this track can't be written in this way"},
    {0x6, 0x28,  ANY, "the disc was changed"},
    {0x6, 0x29,  ANY, "the drive was reset"},
    {0x7, 0x27,  ANY, "the disc is write-protected"},
    {0x8,  ANY,  ANY, "nothing is recorded at this place"},
    {0xb,  ANY,  ANY, "the drive broke the command off"},
};
// clang-format on

uint8_t oi_sense_key(const struct oi_answer *answer)
{
    return answer->sense[2] & 0x0f;
}

uint16_t oi_sense_code(const struct oi_answer *answer)
{
    return (uint16_t)(answer->sense[12] << 8 | answer->sense[13]);
}

bool oi_sense_is(const struct oi_answer *answer, uint8_t key, uint16_t code)
{
    return answer->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA && oi_sense_key(answer) == key &&
           oi_sense_code(answer) == code;
}

bool oi_is_no_disc(const struct oi_answer *answer)
{
    enum { NOT_READY = 2, MEDIUM_NOT_PRESENT = 0x3a };

    return answer->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA && oi_sense_key(answer) == NOT_READY &&
           answer->sense[12] == MEDIUM_NOT_PRESENT;
}

bool oi_is_bad_calibration(const struct oi_answer *answer)
{
    enum { MEDIUM_ERROR = 3, CD_CONTROL_ERROR = 0x73 };

    return answer->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA && oi_sense_key(answer) == MEDIUM_ERROR &&
           answer->sense[12] == CD_CONTROL_ERROR;
}

enum oi_exit oi_exit_for(const struct oi_answer *why)
{
    bool refused = oi_is_no_disc(why) || why->hr == E_IMAPI_RECORDER_LOCKED ||
                   why->hr == E_IMAPI_RECORDER_MEDIA_NO_MEDIA;

    return refused ? OI_EXIT_REFUSED : OI_EXIT_FAILED;
}

void oi_answer_forget(void)
{
    SetErrorInfo(0, NULL);
}

struct oi_answer oi_answer_from_call(HRESULT hr)
{
    struct oi_answer answer = {.hr = hr};
    IErrorInfo *info = NULL;
    BSTR description = NULL;

    if ((FAILED(hr) || hr == S_IMAPI_COMMAND_HAS_SENSE_DATA) && GetErrorInfo(0, &info) == S_OK) {
        if (SUCCEEDED(IErrorInfo_GetDescription(info, &description)) && description)
            strcpy(answer.description, oi_utf8(description).text);
        SysFreeString(description);
        IErrorInfo_Release(info);
    }
    return answer;
}

struct oi_answer oi_answer_from_win32(DWORD error)
{
    struct oi_answer answer = {.hr = HRESULT_FROM_WIN32(error)};

    return answer;
}

const char *oi_hresult_name(HRESULT hr)
{
    for (size_t i = 0; i < sizeof(named_codes) / sizeof(named_codes[0]); i++) {
        if (named_codes[i].code == hr)
            return named_codes[i].name;
    }
    return NULL;
}

static const char *words_for_sense(const struct oi_answer *answer)
{
    uint8_t key = oi_sense_key(answer);

    for (size_t i = 0; i < sizeof(sense_words) / sizeof(sense_words[0]); i++) {
        const struct sense_words *row = &sense_words[i];

        if ((row->key == ANY || row->key == key) &&
            (row->asc == ANY || row->asc == answer->sense[12]) &&
            (row->ascq == ANY || row->ascq == answer->sense[13]))
            return row->words;
    }
    return "the drive reports an error";
}

/* Messages end in a full stop and a line break, which has no place in the middle of a sentence. */
static void trim_message(char *text)
{
    size_t length = strlen(text);

    while (length && strchr(" .\r\n", text[length - 1]))
        text[--length] = '\0';
    for (char *c = text; *c; c++) {
        if (*c == '\r' || *c == '\n')
            *c = ' ';
    }
}

static struct oi_utf8 message_for(HRESULT hr)
{
    HMODULE imapi2 = GetModuleHandleW(L"imapi2.dll");
    DWORD flags = FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_FROM_SYSTEM;
    wchar_t wide[512] = L"";
    struct oi_utf8 text;

    if (imapi2 && FormatMessageW(FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_FROM_HMODULE,
                                 imapi2, (DWORD)hr, 0, wide, 512, NULL) == 0)
        wide[0] = L'\0';
    if (!wide[0] && FormatMessageW(flags, NULL, (DWORD)hr, 0, wide, 512, NULL) == 0 &&
        HRESULT_FACILITY(hr) == FACILITY_WIN32)
        FormatMessageW(flags, NULL, (DWORD)HRESULT_CODE(hr), 0, wide, 512, NULL);
    text = oi_utf8(wide);
    trim_message(text.text);
    return text;
}

struct oi_utf8 oi_reason(const struct oi_answer *answer)
{
    struct oi_utf8 reason = {{0}};

    if (answer->description[0])
        strcpy(reason.text, answer->description);
    else if (answer->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA)
        strcpy(reason.text, words_for_sense(answer));
    else
        reason = message_for(answer->hr);
    trim_message(reason.text);
    return reason;
}

static void format_sense(const struct oi_answer *answer, char *text, size_t size)
{
    snprintf(text, size, "%X/%02X/%02X", oi_sense_key(answer), answer->sense[12],
             answer->sense[13]);
}

/* As IErrorInfo of the write engine and the recorder has it, with what the recorder said besides.
 * Words that name the sense already come from such a place. */
static struct oi_utf8 failed_command(const struct oi_answer *answer)
{
    enum { INFORMATION_VALID = 0x80 };
    struct oi_utf8 said = oi_reason(answer);
    bool deferred = (answer->sense[0] & 0x7f) == 0x71;
    char words[128], code[16], place[32] = "";
    const BYTE *at = answer->sense + 3;

    format_sense(answer, code, sizeof(code));
    if (strstr(said.text, code))
        return said;
    oi_code_words(oi_sense_key(answer), answer->sense[12], answer->sense[13], words, sizeof(words));
    if (answer->sense[0] & INFORMATION_VALID)
        snprintf(place, sizeof(place), " at LBA %ld",
                 (long)(int32_t)((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                                 (uint32_t)at[2] << 8 | at[3]));
    return oi_words("%s failed: %s%s (%s)%s%s%.700s", answer->command, deferred ? "deferred " : "",
                    words, code, place, answer->description[0] ? ": " : "",
                    answer->description[0] ? said.text : "");
}

/* " (E_IMAPI_RECORDER_LOCKED, 0xC0AA0210)" or " (sense 2/3A/02)"; nothing when the reason has told
 * the sense already, or when the code means no more than that there is a reason. */
static void format_code(const struct oi_answer *answer, const char *reason, char *text, size_t size)
{
    const char *name = oi_hresult_name(answer->hr);
    bool deferred = (answer->sense[0] & 0x7f) == 0x71;
    char sense[16];

    text[0] = '\0';
    format_sense(answer, sense, sizeof(sense));
    if (answer->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA) {
        if (!strstr(reason, sense))
            snprintf(text, size, " (%ssense %s)", deferred ? "deferred " : "", sense);
    } else if (answer->hr != E_FAIL || !answer->description[0]) {
        snprintf(text, size, " (%s%s0x%08lX)", name ? name : "", name ? ", " : "",
                 (unsigned long)answer->hr);
    }
}

static void report_as_json(enum oi_exit code, const struct oi_answer *why, const char *hint,
                           const char *message)
{
    struct oi_json json;
    const char *name = why ? oi_hresult_name(why->hr) : NULL;
    char text[80];

    oi_json_begin(&json, "error");
    oi_json_text(&json, "message", message);
    if (why) {
        snprintf(text, sizeof(text), "0x%08lX", (unsigned long)why->hr);
        oi_json_text(&json, "hresult", text);
        if (name)
            oi_json_text(&json, "hresult_name", name);
        if (why->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA) {
            format_sense(why, text, sizeof(text));
            oi_json_text(&json, "sense", text);
        }
    }
    if (hint)
        oi_json_text(&json, "hint", hint);
    oi_json_integer(&json, "exit_code", code);
    oi_json_end(&json);
}

/* "<what>: <reason> (<code>)" into message, as much of it as there is room for. */
static void compose(char *message, size_t size, const struct oi_answer *why, const char *what,
                    va_list arguments)
{
    int length = vsnprintf(message, size, what, arguments);
    struct oi_utf8 reason;
    char code[80];

    if (length < 0) /* the words alone are better than silence */
        length = snprintf(message, size, "%s", what);
    if (why && (size_t)length < size) {
        reason = why->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA && why->command[0] ? failed_command(why)
                                                                              : oi_reason(why);
        format_code(why, reason.text, code, sizeof(code));
        snprintf(message + length, size - (size_t)length, "%s%s%s", reason.text[0] ? ": " : "",
                 reason.text, code);
    }
    oi_utf8_cut(message);
}

struct oi_utf8 oi_answer_code(const struct oi_answer *answer)
{
    const char *name = oi_hresult_name(answer->hr);
    char sense[16];

    if (answer->hr == S_IMAPI_COMMAND_HAS_SENSE_DATA) {
        format_sense(answer, sense, sizeof(sense));
        return oi_words("sense %s", sense);
    }
    return oi_words("%s%s0x%08lX", name ? name : "", name ? ", " : "", (unsigned long)answer->hr);
}

static struct oi_failure *kept; /* where failures go instead of being reported */

void oi_fail_into(struct oi_failure *failure)
{
    kept = failure;
    if (failure)
        *failure = (struct oi_failure){0};
}

static void keep(enum oi_exit code, const char *message, const char *hint)
{
    if (kept->code)
        return;
    kept->code = code;
    strcpy(kept->message, message);
    snprintf(kept->hint, sizeof(kept->hint), "%s", hint ? hint : "");
    oi_utf8_cut(kept->hint);
}

enum oi_exit oi_fail(enum oi_exit code, const struct oi_answer *why, const char *hint,
                     const char *what, ...)
{
    char message[2 * OI_UTF8_MAX];
    va_list arguments;

    va_start(arguments, what);
    compose(message, sizeof(message), why, what, arguments);
    va_end(arguments);
    if (kept) {
        keep(code, message, hint);
        return code;
    }
    oi_complain("error: %s\n", message);
    if (hint)
        oi_complain("       %s\n", hint);
    report_as_json(code, why, hint, message);
    return code;
}

void oi_warn(const struct oi_answer *why, const char *what, ...)
{
    char message[2 * OI_UTF8_MAX];
    va_list arguments;

    va_start(arguments, what);
    compose(message, sizeof(message), why, what, arguments);
    va_end(arguments);
    oi_complain("warning: %s\n", message);
}
