/* The type library as it was published, as data: the yardstick for Imapi2.idl.
 * Who uses it: test_typelib.c compares it with the built library, test_headers.c with imapi2.h.
 * Parameters are text, as in "in IStream* data, out retval I4*": direction, VARTYPE name without
 * VT_ or the name of a type, a star per pointer, [n] for an array, name.
 * The last parameter of a property has no name: type libraries don't give it out reliably. */
#ifndef OI_TESTS_TYPELIB_TABLE_H
#define OI_TESTS_TYPELIB_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum member_kind { METHOD, GET, PUT };

#define NO_DISPID 0x7FFFFFFF /* not callable by IDispatch: the compiler numbers it as it likes */

struct member {
    int slot; /* in the vtable; 0 is QueryInterface */
    enum member_kind kind;
    long dispid;
    const char *name;
    const char *parameters;
};

struct interface_row {
    const char *name;
    const char *iid;
    const char *base;
    unsigned flags; /* TYPEFLAG_... */
    const struct member *members;
    size_t member_count;
};

struct enum_value {
    const char *name;
    long value;
};

struct enum_row {
    const char *tag;
    const struct enum_value *values;
    size_t value_count;
};

enum creatable { NOT_CREATABLE, CREATABLE };

struct class_row {
    const char *name;
    const char *clsid;
    enum creatable creatable;
    const char *interfaces; /* in order, each with IMPLTYPEFLAG_... in words, or 0 */
    const char *help;
};

extern const struct interface_row typelib_interfaces[];
extern const size_t typelib_interface_count;
/* Interfaces of other libraries, which a type library that refers to them holds a copy of. */
extern const char *const *const typelib_copied;
extern const size_t typelib_copied_count;
extern const struct enum_row typelib_enums[];
extern const size_t typelib_enum_count;
extern const struct class_row typelib_classes[];
extern const size_t typelib_class_count;

#endif
