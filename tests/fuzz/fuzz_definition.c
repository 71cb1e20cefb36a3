/* Any bytes as a definition file: a drive, or a refusal in words.
 * Input: the file. A drive is only opened when all its files lie on the stage: this runs as root,
 * and an image may be named anywhere. */
#include <stdlib.h>
#include <string.h>
#include "definition.h"
#include "disc.h"
#include "stage.h"

static bool names_elsewhere(const uint8_t *data, size_t size)
{
    return memchr(data, '/', size) || memchr(data, '\\', size) || memchr(data, ':', size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stage *stage = stage_get();
    struct definition *definition = malloc(sizeof(*definition));
    char *problem = malloc(TEXT_MESSAGE_MAX);
    enum oi_status status;

    must(definition && problem, "no memory");
    stage_clear(stage);
    if (!size || names_elsewhere(data, size))
        data = (const uint8_t *)"\n", size = 1;
    stage_put_file(stage->ini, data, size);
    memset(problem, 0x5a, TEXT_MESSAGE_MAX);
    status = definition_read(definition, stage->ini, problem);
    must(strnlen(problem, TEXT_MESSAGE_MAX) < TEXT_MESSAGE_MAX, "a problem without end");
    if (status == OI_OK) {
        struct oi_emu *emu = stage_open(stage, false);

        must(!definition->medium || definition->image[0], "a disc without an image");
        must(definition->transfer_kib >= 4 && definition->transfer_kib <= 1024,
             "transfers of %u KiB", definition->transfer_kib);
        must(oi_emu_transfer_kib(emu) <= definition->transfer_kib, "larger transfers than defined");
        stage_look_around(stage, emu);
        oi_emu_close(emu);
    } else {
        must(*problem, "refused without words");
        must(stage_open(stage, true) == NULL, "a drive with a definition that is refused");
    }
    free(definition);
    free(problem);
    return 0;
}
