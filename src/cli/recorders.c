/* Recorders are asked for anew by every command; an index is valid until the next change. A unique
 * id and a drive letter can't be mistaken for anything else, so they are tried first, then the
 * names of virtual recorders, then the index. */
#include "recorders.h"

#include <imapi2error.h>
#include <oleauto.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include "media_steps.h"
#include "virtual.h"

enum { READY_MS = 20000 };
static const char becoming_ready[] = "becoming ready";

#define REGISTER_HINT(bits)                                                                        \
    "Register the " bits                                                                           \
    "-bit DLL once: regsvr32 FOLDER\\imapi2.dll (under Wine: wine regsvr32 ...)."

static bool is_unregistered(const struct oi_answer *answer)
{
    return answer->hr == REGDB_E_CLASSNOTREG ||
           answer->hr == HRESULT_FROM_WIN32(ERROR_MOD_NOT_FOUND);
}

struct oi_utf8 oi_recorder_name_from_id(const wchar_t *id)
{
    wchar_t name[OI_VIRTUAL_NAME_MAX + 1];

    return oi_utf8(oi_virtual_name_from_id(id, name) ? name : id);
}

static enum oi_exit report_no_server(const struct oi_answer *answer)
{
    if (is_unregistered(answer))
        return oi_fail(OI_EXIT_FAILED, answer,
                       sizeof(void *) == 8 ? REGISTER_HINT("64") : REGISTER_HINT("32"),
                       "the recording server (imapi2.dll) is not registered");
    return oi_fail(OI_EXIT_FAILED, answer, NULL, "the recording server can't be started");
}

static enum oi_exit create_master(IDiscMaster2 **master)
{
    HRESULT hr = CoCreateInstance(&CLSID_MsftDiscMaster2, NULL, CLSCTX_INPROC_SERVER,
                                  &IID_IDiscMaster2, (void **)master);
    struct oi_answer answer = oi_answer_from_call(hr);

    return SUCCEEDED(hr) ? OI_EXIT_OK : report_no_server(&answer);
}

enum oi_exit oi_recorder_open_id(struct oi_drive *drive, const wchar_t *id)
{
    struct oi_answer answer;

    if (oi_drive_open(drive, id, &answer))
        return OI_EXIT_OK;
    if (is_unregistered(&answer))
        return report_no_server(&answer);
    return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "recorder \"%s\" can't be opened",
                   oi_recorder_name_from_id(id).text);
}

/* The first path name of the recorder's volume, as "D:"; false when it has no letter. */
static bool drive_letter(IDiscRecorder2 *recorder, wchar_t letter[3])
{
    SAFEARRAY *paths = NULL;
    VARIANT *items;
    LONG last = -1;
    bool found = false;

    if (FAILED(IDiscRecorder2_get_VolumePathNames(recorder, &paths)) || !paths)
        return false;
    if (SUCCEEDED(SafeArrayGetUBound(paths, 1, &last)) &&
        SUCCEEDED(SafeArrayAccessData(paths, (void **)&items))) {
        for (LONG i = 0; i <= last && !found; i++) {
            found = V_VT(&items[i]) == VT_BSTR && V_BSTR(&items[i]) && V_BSTR(&items[i])[0] &&
                    V_BSTR(&items[i])[1] == L':' && SysStringLen(V_BSTR(&items[i])) <= 3;
            if (found)
                _snwprintf(letter, 3, L"%c:", V_BSTR(&items[i])[0]);
        }
        SafeArrayUnaccessData(paths);
    }
    SafeArrayDestroy(paths);
    return found;
}

/* The letter in the id of a drive that has no other name: \\.\d: */
static bool letter_from_id(const wchar_t *id, wchar_t letter[3])
{
    static const wchar_t prefix[] = L"\\\\.\\";
    enum { PREFIX_LENGTH = sizeof(prefix) / sizeof(prefix[0]) - 1 };

    if (wcsncmp(id, prefix, PREFIX_LENGTH) || wcslen(id) != PREFIX_LENGTH + 2 ||
        id[PREFIX_LENGTH + 1] != L':')
        return false;
    _snwprintf(letter, 3, L"%c:", towupper(id[PREFIX_LENGTH]));
    return true;
}

