/* Old drives end before what later standards have added; and some tell the length of what they
 * would like to say. */
#include "short_answers.h"

#include <stddef.h>
#include "scsi.h"

enum { ALL = 0xffff };

/* clang-format off */
static const struct answer_row {
    uint8_t opcode;
    uint16_t most;                 /* bytes that are sent */
    uint8_t length_at, length_end; /* the field that counts what follows it */
} answers[] = {
    { OI_OP_INQUIRY,                36,  4, 5 },
    { OI_OP_READ_FORMAT_CAPACITIES, ALL, 3, 4 },
    { OI_OP_READ_TOC_PMA_ATIP,              ALL, 0, 2 },
    { OI_OP_GET_CONFIGURATION,      ALL, 0, 4 },
    { OI_OP_READ_DISC_INFORMATION,  32,  0, 2 }, /* without the count of OPC tables */
    { OI_OP_READ_TRACK_INFORMATION, 28,  0, 2 }, /* without what MMC-3 and MMC-4 have added */
    { OI_OP_MODE_SENSE10,           ALL, 0, 2 },
    { OI_OP_READ_BUFFER_CAPACITY,   ALL, 0, 2 },
    { OI_OP_READ_DISC_STRUCTURE,    ALL, 0, 2 },
};
/* clang-format on */

static const struct answer_row *find(uint8_t opcode)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (answers[i].opcode == opcode)
            return &answers[i];
    return NULL;
}

uint32_t short_answer_size(uint8_t opcode, uint32_t size)
{
    const struct answer_row *row = find(opcode);

    return row && size > row->most ? row->most : size;
}

/* 256 bytes more; 255 in all where the field is a single byte. */
void short_answer_overstate(uint8_t opcode, uint8_t *data, uint32_t size)
{
    const struct answer_row *row = find(opcode);

    if (!row || size < row->length_end)
        return;
    if (row->length_end - row->length_at == 1)
        data[row->length_at] = 0xff;
    else
        data[row->length_end - 2]++;
}
