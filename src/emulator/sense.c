/* Why a command failed, as bytes. */
#include <string.h>
#include "drive.h"

enum outcome wrong_cdb(struct request *rq, int byte)
{
    rq->field = byte;
    rq->field_in_list = false;
    return INVALID_FIELD_IN_CDB;
}

enum outcome wrong_bits(struct request *rq, int byte, uint8_t bits)
{
    enum { POINTS = 0x08 };
    uint8_t bit = 7;

    while (bit && !(bits & 1 << bit))
        bit--;
    rq->bit_pointer = POINTS | bit;
    return wrong_cdb(rq, byte);
}

enum outcome wrong_list(struct request *rq, int byte)
{
    rq->field = byte;
    rq->field_in_list = true;
    return INVALID_FIELD_IN_LIST;
}

enum outcome at_lba(struct request *rq, uint32_t lba, enum outcome outcome)
{
    rq->information_valid = true;
    rq->information = lba;
    return outcome;
}

/* SPC-3, "Sense key specific sense data": progress, or the field that is wrong. False: neither. */
static bool put_key_specific(uint8_t bytes[3], const struct request *rq, uint8_t key)
{
    enum { VALID = 0x80, IN_CDB = 0x40 };

    if (rq->progress_valid) {
        bytes[0] = VALID;
        set16(bytes + 1, rq->progress);
        return true;
    }
    if (rq->field < 0 || key != OI_KEY_ILLEGAL_REQUEST)
        return false;
    bytes[0] = (uint8_t)(VALID | (rq->field_in_list ? 0 : IN_CDB) | rq->bit_pointer);
    set16(bytes + 1, (uint32_t)rq->field);
    return true;
}

/* SPC-3, "Descriptor format sense data". */
static uint8_t put_descriptors(uint8_t *sense, const struct request *rq, enum outcome outcome)
{
    enum { HEADER = 8, INFORMATION_BYTES = 12, KEY_SPECIFIC = 0x02, KEY_SPECIFIC_BYTES = 8 };
    uint8_t length = HEADER;

    sense[0] = rq->deferred ? 0x73 : 0x72;
    sense[1] = (uint8_t)(outcome >> 16);
    sense[2] = (uint8_t)(outcome >> 8);
    sense[3] = (uint8_t)outcome;
    if (rq->information_valid) {
        sense[HEADER + 1] = INFORMATION_BYTES - 2;
        sense[HEADER + 2] = 0x80;
        set32(sense + HEADER + 8, rq->information);
        length += INFORMATION_BYTES;
    }
    if (put_key_specific(sense + length + 4, rq, sense[1])) {
        sense[length] = KEY_SPECIFIC;
        sense[length + 1] = KEY_SPECIFIC_BYTES - 2;
        length += KEY_SPECIFIC_BYTES;
    }
    sense[7] = length - HEADER;
    return length;
}

/* SPC-3, "Fixed format sense data". */
static uint8_t put_fixed(uint8_t *sense, const struct request *rq, enum outcome outcome)
{
    enum { LENGTH = 18 };

    sense[0] = rq->deferred ? 0x71 : 0x70;
    sense[2] = (uint8_t)(outcome >> 16);
    sense[7] = LENGTH - 8;
    sense[12] = (uint8_t)(outcome >> 8);
    sense[13] = (uint8_t)outcome;
    if (rq->information_valid) {
        sense[0] |= 0x80;
        set32(sense + 3, rq->information);
    }
    put_key_specific(sense + 15, rq, sense[2]);
    return LENGTH;
}

uint8_t put_sense(uint8_t sense[OI_EMU_SENSE_MAX], const struct request *rq, enum outcome outcome,
                  bool descriptor)
{
    memset(sense, 0, OI_EMU_SENSE_MAX);
    return descriptor ? put_descriptors(sense, rq, outcome) : put_fixed(sense, rq, outcome);
}