bool oi_recorder_label(IDiscRecorder2 *recorder, const wchar_t *id, char *label, size_t size)
{
    wchar_t name[OI_VIRTUAL_NAME_MAX + 1];
    wchar_t letter[3];

    if (oi_virtual_name_from_id(id, name)) {
        snprintf(label, size, "%s", oi_utf8(name).text);
        return true;
    }
    if (!drive_letter(recorder, letter) && !letter_from_id(id, letter))
        snprintf(label, size, "%s", oi_utf8(id).text);
    else
        snprintf(label, size, "%s", oi_utf8(letter).text);
    return false;
}

/* True when the recorder `id` answers to `wanted` by id, letter or name. */
static bool answers_to(const wchar_t *id, const wchar_t *wanted)
{
    wchar_t name[OI_VIRTUAL_NAME_MAX + 1];
    wchar_t letter[3];
    struct oi_drive drive;
    struct oi_answer answer;
    bool same = false;

    if (!_wcsicmp(id, wanted))
        return true;
    if (oi_virtual_name_from_id(id, name))
        return !_wcsicmp(name, wanted);
    if (letter_from_id(id, letter))
        return !_wcsnicmp(letter, wanted, 2) && wcslen(wanted) <= 3;
    if (wanted[0] && wanted[1] == L':' && oi_drive_open(&drive, id, &answer)) {
        same = drive_letter(drive.recorder, letter) && !_wcsnicmp(letter, wanted, 2);
        oi_drive_close(&drive);
    }
    return same;
}

static BSTR item(IDiscMaster2 *master, LONG index)
{
    BSTR id = NULL;

    return SUCCEEDED(IDiscMaster2_get_Item(master, index, &id)) ? id : NULL;
}

/* The index that `wanted` is, or -1. */
static LONG index_from(const wchar_t *wanted, LONG count)
{
    wchar_t *end;
    unsigned long index = wcstoul(wanted, &end, 10);

    if (*wanted < L'0' || *wanted > L'9' || *end || index >= (unsigned long)count)
        return -1;
    return (LONG)index;
}

/* The id of the recorder that answers to that, NULL when none does; the caller frees it. */
static BSTR find_named(IDiscMaster2 *master, LONG count, const wchar_t *wanted)
{
    for (LONG i = 0; i < count; i++) {
        BSTR id = item(master, i);

        if (id && answers_to(id, wanted))
            return id;
        SysFreeString(id);
    }
    return NULL;
}

/* The id of the wanted recorder, NULL when there is none; the caller frees it. */
static BSTR find(IDiscMaster2 *master, LONG count, const wchar_t *wanted)
{
    LONG index;
    BSTR id;

    if (!wanted)
        return count == 1 ? item(master, 0) : NULL;
    id = find_named(master, count, wanted);
    /* A virtual recorder may be called like a letter, and goes first. */
    if (!id && iswalpha(wanted[0]) && !wanted[1])
        id = find_named(master, count, (const wchar_t[]){wanted[0], L':', L'\0'});
    if (id)
        return id;
    index = index_from(wanted, count);
    return index >= 0 ? item(master, index) : NULL;
}

/* Names the recorders that exist, for somebody who named none or a wrong one. */
static enum oi_exit report_choice(IDiscMaster2 *master, LONG count, const wchar_t *wanted)
{
    static const char add[] = "Make a virtual one: openimapi2 virtual add NAME --media dvd+r "
                              "--image FILE";
    char choice[OI_UTF8_MAX] = "Recorders:";
    size_t length = sizeof("Recorders:") - 1;

    for (LONG i = 0; i < count && length < sizeof(choice); i++) {
        BSTR id = item(master, i);
        struct oi_drive drive;
        struct oi_answer answer;
        struct oi_utf8 name = oi_recorder_name_from_id(id ? id : L"?");
        int added;

        if (id && oi_drive_open(&drive, id, &answer)) {
            strcpy(name.text, drive.name);
            oi_drive_close(&drive);
        }
        added = snprintf(choice + length, sizeof(choice) - length, "%s %ld \"%s\"", i ? "," : "",
                         (long)i, name.text);
        length += added > 0 ? (size_t)added : 0;
        SysFreeString(id);
    }
    oi_utf8_cut(choice);
    if (!count)
        return oi_fail(OI_EXIT_REFUSED, NULL, add, "there is no recorder");
    if (!wanted)
        return oi_fail(OI_EXIT_REFUSED, NULL, choice,
                       "there are %ld recorders; say which with --recorder", (long)count);
    return oi_fail(OI_EXIT_REFUSED, NULL, choice, "there is no recorder \"%s\"",
                   oi_utf8(wanted).text);
}

