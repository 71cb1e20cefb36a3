/* Order of checks: version, checksum, lines, and last whether the lines make sense together. */
#include "disc_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "os.h"

#define HEADER   "openimapi2 disc "
#define CHECKSUM "checksum = "
enum { VERSION = 1, CHECKSUM_LINE_BYTES = sizeof(CHECKSUM) - 1 + 8 + 1 };

struct parsing {
    struct disc *disc;
    const char *path;
    char *why;
};

static enum oi_status bad(const struct parsing *p, uint32_t line, const char *reason)
{
    text_message(p->why,
                 "%s, line %u: %s; the disc can't be read: restore the file from a copy, or remove "
                 "it and the image for a blank disc",
                 text_short_path(p->path), line, reason);
    return OI_BAD_FILE;
}

/* Nothing is wrong with this disc: it lies in the wrong recorder. */
static enum oi_status other_medium(const struct parsing *p, const char *medium)
{
    text_message(p->why,
                 "%s: the disc in this image is a %.16s; set medium so, or name another image",
                 text_short_path(p->path), medium);
    return OI_BAD_FILE;
}

static enum oi_status check_version(const struct parsing *p, const char *data, size_t size)
{
    size_t header = sizeof(HEADER) - 1;
    const char *end = memchr(data, '\n', size);
    char digits[12] = "";
    uint32_t version;

    if (!end || (size_t)(end - data) <= header || (size_t)(end - data) >= header + sizeof(digits) ||
        memcmp(data, HEADER, header) != 0)
        return bad(p, 1, "it does not begin as a disc-state file");
    memcpy(digits, data + header, (size_t)(end - data) - header);
    if (!text_number(digits, UINT32_MAX, &version) || version < VERSION)
        return bad(p, 1, "the version is not a number");
    if (version == VERSION)
        return OI_OK;
    text_message(p->why,
                 "%s, line 1: written by a newer version (format %u, this one knows %u); use the "
                 "newer version, or another image",
                 text_short_path(p->path), version, (unsigned)VERSION);
    return OI_NEWER_FILE;
}

static uint32_t count_lines(const char *data, size_t size)
{
    uint32_t lines = 0;

    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    return lines;
}

/* On success *size is the number of bytes before the checksum line. */
static enum oi_status check_sum(const struct parsing *p, const char *data, size_t *size)
{
    char expected[CHECKSUM_LINE_BYTES + 1];
    size_t body = *size - CHECKSUM_LINE_BYTES;
    uint32_t lines = count_lines(data, *size);

    if (data[*size - 1] != '\n' || *size <= CHECKSUM_LINE_BYTES || data[body - 1] != '\n' ||
        memcmp(data + body, CHECKSUM, sizeof(CHECKSUM) - 1) != 0)
        return bad(p, lines + (data[*size - 1] != '\n'), "it was cut off before its checksum");
    snprintf(expected, sizeof(expected), CHECKSUM "%08x\n", text_crc32(data, body));
    if (memcmp(data + body, expected, CHECKSUM_LINE_BYTES) != 0)
        return bad(p, lines, "the checksum does not match, the file was damaged or edited");
    *size = body;
    return OI_OK;
}

static enum oi_status take_lines(const struct parsing *p, const char *data, size_t size)
{
    struct disc *disc = p->disc;
    struct text_reader reader = {.data = data, .size = size};
    const struct medium *row;
    char line[TEXT_LINE_MAX];
    enum text_result result;
    bool named = false;

    text_next(&reader, line);
    while ((result = text_next(&reader, line)) != TEXT_END) {
        char *key, *value;

        if (result != TEXT_LINE || !text_split(line, &key, &value))
            return bad(p, reader.line, "not of the form \"key = value\"");
        if (!named && strcmp(key, "medium") == 0) {
            named = true;
            row = medium_by_name(value);
            if (!row || strcmp(row->sold_as, disc->medium->sold_as) != 0)
                return other_medium(p, row ? row->sold_as : value);
            disc->medium = row;
        } else if (!named || !disc->medium->ops->taken(disc, key, value)) {
            return bad(p, reader.line, "it makes no sense");
        }
    }
    return named ? OI_OK : bad(p, reader.line, "it names no medium");
}

static enum oi_status parse(const struct parsing *p, const char *data, size_t size)
{
    enum oi_status status = check_version(p, data, size);
    const char *contradiction;

    if (status == OI_OK)
        status = check_sum(p, data, &size);
    if (status == OI_OK)
        status = take_lines(p, data, size);
    if (status != OI_OK)
        return status;
    contradiction = p->disc->medium->ops->whole(p->disc);
    return contradiction ? bad(p, count_lines(data, size), contradiction) : OI_OK;
}

enum oi_status disc_state_read(struct disc *disc, const struct medium *medium, const char *path,
                               char why[TEXT_MESSAGE_MAX])
{
    struct parsing p = {disc, path, why};
    char *data;
    size_t size;
    enum oi_status status = oi_file_read_all(path, TEXT_FILE_MAX, &data, &size);

    memset(disc, 0, sizeof(*disc));
    disc->medium = medium;
    if (status == OI_NOT_FOUND)
        return status;
    if (status == OI_BAD_FILE)
        return bad(&p, 1, "it is too large for a disc-state file");
    if (status != OI_OK) {
        text_message(why, "%s: %s; make it readable, or use another image", text_short_path(path),
                     oi_status_text(status));
        return status;
    }
    status = size ? parse(&p, data, size) : bad(&p, 1, "it is empty");
    free(data);
    return status;
}

enum oi_status disc_state_write(const struct disc *disc, const char *path)
{
    enum { ROOM = TEXT_FILE_MAX };
    char *text = malloc(ROOM);
    struct text_writer writer = {.data = text, .room = ROOM};
    enum oi_status status;

    if (!text)
        return OI_OUT_OF_MEMORY;
    text_add(&writer, HEADER "%u\nmedium = %s\n", (unsigned)VERSION, disc->medium->name);
    disc->medium->ops->save(disc, &writer);
    text_add(&writer, CHECKSUM "%08x\n", text_crc32(text, writer.size));
    status = writer.full ? OI_FAILED : oi_file_replace(path, text, writer.size);
    free(text);
    return status;
}
