/* The engine's client for a COM object: fires DWriteEngine2Events and waits as its apartment wants.
 * Who uses it: write_engine.c, one for each section, on the thread that called WriteSection.
 * What it must not know: data, drives. */
#ifndef OI_CLASSES_ENGINE_CLIENT_H
#define OI_CLASSES_ENGINE_CLIENT_H

#include <windows.h>
#include <ole2.h>
#include "engine.h"
#include "object.h"

struct engine_client {
    struct oi_client client;
    struct com_object *object; /* whose sinks are called, and the events' first argument */
    IDispatch *dispatch;
    HANDLE woken; /* auto-reset */
    bool single_threaded;
};

/* False without an event object. */
bool engine_client_init(struct engine_client *client, struct com_object *object,
                        IDispatch *dispatch);
void engine_client_fini(struct engine_client *client);

#endif