/* The server's list; *count is how long it is. */
static enum oi_exit open_list(IDiscMaster2 **master, LONG *count)
{
    enum oi_exit exit = create_master(master);
    struct oi_answer answer;

    if (exit)
        return exit;
    answer = oi_answer_from_call(IDiscMaster2_get_Count(*master, count));
    if (SUCCEEDED(answer.hr))
        return OI_EXIT_OK;
    IDiscMaster2_Release(*master);
    return oi_fail(OI_EXIT_FAILED, &answer, NULL, "the recorders can't be counted");
}

enum oi_exit oi_recorder_id(BSTR *id, const wchar_t *wanted)
{
    IDiscMaster2 *master = NULL;
    LONG count = 0;
    enum oi_exit exit = open_list(&master, &count);

    *id = NULL;
    if (exit)
        return exit;
    *id = find(master, count, wanted);
    if (!*id)
        exit = report_choice(master, count, wanted);
    IDiscMaster2_Release(master);
    return exit;
}

enum oi_exit oi_recorder_open(struct oi_drive *drive, const wchar_t *wanted)
{
    BSTR id;
    enum oi_exit exit = oi_recorder_id(&id, wanted);

    if (!exit)
        exit = oi_recorder_open_id(drive, id);
    SysFreeString(id);
    return exit;
}

enum oi_exit oi_recorder_each(void (*visit)(void *context, LONG index, const wchar_t *id),
                              void *context)
{
    IDiscMaster2 *master = NULL;
    LONG count = 0;
    enum oi_exit exit = open_list(&master, &count);

    if (exit)
        return exit;
    for (LONG i = 0; i < count; i++) {
        BSTR id = item(master, i);

        if (id)
            visit(context, i, id);
        SysFreeString(id);
    }
    IDiscMaster2_Release(master);
    return OI_EXIT_OK;
}

static const char *disc_words(struct oi_drive *drive, IMAPI_PROFILE_TYPE profile,
                              const struct oi_disc *disc)
{
    static const char *const format_words[] = {"not formatted", "partly formatted",
                                               "being formatted", "formatted"};
    static const char *const status_words[] = {"blank", "open for more", "closed", ""};
    const struct oi_media *media = oi_media_for(profile);
    struct oi_formats formats;
    struct oi_answer ignored;

    if (media && media->formats_in_background)
        return format_words[disc->format];
    if (media && !media->sequential)
        return oi_drive_formats(drive, &formats, &ignored) && formats.formatted ? "formatted"
                                                                                : "not formatted";
    if (disc->status == OI_DISC_APPENDABLE && disc->last_session == OI_SESSION_INCOMPLETE)
        return "open, its last session not closed";
    return status_words[disc->status];
}

/* Why it can't be told which disc that is, in a few words. */
static struct oi_utf8 unknown_disc_words(struct oi_drive *drive, const struct oi_answer *answer)
{
    struct oi_utf8 owner;

    if (answer->hr != E_IMAPI_RECORDER_LOCKED)
        return oi_reason(answer);
    owner = oi_drive_owner(drive);
    if (!owner.text[0])
        return oi_words("in use");
    return oi_words("in use by \"%.80s\"", owner.text);
}

struct oi_utf8 oi_recorder_disc_words(struct oi_drive *drive)
{
    struct oi_utf8 file;
    struct oi_answer answer;
    IMAPI_PROFILE_TYPE profile;
    struct oi_disc disc;

    if (!oi_drive_settle(drive, READY_MS, becoming_ready, &answer) ||
        !oi_drive_profile(drive, &profile, &answer) || !oi_drive_disc(drive, &disc, &answer))
        return unknown_disc_words(drive, &answer);
    return oi_words("%s, %s%s", oi_profile_name(profile), disc_words(drive, profile, &disc),
                    oi_media_for(profile) && drive->virtual_recorder &&
                            oi_virtual_disc_protected(drive->name, &file)
                        ? ", write-protected"
                        : "");
}

