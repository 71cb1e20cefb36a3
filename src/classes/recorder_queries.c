/* The questions that IDiscRecorder2 and IDiscRecorder2Ex both ask, each asked once, here. */
#include "recorder.h"

#include <stdlib.h>
#include "config.h"
#include "error_info.h"
#include "imapi2error.h"
#include "mode.h"

enum {
    CONFIGURATION_ALLOC = 4096, /* every device takes a page, and no reply is longer */
    MODE_ALLOC = 4096,
    FEATURE_PROFILE_LIST = 0x0000,
    FEATURE_REMOVABLE_MEDIUM = 0x0003,
    TRAY = 1, /* MMC-6, "Loading Mechanism Type" */
    PAGE_CAPABILITIES = 0x2a,
};

static HRESULT bad_reply(const char *what)
{
    return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_INVALID_RESPONSE_FROM_DEVICE,
                     "The drive's answer to %s is too short to be one.", what);
}

static bool list_add(struct code_list *list, uint32_t code)
{
    uint32_t *codes = realloc(list->codes, (list->count + 1) * sizeof(*codes));

    if (!codes)
        return false;
    list->codes = codes;
    list->codes[list->count++] = code;
    return true;
}

static HRESULT list_or_nothing(struct code_list *list, bool complete)
{
    if (complete)
        return S_OK;
    free(list->codes);
    *list = (struct code_list){0};
    return E_OUTOFMEMORY;
}

static HRESULT configuration(struct disc_recorder *self, enum oi_configuration_request request,
                             uint16_t first, struct oi_configuration *reply)
{
    struct oi_cdb cdb = oi_cdb_get_configuration(request, first, CONFIGURATION_ALLOC);
    const uint8_t *data;
    uint32_t got;
    HRESULT hr = recorder_query(self, &cdb, CONFIGURATION_ALLOC, &data, &got);

    /* A drive from before MMC-2 does not know the command; IMAPI2 has a code for that. */
    if (FAILED(hr) && self->last_sense.key == OI_KEY_ILLEGAL_REQUEST &&
        self->last_sense.asc == 0x20)
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED,
                         "The drive does not know GET CONFIGURATION, so it can't tell its "
                         "features and profiles.");
    if (FAILED(hr))
        return hr;
    return oi_configuration_parse(data, got, reply) ? S_OK : bad_reply("GET CONFIGURATION");
}

HRESULT recorder_features(struct disc_recorder *self, unsigned current_only, struct code_list *list)
{
    struct oi_configuration reply;
    struct oi_feature feature;
    size_t cursor = 0;
    bool complete = true;
    HRESULT hr = configuration(self, OI_CONFIGURATION_ALL, 0, &reply);

    *list = (struct code_list){0};
    while (SUCCEEDED(hr) && complete && oi_feature_next(&reply, &cursor, &feature))
        if (feature.current || !current_only)
            complete = list_add(list, feature.code);
    return FAILED(hr) ? hr : list_or_nothing(list, complete);
}

HRESULT recorder_profiles(struct disc_recorder *self, unsigned current_only, struct code_list *list)
{
    struct oi_configuration reply;
    struct oi_feature feature;
    struct oi_profile profile;
    size_t cursor = 0;
    bool complete = true;
    HRESULT hr = configuration(self, OI_CONFIGURATION_ONE, FEATURE_PROFILE_LIST, &reply);

    *list = (struct code_list){0};
    if (FAILED(hr))
        return hr;
    if (!oi_feature_find(&reply, FEATURE_PROFILE_LIST, &feature))
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_NO_SUCH_FEATURE,
                         "The drive has no profile list.");
    while (complete && oi_profile_next(&feature, &cursor, &profile))
        if (profile.current || !current_only)
            complete = list_add(list, profile.number);
    return list_or_nothing(list, complete);
}

