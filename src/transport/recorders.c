#include "recorders.h"

#include "drives.h"
#include "virtual.h"

struct visitor {
    bool (*visit)(void *context, const char *unique_id);
    void *context;
    size_t visited;
    bool go_on;
};

static bool pass_on(void *context, const char *unique_id)
{
    struct visitor *visitor = context;

    visitor->visited++;
    visitor->go_on = visitor->visit(visitor->context, unique_id);
    return visitor->go_on;
}

enum oi_status oi_recorders_list(bool (*visit)(void *context, const char *unique_id), void *context)
{
    struct visitor visitor = {.visit = visit, .context = context, .go_on = true};
    enum oi_status status = oi_drives_list(pass_on, &visitor);

    if (status != OI_OK || !visitor.go_on)
        return status;
    status = oi_virtual_list(pass_on, &visitor);
    /* Drives are there, whoever may not read the virtual ones' folder. */
    return status == OI_OUT_OF_MEMORY || !visitor.visited ? status : OI_OK;
}

enum oi_status oi_recorder_open(const char *unique_id, struct oi_device **device,
                                char problem[OI_DETAIL_MAX])
{
    *device = NULL;
    problem[0] = '\0';
    if (oi_virtual_is_id(unique_id))
        return oi_virtual_open(unique_id, device, problem);
    if (oi_drives_is_id(unique_id))
        return oi_drives_open(unique_id, device, problem);
    return OI_INVALID_ARGUMENT;
}