struct oi_utf8 oi_recorder_model(struct oi_drive *drive)
{
    struct oi_utf8 vendor = oi_drive_text(drive, drive->recorder->lpVtbl->get_VendorId);
    struct oi_utf8 product = oi_drive_text(drive, drive->recorder->lpVtbl->get_ProductId);
    struct oi_utf8 revision = oi_drive_text(drive, drive->recorder->lpVtbl->get_ProductRevision);

    return oi_words("%.80s %.80s %.80s", vendor.text, product.text, revision.text);
}

static void list_one(void *context, LONG index, const wchar_t *id)
{
    struct oi_drive drive;
    struct oi_answer answer;
    struct oi_utf8 model;
    struct oi_json json;
    bool *any = context;

    *any = true;
    oi_json_begin(&json, "recorder");
    oi_json_integer(&json, "index", index);
    if (!oi_drive_open(&drive, id, &answer)) {
        oi_json_text(&json, "name", oi_recorder_name_from_id(id).text);
        oi_json_text(&json, "id", oi_utf8(id).text);
        oi_json_text(&json, "problem", oi_reason(&answer).text);
        oi_json_end(&json);
        oi_say("%3ld  %-16s can't be opened: %s\n", (long)index, oi_recorder_name_from_id(id).text,
               oi_reason(&answer).text);
        return;
    }
    model = oi_recorder_model(&drive);
    oi_say("%3ld  %-16s %-36s %s\n", (long)index, drive.name, model.text,
           oi_recorder_disc_words(&drive).text);
    oi_json_text(&json, "name", drive.name);
    oi_json_text(&json, "id", oi_utf8(id).text);
    oi_json_text(&json, "model", model.text);
    oi_json_text(&json, "disc", oi_recorder_disc_words(&drive).text);
    oi_json_end(&json);
    oi_drive_close(&drive);
}

enum oi_exit oi_list_command(const struct oi_args *args)
{
    bool any = false;
    enum oi_exit exit = oi_recorder_each(list_one, &any);

    (void)args;
    if (!exit && !any)
        oi_say("No recorder. Make a virtual one: openimapi2 virtual add NAME --media dvd+r "
               "--image FILE\n");
    return exit;
}

static void json_track(const struct oi_track *track)
{
    struct oi_json json;

    oi_json_begin(&json, "track");
    oi_json_integer(&json, "number", track->number);
    oi_json_integer(&json, "session", track->session);
    oi_json_integer(&json, "start", track->start);
    oi_json_integer(&json, "sectors", track->blocks);
    oi_json_text(&json, "blank", track->blank ? "yes" : "no");
    oi_json_text(&json, "damaged", track->damaged ? "yes" : "no");
    if (track->next_writable_valid) {
        oi_json_integer(&json, "next_writable", track->next_writable);
        oi_json_integer(&json, "free_sectors", track->free_blocks);
    }
    oi_json_end(&json);
}

static void json_disc(const char *words, const struct oi_disc *disc, uint32_t readable)
{
    struct oi_json json;

    oi_json_begin(&json, "disc");
    oi_json_text(&json, "disc", words);
    oi_json_integer(&json, "sessions", disc->sessions);
    oi_json_integer(&json, "first_track", disc->first_track);
    oi_json_integer(&json, "last_track", disc->last_track);
    oi_json_integer(&json, "readable_sectors", readable);
    oi_json_end(&json);
}

static void json_drive(struct oi_drive *drive, const char *model)
{
    struct oi_json json;

    oi_json_begin(&json, "recorder");
    oi_json_text(&json, "name", drive->name);
    oi_json_text(&json, "id",
                 oi_drive_text(drive, drive->recorder->lpVtbl->get_ActiveDiscRecorder).text);
    oi_json_text(&json, "model", model);
    oi_json_text(&json, "held_by", oi_drive_owner(drive).text);
    oi_json_text(&json, "disc", oi_recorder_disc_words(drive).text);
    oi_json_integer(&json, "transfer_bytes", oi_drive_transfer_bytes(drive));
    oi_json_end(&json);
}

