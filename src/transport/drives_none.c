#include "drives.h"

enum oi_status oi_drives_list(bool (*visit)(void *context, const char *unique_id), void *context)
{
    (void)visit;
    (void)context;
    return OI_OK;
}

bool oi_drives_is_id(const char *unique_id)
{
    (void)unique_id;
    return false;
}

enum oi_status oi_drives_open(const char *unique_id, struct oi_device **device,
                              char problem[OI_DETAIL_MAX])
{
    (void)unique_id;
    *device = NULL;
    problem[0] = '\0';
    return OI_NOT_FOUND;
}
