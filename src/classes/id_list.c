#include "id_list.h"

#include <stdbool.h>
#include <stdlib.h>
#include "com_status.h"
#include "recorders.h"
#include "text.h"

struct collector {
    struct id_list *list;
    bool out_of_memory;
};

static bool collect(void *context, const char *unique_id)
{
    struct collector *c = context;
    BSTR *ids = realloc(c->list->ids, (c->list->count + 1) * sizeof(*ids));

    c->out_of_memory = true;
    if (!ids)
        return false;
    c->list->ids = ids;
    ids[c->list->count] = text_to_bstr(unique_id);
    if (!ids[c->list->count])
        return false;
    c->list->count++;
    c->out_of_memory = false;
    return true;
}

HRESULT id_list_create(struct id_list **list)
{
    struct collector c = {calloc(1, sizeof(*c.list)), false};
    enum oi_status status;

    *list = NULL;
    if (!c.list)
        return E_OUTOFMEMORY;
    atomic_init(&c.list->refs, 1);
    status = oi_recorders_list(collect, &c);
    if (c.out_of_memory)
        status = OI_OUT_OF_MEMORY;
    if (status != OI_OK) {
        id_list_release(c.list);
        return com_status_hresult(status);
    }
    *list = c.list;
    return S_OK;
}

void id_list_addref(struct id_list *list)
{
    atomic_fetch_add_explicit(&list->refs, 1, memory_order_relaxed);
}

void id_list_release(struct id_list *list)
{
    if (atomic_fetch_sub_explicit(&list->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (ULONG i = 0; i < list->count; i++)
        SysFreeString(list->ids[i]);
    free(list->ids);
    free(list);
}
