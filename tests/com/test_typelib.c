/* The built type library against the published one (typelib_table.c), everything a client can see:
 * scripts call by name and number, compiled programs by vtable offset and parameter types.
 * OI_TYPELIB names the file to look into; without it the registered library is taken. */
#include <windows.h>
#include <oleauto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "imapi2.h"
#include "typelib_table.h"

/* widl 7 leaves TYPEFLAG_FOLEAUTOMATION out of every dual interface (10C0h instead of 11C0h).
 * A dual interface is Automation compatible by definition, so no client is worse off. */
#define WIDL_DUAL_WITHOUT TYPEFLAG_FOLEAUTOMATION

static ITypeLib *library; /* from the group's setup to its teardown */

/* A line of text that is put together piece by piece; too long a line is cut and so found. */
struct line {
    char text[1024];
    size_t length;
};

static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    int written;

    va_start(arguments, format);
    written =
        vsnprintf(line->text + line->length, sizeof line->text - line->length, format, arguments);
    va_end(arguments);
    assert_true(written >= 0);
    line->length += (size_t)written;
    if (line->length >= sizeof line->text)
        line->length = sizeof line->text - 1;
}

static void add_name(struct line *line, BSTR name)
{
    add(line, "%ls", name ? name : L"(none)");
    SysFreeString(name);
}

static void add_guid(struct line *line, const GUID *guid)
{
    WCHAR text[40];

    assert_int_not_equal(StringFromGUID2(guid, text, 40), 0);
    add(line, "%ls", text);
}

static BSTR documented_name(ITypeInfo *info, MEMBERID id)
{
    BSTR name = NULL;

    assert_int_equal(ITypeInfo_GetDocumentation(info, id, &name, NULL, NULL, NULL), S_OK);
    return name;
}

static BSTR documented_help(ITypeInfo *info)
{
    BSTR help = NULL;

    assert_int_equal(ITypeInfo_GetDocumentation(info, MEMBERID_NIL, NULL, &help, NULL, NULL), S_OK);
    return help;
}

static void add_referenced_name(struct line *line, ITypeInfo *info, HREFTYPE reference)
{
    ITypeInfo *type;

    assert_int_equal(ITypeInfo_GetRefTypeInfo(info, reference, &type), S_OK);
    add_name(line, documented_name(type, MEMBERID_NIL));
    ITypeInfo_Release(type);
}

static const char *vartype_name(VARTYPE type)
{
    static const struct {
        VARTYPE type;
        const char *name;
    } names[] = {
        {VT_I1, "I1"},
        {VT_UI1, "UI1"},
        {VT_I2, "I2"},
        {VT_UI2, "UI2"},
        {VT_I4, "I4"},
        {VT_UI4, "UI4"},
        {VT_INT, "INT"},
        {VT_UINT, "UINT"},
        {VT_BOOL, "BOOL"},
        {VT_BSTR, "BSTR"},
        {VT_VARIANT, "VARIANT"},
        {VT_UNKNOWN, "UNKNOWN"},
        {VT_DISPATCH, "DISPATCH"},
        {VT_HRESULT, "HRESULT"},
        {VT_VOID, "VOID"},
    };

    for (size_t i = 0; i < ARRAYSIZE(names); i++) {
        if (names[i].type == type)
            return names[i].name;
    }
    return "(unexpected type)";
}

static void add_type(struct line *line, ITypeInfo *info, const TYPEDESC *type)
{
    switch (type->vt) {
    case VT_PTR:
        add_type(line, info, type->lptdesc);
        add(line, "*");
        break;
    case VT_SAFEARRAY:
        add(line, "SAFEARRAY(");
        add_type(line, info, type->lptdesc);
        add(line, ")");
        break;
    case VT_CARRAY:
        add_type(line, info, &type->lpadesc->tdescElem);
        for (unsigned i = 0; i < type->lpadesc->cDims; i++)
            add(line, "[%lu]", type->lpadesc->rgbounds[i].cElements);
        break;
    case VT_USERDEFINED:
        add_referenced_name(line, info, type->hreftype);
        break;
    default:
        add(line, "%s", vartype_name(type->vt));
    }
}

