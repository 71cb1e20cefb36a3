/* The image file that is burned or compared: opened once, checked, and offered as an IStream.
 * Who uses it: write.c and verify.c.
 * What it must not know: drives, discs. */
#ifndef OI_CLI_IMAGE_H
#define OI_CLI_IMAGE_H

#include <stdint.h>
#include <windows.h>
#include "errors.h"

struct oi_image {
    HANDLE file;
    uint64_t bytes;
    uint32_t blocks; /* of 2048 bytes */
    char path[OI_UTF8_MAX];
};

/* Opens the file and checks that it can be an image; reports what is wrong. */
enum oi_exit oi_image_open(struct oi_image *image, const wchar_t *path);
void oi_image_close(struct oi_image *image);
/* Reads at an offset, all of it or a Win32 error; ERROR_HANDLE_EOF beyond the end. */
DWORD oi_image_read(struct oi_image *image, uint64_t offset, void *data, DWORD bytes);

/* A stream of so many blocks, at least those of the file: the whole file from its start, then
 * zeros; *stream has one reference. It keeps the file open by itself. Fails when memory or handles
 * are short. */
HRESULT oi_image_stream(const struct oi_image *image, uint32_t blocks, IStream **stream);

#endif
