/* What can be an image is decided once, when it is opened. */
#include "image.h"

#include <string.h>
#include "drive.h"
#include "file_stream.h"
#include "paths.h"

DWORD oi_image_read(struct oi_image *image, uint64_t offset, void *data, DWORD bytes)
{
    BYTE *to = data;

    while (bytes) {
        DWORD got;
        DWORD error = oi_file_read_some(image->file, offset, to, bytes, &got);

        if (error || !got)
            return error ? error : ERROR_HANDLE_EOF;
        to += got;
        offset += got;
        bytes -= got;
    }
    return ERROR_SUCCESS;
}

static enum oi_exit check(struct oi_image *image)
{
    static const char hint[] =
        "An image is an ISO file or anything else made of 2048-byte sectors.";
    LARGE_INTEGER size;
    struct oi_answer answer;
    BYTE first[OI_BLOCK_BYTES];
    uint64_t over;

    if (GetFileType(image->file) != FILE_TYPE_DISK)
        return oi_fail(OI_EXIT_REFUSED, NULL, hint, "\"%s\" is not an ordinary file", image->path);
    if (!GetFileSizeEx(image->file, &size)) {
        answer = oi_answer_from_win32(GetLastError());
        return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "\"%s\" has no size", image->path);
    }
    image->bytes = (uint64_t)size.QuadPart;
    if (!image->bytes)
        return oi_fail(OI_EXIT_REFUSED, NULL, hint, "\"%s\" is empty", image->path);
    over = image->bytes % OI_BLOCK_BYTES;
    if (over)
        return oi_fail(OI_EXIT_REFUSED, NULL, hint,
                       "the size of \"%s\", %llu %s, is not a multiple of 2048: %llu %s left over",
                       image->path, (unsigned long long)image->bytes,
                       image->bytes == 1 ? "byte" : "bytes", (unsigned long long)over,
                       over == 1 ? "byte is" : "bytes are");
    if (image->bytes / OI_BLOCK_BYTES > INT32_MAX)
        return oi_fail(OI_EXIT_REFUSED, NULL, NULL, "\"%s\" is larger than any disc", image->path);
    image->blocks = (uint32_t)(image->bytes / OI_BLOCK_BYTES);
    answer = oi_answer_from_win32(oi_image_read(image, 0, first, sizeof(first)));
    if (FAILED(answer.hr))
        return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "\"%s\" can't be read", image->path);
    return OI_EXIT_OK;
}

enum oi_exit oi_image_open(struct oi_image *image, const wchar_t *path)
{
    wchar_t absolute[OI_PATH_MAX];
    struct oi_answer answer;
    enum oi_exit exit;
    DWORD attributes;

    *image = (struct oi_image){0};
    strcpy(image->path, oi_utf8(path).text);
    if (!oi_path_absolute(path, absolute))
        return oi_fail(OI_EXIT_REFUSED, NULL, NULL, "\"%s\" can't be a path", image->path);
    attributes = GetFileAttributesW(absolute);
    if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY))
        return oi_fail(OI_EXIT_REFUSED, NULL,
                       "A folder must be made into an image first, for instance by xorriso.",
                       "\"%s\" is a folder", image->path);
    image->file = CreateFileW(absolute, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                              FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    if (image->file == INVALID_HANDLE_VALUE) {
        answer = oi_answer_from_win32(GetLastError());
        return oi_fail(OI_EXIT_REFUSED, &answer, NULL, "the image \"%s\" can't be opened",
                       image->path);
    }
    exit = check(image);
    if (exit)
        oi_image_close(image);
    return exit;
}

void oi_image_close(struct oi_image *image)
{
    CloseHandle(image->file);
}

HRESULT oi_image_stream(const struct oi_image *image, uint32_t blocks, IStream **stream)
{
    return oi_file_stream(image->file, image->bytes, (uint64_t)blocks * OI_BLOCK_BYTES, stream);
}
