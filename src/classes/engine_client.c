/* A single-threaded apartment must serve calls while it waits: a recorder or a sink that lives in
 * it is called from the writer's thread. Every other thread just waits. */
#include "engine_client.h"

#include "apartment.h"
#include "connection_point.h"
#include "imapi2.h"
#include "write_progress.h"

static struct engine_client *from_client(struct oi_client *client)
{
    return CONTAINING_RECORD(client, struct engine_client, client);
}

static void client_update(struct oi_client *client, const struct oi_progress *progress)
{
    struct engine_client *self = from_client(client);
    IDispatch *argument = write_progress_create(progress);
    VARIANTARG arguments[2]; /* in reverse order */

    if (!argument) /* a burn does not fail for want of a progress event */
        return;
    V_VT(&arguments[0]) = VT_DISPATCH;
    V_DISPATCH(&arguments[0]) = argument;
    V_VT(&arguments[1]) = VT_DISPATCH;
    V_DISPATCH(&arguments[1]) = self->dispatch;
    com_connections_fire(self->object, DISPID_DWRITEENGINE2EVENTS_UPDATE, arguments, 2);
    IDispatch_Release(argument);
}

static void client_wait(struct oi_client *client, uint64_t deadline_us)
{
    struct engine_client *self = from_client(client);
    uint64_t now_us = oi_clock_us();
    DWORD wait_ms = now_us < deadline_us ? (DWORD)((deadline_us - now_us + 999) / 1000) : 0;
    DWORD index;
    HRESULT hr = E_FAIL;

    if (self->single_threaded)
        hr = CoWaitForMultipleHandles(0, wait_ms, 1, &self->woken, &index);
    if (FAILED(hr) && hr != RPC_S_CALLPENDING)
        WaitForSingleObject(self->woken, wait_ms);
}

static void client_wake(struct oi_client *client)
{
    SetEvent(from_client(client)->woken);
}

bool engine_client_init(struct engine_client *client, struct com_object *object,
                        IDispatch *dispatch)
{
    static const struct oi_client_ops ops = {client_update, client_wait, client_wake};

    *client = (struct engine_client){
        .client = {&ops},
        .object = object,
        .dispatch = dispatch,
        .woken = CreateEventW(NULL, FALSE, FALSE, NULL),
        .single_threaded = apartment_is_single_threaded(),
    };
    return client->woken != NULL;
}

void engine_client_fini(struct engine_client *client)
{
    if (client->woken)
        CloseHandle(client->woken);
}