HRESULT recorder_feature(struct disc_recorder *self, uint16_t code, bool current_only,
                         const uint8_t **descriptor, uint32_t *bytes)
{
    struct oi_configuration reply;
    struct oi_feature feature;
    HRESULT hr = configuration(self, OI_CONFIGURATION_ONE, code, &reply);

    if (FAILED(hr))
        return hr;
    if (!oi_feature_find(&reply, code, &feature))
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_NO_SUCH_FEATURE,
                         "The drive has no feature %04Xh.", code);
    if (current_only && !feature.current)
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_FEATURE_IS_NOT_CURRENT,
                         "The drive has the feature %04Xh, but it does not apply to what is in it "
                         "now.",
                         code);
    *descriptor = feature.bytes;
    *bytes = (uint32_t)feature.len;
    return S_OK;
}

static HRESULT mode_sense(struct disc_recorder *self, uint8_t code, unsigned request,
                          struct oi_mode_pages *pages)
{
    struct oi_cdb cdb = oi_cdb_mode_sense10((enum oi_page_control)request, code, false, MODE_ALLOC);
    const uint8_t *data;
    uint32_t got;
    HRESULT hr;

    if (request > OI_PAGE_SAVED)
        return com_error(&IID_IDiscRecorder2, E_INVALIDARG,
                         "%u is no IMAPI_MODE_PAGE_REQUEST_TYPE: use 0 current, 1 changeable, 2 "
                         "default or 3 saved values.",
                         request);
    hr = recorder_query(self, &cdb, MODE_ALLOC, &data, &got);
    if (FAILED(hr))
        return hr;
    return oi_mode_pages_parse(data, got, pages) ? S_OK : bad_reply("MODE SENSE (10)");
}

HRESULT recorder_mode_pages(struct disc_recorder *self, unsigned request, struct code_list *list)
{
    struct oi_mode_pages pages;
    struct oi_mode_page page;
    size_t cursor = 0;
    bool complete = true;
    HRESULT hr = mode_sense(self, OI_PAGE_ALL, request, &pages);

    *list = (struct code_list){0};
    while (SUCCEEDED(hr) && complete && oi_mode_page_next(&pages, &cursor, &page))
        complete = list_add(list, page.code);
    return FAILED(hr) ? hr : list_or_nothing(list, complete);
}

HRESULT recorder_mode_page(struct disc_recorder *self, uint8_t code, unsigned request,
                           const uint8_t **bytes, uint32_t *size)
{
    struct oi_mode_pages pages;
    struct oi_mode_page page;
    HRESULT hr = mode_sense(self, code, request, &pages);

    if (FAILED(hr))
        return hr;
    if (!oi_mode_page_find(&pages, code, &page))
        return com_error(&IID_IDiscRecorder2, E_IMAPI_RECORDER_NO_SUCH_MODE_PAGE,
                         "The drive has no mode page %02Xh.", code);
    *bytes = page.bytes;
    *size = (uint32_t)page.len;
    return S_OK;
}

/* MMC-6, "Removable Medium Feature": a tray that ejects; on drives without features the
 * capabilities page has the same bits. */
bool recorder_can_load(struct disc_recorder *self)
{
    const uint8_t *data = NULL;
    uint32_t size = 0;
    uint8_t mechanism = 0;

    if (SUCCEEDED(recorder_feature(self, FEATURE_REMOVABLE_MEDIUM, false, &data, &size)) &&
        size > 4)
        mechanism = data[4];
    else if (SUCCEEDED(
                 recorder_mode_page(self, PAGE_CAPABILITIES, OI_PAGE_CURRENT, &data, &size)) &&
             size > 6)
        mechanism = data[6];
    SetErrorInfo(0, NULL); /* what the drive can't tell is no error of ours */
    return mechanism >> 5 == TRAY && (mechanism & 0x08);
}

bool recorder_disc_is_bd(struct disc_recorder *self)
{
    struct oi_configuration reply;
    bool is_bd =
        SUCCEEDED(configuration(self, OI_CONFIGURATION_ONE, FEATURE_PROFILE_LIST, &reply)) &&
        reply.current_profile >= 0x0040 && reply.current_profile <= 0x0043;

    SetErrorInfo(0, NULL); /* a drive that can't tell has no BD */
    return is_bd;
}