static void add_flags(struct line *line, unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *word;
    } words[] = {
        {PARAMFLAG_FIN, "in "},        {PARAMFLAG_FOUT, "out "},
        {PARAMFLAG_FLCID, "lcid "},    {PARAMFLAG_FRETVAL, "retval "},
        {PARAMFLAG_FOPT, "optional "}, {PARAMFLAG_FHASDEFAULT, "default "},
    };

    for (size_t i = 0; i < ARRAYSIZE(words); i++) {
        if (flags & words[i].flag)
            add(line, "%s", words[i].word);
    }
}

static void add_parameters(struct line *line, ITypeInfo *info, const FUNCDESC *function)
{
    bool property = function->invkind != INVOKE_FUNC;
    BSTR names[16] = {NULL}; /* the member itself, then its parameters */
    UINT count = 0;
    int last = function->cParams - 1;

    assert_int_equal(ITypeInfo_GetNames(info, function->memid, names, ARRAYSIZE(names), &count),
                     S_OK);
    assert_true(function->cParams < (SHORT)ARRAYSIZE(names));
    for (int i = 0; i <= last; i++) {
        const ELEMDESC *parameter = &function->lprgelemdescParam[i];

        add(line, i ? ", " : "");
        add_flags(line, parameter->paramdesc.wParamFlags);
        add_type(line, info, &parameter->tdesc);
        if (!property || i < last)
            add(line, " %ls", names[i + 1] ? names[i + 1] : L"(none)");
    }
    for (size_t i = 0; i < ARRAYSIZE(names); i++)
        SysFreeString(names[i]);
}

/* Both sides of the comparison of a member come out of this format. */
static void add_member(struct line *line, const char *interface_name, int slot, INVOKEKIND kind)
{
    add(line, "%s slot %d %s ", interface_name, slot,
        kind == INVOKE_FUNC          ? "method"
        : kind == INVOKE_PROPERTYGET ? "get"
        : kind == INVOKE_PROPERTYPUT ? "put"
                                     : "(unexpected kind)");
}

static void add_dispid(struct line *line, long dispid)
{
    if (dispid == NO_DISPID)
        add(line, "- ");
    else
        add(line, "%ld ", dispid);
}

static void expect_member(struct line *line, const char *interface_name,
                          const struct member *member)
{
    static const INVOKEKIND kinds[] = {
        [METHOD] = INVOKE_FUNC, [GET] = INVOKE_PROPERTYGET, [PUT] = INVOKE_PROPERTYPUT};

    add_member(line, interface_name, member->slot, kinds[member->kind]);
    add_dispid(line, member->dispid);
    add(line, "%s(%s) HRESULT", member->name, member->parameters);
}

static void describe_member(struct line *line, const char *interface_name, ITypeInfo *info,
                            const FUNCDESC *function, bool numbered)
{
    add_member(line, interface_name, function->oVft / (int)sizeof(void *), function->invkind);
    add_dispid(line, numbered ? function->memid : NO_DISPID);
    add_name(line, documented_name(info, function->memid));
    add(line, "(");
    add_parameters(line, info, function);
    add(line, ") ");
    add_type(line, info, &function->elemdescFunc.tdesc);
    if (function->callconv != CC_STDCALL || function->funckind != FUNC_PUREVIRTUAL)
        add(line, " (not an ordinary COM method)");
}

/* The caller releases it. */
static ITypeInfo *find_type(const char *name)
{
    UINT count = ITypeLib_GetTypeInfoCount(library);

    for (UINT i = 0; i < count; i++) {
        ITypeInfo *info;
        struct line line = {.length = 0};

        assert_int_equal(ITypeLib_GetTypeInfo(library, i, &info), S_OK);
        add_name(&line, documented_name(info, MEMBERID_NIL));
        if (!strcmp(line.text, name))
            return info;
        ITypeInfo_Release(info);
    }
    print_error("%s is not in the type library\n", name);
    fail();
    return NULL;
}

