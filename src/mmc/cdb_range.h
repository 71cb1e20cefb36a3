/* The blocks that a command names, read back from its CDB.
 * Who uses it: transport, for traces.
 * Pure; any thread.
 * What it must not know: whether the command makes sense. */
#ifndef OI_MMC_CDB_RANGE_H
#define OI_MMC_CDB_RANGE_H

#include "cdb.h"

struct oi_cdb_range {
    int32_t lba;
    uint32_t blocks;
};

/* True for a read, a write or a VERIFY (10), the commands that name blocks. False: *range is zero.
 */
bool oi_cdb_range(const struct oi_cdb *cdb, struct oi_cdb_range *range);

#endif
