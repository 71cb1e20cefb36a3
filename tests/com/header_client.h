/* What test_headers.c runs of the client in header_client.c.
 * The client is written as one for the Windows SDK would be: it includes imapi2.h and
 * imapi2error.h and nothing of this project's. That it compiles is half of the test.
 * What it must not know: anything but the two public headers. */
#ifndef OI_TESTS_HEADER_CLIENT_H
#define OI_TESTS_HEADER_CLIENT_H

#include <imapi2.h>

/* Asks the engine to write through the C macros, and gives what it answered. */
HRESULT client_write(IWriteEngine2 *engine, IStream *data, LONG start, LONG blocks);

/* A sink for the engine's events; it remembers the progress object of the last one. */
struct client_sink {
    DWriteEngine2Events events;
    LONG references;
    IDispatch *last_progress;
};
void client_sink_init(struct client_sink *sink);

/* What a client says to its user about an outcome. */
const char *client_verdict(HRESULT hr);

#endif
