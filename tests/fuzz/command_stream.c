/* Whatever bytes come, they are steps: what is missing at the end is zeros. */
#include "command_stream.h"

#include "stage.h"

static uint8_t take8(const uint8_t **data, size_t *size)
{
    if (!*size)
        return 0;
    (*size)--;
    return *(*data)++;
}

static uint16_t take16(const uint8_t **data, size_t *size)
{
    uint16_t low = take8(data, size);

    return (uint16_t)(low | take8(data, size) << 8);
}

struct scene stream_scene(const uint8_t **data, size_t *size)
{
    struct scene scene = {0};

    scene.medium = take8(data, size);
    scene.personality = take8(data, size);
    scene.speed = take8(data, size);
    scene.transfer = take8(data, size);
    scene.tick = take8(data, size);
    scene.flags = take8(data, size);
    scene.image_sectors = take16(data, size);
    return scene;
}

/* SPC-3: the group code tells the length; groups without one get the longest. */
static uint8_t natural_length(uint8_t opcode)
{
    static const uint8_t lengths[8] = {6, 10, 10, 16, 16, 12, 16, 16};

    return lengths[opcode >> 5];
}

static uint32_t be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | be16(p + 1);
}

/* MMC-6: how many bytes, or blocks of block_bytes, the CDB asks for. */
static uint64_t fitting_size(const uint8_t cdb[16], uint32_t block_bytes)
{
    switch (cdb[0]) {
    case 0x28: /* READ, WRITE, WRITE AND VERIFY, VERIFY (10) */
    case 0x2a:
    case 0x2e:
    case 0x2f:
        return (uint64_t)be16(cdb + 7) * block_bytes;
    case 0xa8: /* READ, WRITE (12) */
    case 0xaa:
        return (uint64_t)stage_be32(cdb + 6) * block_bytes;
    case 0xbe: /* READ CD */
        return (uint64_t)be24(cdb + 6) * block_bytes;
    case 0x04: /* FORMAT UNIT */
        return 12;
    case 0x25: /* READ CAPACITY */
        return 8;
    case 0x12: /* INQUIRY */
        return be16(cdb + 3);
    case 0xb6: /* SET STREAMING */
        return be16(cdb + 9);
    case 0xac: /* GET PERFORMANCE */
        return 8 + 16 * (uint64_t)be16(cdb + 8);
    case 0x5d: /* SEND CUE SHEET */
        return be24(cdb + 6);
    case 0xa4: /* REPORT KEY, disc structures, MECHANISM STATUS */
    case 0xad:
    case 0xbd:
    case 0xbf:
        return be16(cdb + 8);
    default:
        return cdb[0] < 0x20 ? cdb[4] : be16(cdb + 7);
    }
}

static uint32_t data_size(const uint8_t cdb[16], enum step_size how, uint32_t given)
{
    uint32_t block_bytes = how == SIZE_AUDIO ? 2352 : how == SIZE_RAW ? 2448 : STAGE_SECTOR;
    uint64_t size = fitting_size(cdb, block_bytes);

    if (how == SIZE_ONE_MORE)
        size++;
    else if (how == SIZE_ONE_LESS)
        size -= size > 0;
    else if (how == SIZE_NONE)
        size = 0;
    else if (how == SIZE_GIVEN)
        size = given;
    return size < STAGE_DATA_MAX ? (uint32_t)size : STAGE_DATA_MAX;
}

static void take_command(struct step *step, uint8_t first, const uint8_t **data, size_t *size)
{
    enum { LENGTH_FOLLOWS = 0x04, AT_NEXT = 0x08 };
    enum step_size how = (enum step_size)(first >> 4 & 7);
    bool length_follows = first & LENGTH_FOLLOWS;
    uint32_t given = 0;

    step->direction = first & 3;
    step->at_next = first & AT_NEXT;
    if (length_follows)
        step->cdb_len = take8(data, size);
    if (how == SIZE_GIVEN)
        given = take16(data, size);
    step->cdb[0] = take8(data, size);
    if (!length_follows)
        step->cdb_len = natural_length(step->cdb[0]);
    for (uint8_t i = 1; i < step->cdb_len && i < sizeof(step->cdb); i++)
        step->cdb[i] = take8(data, size);
    step->nowhere = how == SIZE_NOWHERE;
    step->data_len = step->direction ? data_size(step->cdb, how, given) : 0;
    if (step->direction == 2) {
        step->fill_len = take8(data, size);
        if (step->fill_len > *size)
            step->fill_len = (uint32_t)*size;
        step->fill = *data;
        *data += step->fill_len;
        *size -= step->fill_len;
    }
}

struct step stream_step(const uint8_t **data, size_t *size)
{
    struct step step = {.kind = STEP_END};
    uint8_t first;

    if (!*size)
        return step;
    first = take8(data, size);
    if ((first & 3) == 3) {
        step.kind = STEP_ACTION;
        step.action = (enum action)(first >> 2) % ACTIONS;
        step.argument = take8(data, size);
    } else {
        step.kind = STEP_COMMAND;
        take_command(&step, first, data, size);
    }
    return step;
}