/* What compiled programs see: of a dual interface the side with the vtable. Takes over info. */
static ITypeInfo *vtable_view(ITypeInfo *info)
{
    HREFTYPE reference;
    ITypeInfo *view;
    TYPEATTR *attributes;
    TYPEKIND kind;

    assert_int_equal(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
    kind = attributes->typekind;
    ITypeInfo_ReleaseTypeAttr(info, attributes);
    if (kind == TKIND_INTERFACE)
        return info;
    assert_int_equal(ITypeInfo_GetRefTypeOfImplType(info, (UINT)-1, &reference), S_OK);
    assert_int_equal(ITypeInfo_GetRefTypeInfo(info, reference, &view), S_OK);
    ITypeInfo_Release(info);
    return view;
}

static const char *kind_name(TYPEKIND kind)
{
    static const char *const names[] = {"enum",     "record", "module", "interface",
                                        "dispatch", "class",  "alias",  "union"};

    return (size_t)kind < ARRAYSIZE(names) ? names[kind] : "(unknown kind)";
}

static void the_library_has_the_published_identity(void **state)
{
    SYSKIND system = sizeof(void *) == 8 ? SYS_WIN64 : SYS_WIN32;
    struct line line = {.length = 0};
    TLIBATTR *attributes;
    BSTR name, help;

    (void)state;
    assert_int_equal(ITypeLib_GetLibAttr(library, &attributes), S_OK);
    add_guid(&line, &attributes->guid);
    add(&line, " %u.%u lcid %lu system %d ", attributes->wMajorVerNum, attributes->wMinorVerNum,
        attributes->lcid, (int)(attributes->syskind == system));
    ITypeLib_ReleaseTLibAttr(library, attributes);
    assert_int_equal(ITypeLib_GetDocumentation(library, -1, &name, &help, NULL, NULL), S_OK);
    add_name(&line, name);
    add(&line, ": ");
    add_name(&line, help);
    assert_string_equal(line.text, "{2735412F-7F64-5B0F-8F00-5D77AFBE261E} 1.0 lcid 0 system 1 "
                                   "IMAPI2: Microsoft IMAPI2 Base Functionality");
}

static bool is_expected(TYPEKIND kind, const char *name)
{
    switch (kind) {
    case TKIND_INTERFACE:
    case TKIND_DISPATCH:
        for (size_t i = 0; i < typelib_interface_count; i++) {
            if (!strcmp(name, typelib_interfaces[i].name))
                return true;
        }
        for (size_t i = 0; i < typelib_copied_count; i++) {
            if (!strcmp(name, typelib_copied[i]))
                return true;
        }
        return false;
    case TKIND_ENUM:
        for (size_t i = 0; i < typelib_enum_count; i++) {
            if (!strcmp(name, typelib_enums[i].tag))
                return true;
        }
        return false;
    case TKIND_COCLASS:
        for (size_t i = 0; i < typelib_class_count; i++) {
            if (!strcmp(name, typelib_classes[i].name))
                return true;
        }
        return false;
    default:
        return true; /* structures of the copied interfaces */
    }
}

static void nothing_but_the_published_types_is_in_the_library(void **state)
{
    UINT count = ITypeLib_GetTypeInfoCount(library);

    (void)state;
    assert_true(count > 0);
    for (UINT i = 0; i < count; i++) {
        ITypeInfo *info;
        TYPEKIND kind;
        struct line line = {.length = 0};

        assert_int_equal(ITypeLib_GetTypeInfo(library, i, &info), S_OK);
        assert_int_equal(ITypeLib_GetTypeInfoType(library, i, &kind), S_OK);
        add_name(&line, documented_name(info, MEMBERID_NIL));
        ITypeInfo_Release(info);
        if (!is_expected(kind, line.text))
            fail_msg("%s %s is in the library", kind_name(kind), line.text);
    }
}

static void every_interface_has_its_identifier_flags_and_base(void **state)
{
    (void)state;
    for (size_t i = 0; i < typelib_interface_count; i++) {
        const struct interface_row *row = &typelib_interfaces[i];
        bool dual = row->flags & TYPEFLAG_FDUAL;
        struct line expected = {.length = 0}, found = {.length = 0};
        ITypeInfo *info = find_type(row->name);
        unsigned flags;
        HREFTYPE base;
        TYPEATTR *attributes;

        add(&expected, "%s %s %s %04X base %s", row->name, row->iid,
            dual ? "dispatch" : "interface", row->flags, row->base);

        assert_int_equal(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
        flags = attributes->wTypeFlags;
        if (dual && flags == (row->flags & ~(unsigned)WIDL_DUAL_WITHOUT))
            flags |= WIDL_DUAL_WITHOUT;
        add(&found, "%s ", row->name);
        add_guid(&found, &attributes->guid);
        add(&found, " %s %04X base ", kind_name(attributes->typekind), flags);
        ITypeInfo_ReleaseTypeAttr(info, attributes);
        info = vtable_view(info);
        assert_int_equal(ITypeInfo_GetRefTypeOfImplType(info, 0, &base), S_OK);
        add_referenced_name(&found, info, base);
        ITypeInfo_Release(info);
        assert_string_equal(found.text, expected.text);
    }
}

static void compare_members(const struct interface_row *row, ITypeInfo *info, const TYPEATTR *type)
{
    bool numbered = row->flags & TYPEFLAG_FOLEAUTOMATION;

    for (UINT i = 0; i < type->cFuncs && i < row->member_count; i++) {
        struct line expected = {.length = 0}, found = {.length = 0};
        FUNCDESC *function;

        expect_member(&expected, row->name, &row->members[i]);
        assert_int_equal(ITypeInfo_GetFuncDesc(info, i, &function), S_OK);
        describe_member(&found, row->name, info, function, numbered);
        ITypeInfo_ReleaseFuncDesc(info, function);
        assert_string_equal(found.text, expected.text);
    }
}

static void every_member_has_its_place_kind_number_name_and_parameters(void **state)
{
    (void)state;
    for (size_t i = 0; i < typelib_interface_count; i++) {
        const struct interface_row *row = &typelib_interfaces[i];
        ITypeInfo *info = vtable_view(find_type(row->name));
        struct line expected = {.length = 0}, found = {.length = 0};
        TYPEATTR *attributes;

        assert_int_equal(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
        compare_members(row, info, attributes);
        add(&expected, "%s has %u members", row->name, (unsigned)row->member_count);
        add(&found, "%s has %u members", row->name, attributes->cFuncs);
        ITypeInfo_ReleaseTypeAttr(info, attributes);
        ITypeInfo_Release(info);
        assert_string_equal(found.text, expected.text);
    }
}

static void add_enum_value(struct line *line, ITypeInfo *info, UINT index)
{
    VARDESC *variable;

    assert_int_equal(ITypeInfo_GetVarDesc(info, index, &variable), S_OK);
    add_name(line, documented_name(info, variable->memid));
    if (variable->varkind == VAR_CONST && V_VT(variable->lpvarValue) == VT_I4)
        add(line, "=%ld", V_I4(variable->lpvarValue));
    else
        add(line, " (not a LONG constant)");
    ITypeInfo_ReleaseVarDesc(info, variable);
}

static void every_enumeration_has_its_names_and_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < typelib_enum_count; i++) {
        const struct enum_row *row = &typelib_enums[i];
        ITypeInfo *info = find_type(row->tag);
        struct line expected = {.length = 0}, found = {.length = 0};
        TYPEATTR *attributes;
        UINT count;

        assert_int_equal(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
        count = attributes->cVars;
        add(&expected, "%s enum of %u", row->tag, (unsigned)row->value_count);
        add(&found, "%s %s of %u", row->tag, kind_name(attributes->typekind), count);
        ITypeInfo_ReleaseTypeAttr(info, attributes);
        assert_string_equal(found.text, expected.text);
        for (UINT k = 0; k < count; k++) {
            expected.length = found.length = 0;
            add(&expected, "%s=%ld", row->values[k].name, row->values[k].value);
            add_enum_value(&found, info, k);
            assert_string_equal(found.text, expected.text);
        }
        ITypeInfo_Release(info);
    }
}

static void add_implemented(struct line *line, ITypeInfo *info, UINT index)
{
    HREFTYPE reference;
    INT flags;

    assert_int_equal(ITypeInfo_GetRefTypeOfImplType(info, index, &reference), S_OK);
    assert_int_equal(ITypeInfo_GetImplTypeFlags(info, index, &flags), S_OK);
    add(line, index ? ", " : "");
    add_referenced_name(line, info, reference);
    add(line, "%s%s%s%s", flags ? "" : " 0", flags & IMPLTYPEFLAG_FDEFAULT ? " default" : "",
        flags & IMPLTYPEFLAG_FSOURCE ? " source" : "",
        flags & ~(IMPLTYPEFLAG_FDEFAULT | IMPLTYPEFLAG_FSOURCE) ? " (unexpected flag)" : "");
}

static void every_class_has_its_identifier_flags_interfaces_and_help(void **state)
{
    (void)state;
    for (size_t i = 0; i < typelib_class_count; i++) {
        const struct class_row *row = &typelib_classes[i];
        ITypeInfo *info = find_type(row->name);
        struct line expected = {.length = 0}, found = {.length = 0};
        TYPEATTR *attributes;

        add(&expected, "%s %s class flags %u: %s; %s", row->name, row->clsid,
            row->creatable == CREATABLE ? TYPEFLAG_FCANCREATE : 0, row->interfaces, row->help);

        assert_int_equal(ITypeInfo_GetTypeAttr(info, &attributes), S_OK);
        add(&found, "%s ", row->name);
        add_guid(&found, &attributes->guid);
        add(&found, " %s flags %u: ", kind_name(attributes->typekind), attributes->wTypeFlags);
        for (UINT k = 0; k < attributes->cImplTypes; k++)
            add_implemented(&found, info, k);
        ITypeInfo_ReleaseTypeAttr(info, attributes);
        add(&found, "; ");
        add_name(&found, documented_help(info));
        ITypeInfo_Release(info);
        assert_string_equal(found.text, expected.text);
    }
}

static int open_library(void **state)
{
    BSTR path = NULL;
    WCHAR file[MAX_PATH];
    DWORD length = GetEnvironmentVariableW(L"OI_TYPELIB", file, MAX_PATH);
    HRESULT hr = S_OK;

    (void)state;
    if (!length)
        hr = QueryPathOfRegTypeLib(&LIBID_IMAPILib2, 1, 0, LOCALE_NEUTRAL, &path);
    if (SUCCEEDED(hr))
        hr = LoadTypeLibEx(path ? path : file, REGKIND_NONE, &library);
    if (FAILED(hr))
        print_error("No type library: %08lX\n", hr);
    SysFreeString(path);
    return FAILED(hr);
}

static int close_library(void **state)
{
    (void)state;
    if (library)
        ITypeLib_Release(library);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_library_has_the_published_identity),
        cmocka_unit_test(nothing_but_the_published_types_is_in_the_library),
        cmocka_unit_test(every_interface_has_its_identifier_flags_and_base),
        cmocka_unit_test(every_member_has_its_place_kind_number_name_and_parameters),
        cmocka_unit_test(every_enumeration_has_its_names_and_values),
        cmocka_unit_test(every_class_has_its_identifier_flags_interfaces_and_help),
    };

    return cmocka_run_group_tests_name("type library", tests, open_library, close_library);
}
