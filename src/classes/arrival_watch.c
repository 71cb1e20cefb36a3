/* What the watcher has of the object is an address, which is good until the watcher was stopped,
 * at the latest by the object's last release. To tell something it first takes a reference. */
#include "arrival_watch.h"

#include "arrivals.h"
#include "com_status.h"
#include "error_info.h"
#include "imapi2.h"
#include "text.h"

enum { NOTIFY_DEVICE_ADDED = 0x100, NOTIFY_DEVICE_REMOVED = 0x101 };

static void enter_apartment(void)
{
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
}

static void leave_apartment(void)
{
    CoUninitialize();
}

static bool hold(void *context)
{
    return com_object_try_addref(context);
}

static void let_go(void *context)
{
    com_object_release(context);
}

static void tell(void *context, const char *unique_id, bool arrived)
{
    VARIANTARG args[2];
    IDispatch *dispatch;

    if (FAILED(com_object_query(context, &IID_IDispatch, (void **)&dispatch)))
        return;
    V_VT(&args[0]) = VT_BSTR;
    V_BSTR(&args[0]) = text_to_bstr(unique_id);
    V_VT(&args[1]) = VT_DISPATCH;
    V_DISPATCH(&args[1]) = dispatch;
    if (V_BSTR(&args[0]))
        com_connections_fire(context, arrived ? NOTIFY_DEVICE_ADDED : NOTIFY_DEVICE_REMOVED, args,
                             ARRAYSIZE(args));
    SysFreeString(V_BSTR(&args[0]));
    IDispatch_Release(dispatch);
}

static const struct oi_arrival_listener listener = {
    .begin = enter_apartment,
    .end = leave_apartment,
    .hold = hold,
    .tell = tell,
    .let_go = let_go,
};

void arrival_watch_init(struct arrival_watch *watch)
{
    InitializeSRWLock(&watch->lock);
}

static enum oi_status start(struct arrival_watch *watch, struct com_object *object)
{
    struct oi_arrival_source *source;
    enum oi_status status = oi_arrival_source_open(&source);

    return status == OI_OK ? oi_arrivals_start(&watch->watcher, source, &listener, object) : status;
}

HRESULT arrival_watch_advise(struct arrival_watch *watch, struct com_object *object)
{
    enum oi_status status = OI_OK;

    AcquireSRWLockExclusive(&watch->lock);
    if (watch->sinks == 0)
        status = start(watch, object);
    if (status == OI_OK)
        watch->sinks++;
    ReleaseSRWLockExclusive(&watch->lock);
    if (status == OI_OK)
        return S_OK;
    return com_error(&IID_IDiscMaster2, com_status_hresult(status),
                     "Drives that come and go can't be watched: %s.", oi_status_text(status));
}

void arrival_watch_unadvise(struct arrival_watch *watch)
{
    struct oi_arrivals *watcher = NULL;

    AcquireSRWLockExclusive(&watch->lock);
    if (--watch->sinks == 0) {
        watcher = watch->watcher;
        watch->watcher = NULL;
    }
    ReleaseSRWLockExclusive(&watch->lock);
    if (watcher)
        oi_arrivals_stop(watcher);
}
