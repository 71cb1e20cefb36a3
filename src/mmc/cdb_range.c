#include "cdb_range.h"

#include "mmc_bytes.h"

bool oi_cdb_range(const struct oi_cdb *cdb, struct oi_cdb_range *range)
{
    const uint8_t *bytes = cdb->bytes;

    *range = (struct oi_cdb_range){0};
    switch (bytes[0]) {
    case OI_OP_READ10:
    case OI_OP_WRITE10:
    case OI_OP_WRITE_AND_VERIFY10:
    case OI_OP_VERIFY10:
        range->blocks = get_be16(&bytes[7]);
        break;
    case OI_OP_READ12:
    case OI_OP_WRITE12:
        range->blocks = get_be32(&bytes[6]);
        break;
    case OI_OP_READ_CD:
        range->blocks = get_be24(&bytes[6]);
        break;
    default:
        return false;
    }
    range->lba = (int32_t)get_be32(&bytes[2]);
    return true;
}
