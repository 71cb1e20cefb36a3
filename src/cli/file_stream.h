/* A file, and the zeros that fill up its last block, as an IStream.
 * Who uses it: image.c.
 * The stream is agile: any thread may use it, one at a time. It can only be read.
 * What it must not know: images, drives, discs, what is printed. */
#ifndef OI_CLI_FILE_STREAM_H
#define OI_CLI_FILE_STREAM_H

#include <stdint.h>
#include <windows.h>
#include <objidl.h>

/* Reads at most `bytes` at an offset, without a file position; *got is 0 at the end of the file.
 * A Win32 error, or ERROR_SUCCESS. */
DWORD oi_file_read_some(HANDLE file, uint64_t offset, void *data, DWORD bytes, DWORD *got);

/* The file's `file_bytes`, then zeros up to `bytes`, which are at most INT64_MAX; *stream has one
 * reference, and a handle of its own. E_OUTOFMEMORY, or why there is no more handle. */
HRESULT oi_file_stream(HANDLE file, uint64_t file_bytes, uint64_t bytes, IStream **stream);

#endif
