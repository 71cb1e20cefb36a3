/* The unique ids of all recorders at one moment.
 * Who uses it: disc_master.c for Count and Item, id_enum.c for the snapshot behind an enumerator.
 * What it must not know: COM objects. */
#ifndef OI_CLASSES_ID_LIST_H
#define OI_CLASSES_ID_LIST_H

#include <stdatomic.h>
#include <windows.h>
#include <oleauto.h>

/* Immutable once made; counted, so that clones of an enumerator share it. */
struct id_list {
    atomic_ulong refs;
    ULONG count;
    BSTR *ids;
};

/* All recorders there are now: an empty list when there are none. One reference. */
HRESULT id_list_create(struct id_list **list);
void id_list_addref(struct id_list *list);
void id_list_release(struct id_list *list);

#endif
