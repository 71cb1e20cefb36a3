#include "range.h"

#include "scsi.h"
#include "wire.h"

bool is_write(uint8_t opcode)
{
    return opcode == OI_OP_WRITE10 || opcode == OI_OP_WRITE12 || opcode == OI_OP_WRITE_AND_VERIFY10;
}

bool is_read(uint8_t opcode)
{
    return opcode == OI_OP_READ10 || opcode == OI_OP_READ12 || opcode == OI_OP_READ_CD;
}

bool has_range(uint8_t opcode)
{
    return is_write(opcode) || is_read(opcode) || opcode == OI_OP_VERIFY10;
}

struct block_range range_of(const uint8_t *cdb)
{
    struct block_range range = {(int32_t)be32(cdb + 2), be16(cdb + 7)};

    if (cdb[0] == OI_OP_READ12 || cdb[0] == OI_OP_WRITE12)
        range.blocks = be32(cdb + 6);
    else if (cdb[0] == OI_OP_READ_CD)
        range.blocks = be24(cdb + 6);
    return range;
}

void set_range_blocks(uint8_t *cdb, uint32_t blocks)
{
    if (cdb[0] == OI_OP_WRITE12)
        set32(cdb + 6, blocks);
    else
        set16(cdb + 7, blocks);
}
