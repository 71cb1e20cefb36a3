/* Rich errors: the words behind an HRESULT, as IErrorInfo of the calling thread.
 * Who uses it: src/classes, in the return statement of a method that fails.
 * Scripts read it as Err.Description and Err.Source.
 * It never fails: without memory for the words the HRESULT is returned alone.
 * What it must not know: what went wrong. */
#ifndef OI_COM_ERROR_INFO_H
#define OI_COM_ERROR_INFO_H

#include <stdio.h>
#include <windows.h>
#include "status.h"

/* Sets IErrorInfo and returns hr. iid is the interface whose method fails: its GUID goes into the
 * error, and the source is the ProgID without version of the class whose default interface it is
 * (see class_factory.h), else the library's name. format gives UTF-8 of at most 1023 bytes. */
HRESULT com_error(const IID *iid, HRESULT hr, const char *format, ...)
    __attribute__((format(__MINGW_PRINTF_FORMAT, 3, 4)));

/* E_POINTER, for a method that was given NULL. */
HRESULT com_error_null(const IID *iid);

/* The same with the HRESULT and the text of a status; OI_OK gives S_OK and sets nothing. */
HRESULT com_error_from_status(const IID *iid, enum oi_status status);

/* The text that belongs to an HRESULT: of this module's message table, else of the system's.
 * A new BSTR, or NULL when there is none. */
BSTR com_error_text(HRESULT hr);

#endif