/* "Handles: CD-R, CD-RW, ..." in lines that fit a page. */
static void say_profiles(struct oi_drive *drive)
{
    enum { LINE_COLUMNS = 78 };
    size_t column = 0;
    IMAPI_PROFILE_TYPE *profiles = NULL;
    struct oi_answer answer;
    char text[OI_UTF8_MAX] = "";
    size_t length = 0;
    ULONG count = 0;

    answer = oi_answer_from_call(
        IDiscRecorder2Ex_GetSupportedProfiles(drive->ex, FALSE, &profiles, &count));
    if (FAILED(answer.hr)) {
        oi_say("Handles:          not known%s\n",
               answer.hr == E_IMAPI_RECORDER_LOCKED ? " while the drive is in use" : "");
    } else {
        for (ULONG i = 0; i < count && length < sizeof(text) - 64; i++) {
            const char *name = oi_profile_name(profiles[i]);
            const char *joint = i ? ", " : "";

            if (column + strlen(name) > LINE_COLUMNS) {
                joint = ",\n                  ";
                column = 0;
            }
            length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s", joint, name);
            column += strlen(name) + 2;
        }
        oi_say("Handles:          %s\n", text);
    }
    CoTaskMemFree(profiles);
}

static void say_limits(struct oi_drive *drive)
{
    ULONG alignment = 0;

    oi_say("Transfer:         %lu bytes at most", (unsigned long)oi_drive_transfer_bytes(drive));
    if (SUCCEEDED(IDiscRecorder2Ex_GetByteAlignmentMask(drive->ex, &alignment)))
        oi_say(", aligned to %lu", (unsigned long)alignment);
    oi_say("\n");
}

static void say_blocks(const char *label, uint32_t blocks)
{
    oi_say("%-17s %lu sectors (%.1f MB)\n", label, (unsigned long)blocks,
           (double)blocks * OI_BLOCK_BYTES / 1e6);
}

static void say_tracks(struct oi_drive *drive, const struct oi_disc *disc)
{
    struct oi_answer answer;
    struct oi_track track;

    for (uint16_t number = disc->first_track; number && number <= disc->last_track; number++) {
        if (!oi_drive_track(drive, number, &track, &answer)) {
            oi_say("Track %-3u         can't be read: %s\n", number, oi_reason(&answer).text);
            continue;
        }
        oi_say("Track %-3u         session %u, start %ld, %lu sectors%s%s\n", track.number,
               track.session, (long)track.start, (unsigned long)track.blocks,
               track.blank ? ", blank" : "", track.damaged ? ", damaged" : "");
        json_track(&track);
        if (!track.next_writable_valid)
            continue;
        oi_say("Next writable:    %ld\n", (long)track.next_writable);
        say_blocks("Free:", track.free_blocks);
    }
}

static enum oi_exit say_disc(struct oi_drive *drive)
{
    struct oi_answer answer;
    struct oi_disc disc;
    uint32_t blocks;
    bool ready;

    oi_say("Disc:             %s\n", oi_recorder_disc_words(drive).text);
    ready = oi_drive_settle(drive, READY_MS, becoming_ready, &answer);
    if (!ready && oi_is_no_disc(&answer))
        return OI_EXIT_OK;
    if (!ready || !oi_drive_disc(drive, &disc, &answer))
        return oi_fail(oi_exit_for(&answer), &answer, NULL, "the disc in \"%s\" can't be used",
                       drive->name);
    oi_say("Sessions:         %u (tracks %u to %u)\n", disc.sessions, disc.first_track,
           disc.last_track);
    /* A blank disc has no last sector; drives then say 0. */
    if (!oi_drive_capacity(drive, &blocks, &answer) || blocks <= 1)
        blocks = 0;
    if (blocks)
        say_blocks("Readable:", blocks);
    json_disc(oi_recorder_disc_words(drive).text, &disc, blocks);
    say_tracks(drive, &disc);
    return OI_EXIT_OK;
}

enum oi_exit oi_info_command(const struct oi_args *args)
{
    struct oi_drive drive;
    enum oi_exit exit = oi_recorder_open(&drive, args->operand);
    struct oi_utf8 model;

    if (exit)
        return exit;
    model = oi_recorder_model(&drive);
    oi_say("Recorder:         %s\n", drive.name);
    oi_say("Unique id:        %s\n",
           oi_drive_text(&drive, drive.recorder->lpVtbl->get_ActiveDiscRecorder).text);
    oi_say("Drive:            %s\n", model.text);
    oi_say("Held by:          %s\n",
           oi_drive_owner(&drive).text[0] ? oi_drive_owner(&drive).text : "nobody");
    say_profiles(&drive);
    say_limits(&drive);
    json_drive(&drive, model.text);
    exit = say_disc(&drive);
    oi_drive_close(&drive);
    return exit;
}
