/* The creatable classes, and the interfaces with a proxy: the one list behind activation,
 *   registration and the registry templates.
 * Who uses it: src/classes makes com_class_table of it, proxy_table.c com_proxy_table;
 *   registry/fill_templates.cmake reads it.
 * A line is X(coclass of the IDL, its default interface, description, create function), or
 *   P(interface of the IDL), complete on one line.
 * What it must not know: GUIDs; they are in the IDL. */
#ifndef OI_COM_CLASS_LIST_H
#define OI_COM_CLASS_LIST_H

/* clang-format off */
#define COM_CLASS_LIST(X) \
    X(MsftDiscMaster2,   IDiscMaster2,   "OpenIMAPI2 disc master: the recorders of this computer", disc_master_create) \
    X(MsftDiscRecorder2, IDiscRecorder2, "OpenIMAPI2 disc recorder", disc_recorder_create) \
    X(MsftWriteEngine2,  IWriteEngine2,  "OpenIMAPI2 write engine", write_engine_create) \
    X(MsftStreamZero,    IStream,        "OpenIMAPI2 stream of zeros", stream_zero_create)

/* Every interface that clients implement for us, or we for them, and that is not an Automation
 * interface; those are what Imapi2.idl has with IMAPI2_PROXIES. */
#define COM_PROXY_LIST(P) \
    P(IDiscRecorder2Ex)
/* clang-format on */

#endif
