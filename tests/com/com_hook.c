/* Imports of the loaded imapi2.dll, led to functions of a test: what the DLL asks of the system can
 * be watched, and answered as systems answer that are not at hand. */
#include "com_bench.h"

#include <string.h>

static void *at(HMODULE dll, DWORD offset)
{
    return (BYTE *)dll + offset;
}

/* The slot of the import address table that belongs to that name; NULL when it is not imported. */
static bench_function *slot_of(HMODULE dll, const char *name)
{
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)dll;
    const IMAGE_NT_HEADERS *headers = at(dll, (DWORD)dos->e_lfanew);
    DWORD imports =
        headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;

    for (const IMAGE_IMPORT_DESCRIPTOR *from = at(dll, imports); from->Name; from++) {
        const IMAGE_THUNK_DATA *names = at(dll, from->OriginalFirstThunk);
        IMAGE_THUNK_DATA *slots = at(dll, from->FirstThunk);

        for (size_t i = 0; names[i].u1.AddressOfData; i++) {
            const IMAGE_IMPORT_BY_NAME *entry;

            if (IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal))
                continue;
            entry = at(dll, (DWORD)names[i].u1.AddressOfData);
            if (strcmp((const char *)entry->Name, name) == 0)
                return (bench_function *)&slots[i].u1.Function;
        }
    }
    return NULL;
}

bench_function bench_hook(const char *name, bench_function replacement)
{
    bench_function *slot = slot_of(GetModuleHandleW(L"imapi2.dll"), name), before;
    DWORD protection;

    if (!slot)
        fail_msg("imapi2.dll does not import %s", name);
    before = *slot;
    assert_true(VirtualProtect(slot, sizeof(*slot), PAGE_READWRITE, &protection));
    *slot = replacement;
    VirtualProtect(slot, sizeof(*slot), protection, &protection);
    return before;
}
