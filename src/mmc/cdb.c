/* Every builder starts from zeroes, so a reserved field is zero without saying so, and so is the
 * CONTROL byte at the end of each CDB. */
#include "cdb.h"
#include "mmc_bytes.h"
#include <string.h>

enum { SIX = 6, TEN = 10, TWELVE = 12 };

static struct oi_cdb cdb_of(uint8_t opcode, uint8_t len)
{
    return (struct oi_cdb){.bytes = {opcode}, .len = len};
}

static uint8_t bit(bool value, int number)
{
    return (uint8_t)(value ? 1 << number : 0);
}

struct oi_cdb oi_cdb_test_unit_ready(void)
{
    return cdb_of(OI_OP_TEST_UNIT_READY, SIX);
}

struct oi_cdb oi_cdb_request_sense(uint8_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_REQUEST_SENSE, SIX);

    c.bytes[4] = alloc_bytes;
    return c;
}

struct oi_cdb oi_cdb_inquiry(uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_INQUIRY, SIX);

    put_be16(&c.bytes[3], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_prevent_allow_removal(bool prevent)
{
    struct oi_cdb c = cdb_of(OI_OP_PREVENT_ALLOW_MEDIUM_REMOVAL, SIX);

    c.bytes[4] = bit(prevent, 0);
    return c;
}

struct oi_cdb oi_cdb_start_stop_unit(enum oi_start_stop action, bool immediate)
{
    struct oi_cdb c = cdb_of(OI_OP_START_STOP_UNIT, SIX);

    c.bytes[1] = bit(immediate, 0);
    /* LoEj is bit 1 and Start bit 0: the actions are numbered as the two bits together. */
    c.bytes[4] = (uint8_t)action & 0x03;
    return c;
}

struct oi_cdb oi_cdb_get_configuration(enum oi_configuration_request request,
                                       uint16_t first_feature, uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_GET_CONFIGURATION, TEN);

    c.bytes[1] = (uint8_t)request & 0x03;
    put_be16(&c.bytes[2], first_feature);
    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_get_event_status(uint8_t class_mask, uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_GET_EVENT_STATUS_NOTIFICATION, TEN);

    c.bytes[1] = 0x01; /* polled: drives refuse the asynchronous kind */
    c.bytes[4] = class_mask;
    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_mode_sense10(enum oi_page_control control, uint8_t page,
                                  bool block_descriptors, uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_MODE_SENSE10, TEN);

    c.bytes[1] = bit(!block_descriptors, 3);
    c.bytes[2] = (uint8_t)(((unsigned)control & 0x03) << 6 | (page & 0x3f));
    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_mode_select10(bool save, uint16_t list_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_MODE_SELECT10, TEN);

    c.bytes[1] = (uint8_t)(0x10 | bit(save, 0)); /* PF: the pages have the standard's format */
    put_be16(&c.bytes[7], list_bytes);
    return c;
}

struct oi_cdb oi_cdb_read_capacity(void)
{
    return cdb_of(OI_OP_READ_CAPACITY, TEN);
}

struct oi_cdb oi_cdb_read_format_capacities(uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_READ_FORMAT_CAPACITIES, TEN);

    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_read_disc_information(uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_READ_DISC_INFORMATION, TEN);

    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_read_track_information(enum oi_track_address type, uint32_t address,
                                            uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_READ_TRACK_INFORMATION, TEN);

    c.bytes[1] = (uint8_t)type & 0x03;
    put_be32(&c.bytes[2], address);
    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_read_toc(uint8_t format, bool msf, uint8_t first, uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_READ_TOC_PMA_ATIP, TEN);

    c.bytes[1] = bit(msf, 1);
    c.bytes[2] = format & 0x0f;
    c.bytes[6] = first;
    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_read_disc_structure(enum oi_structure_media media, uint32_t address,
                                         uint8_t layer, uint8_t format, uint8_t agid,
                                         uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_READ_DISC_STRUCTURE, TWELVE);

    c.bytes[1] = (uint8_t)media & 0x0f;
    put_be32(&c.bytes[2], address);
    c.bytes[6] = layer;
    c.bytes[7] = format;
    put_be16(&c.bytes[8], alloc_bytes);
    c.bytes[10] = (uint8_t)((agid & 0x03) << 6);
    return c;
}

struct oi_cdb oi_cdb_send_disc_structure(uint8_t format, uint16_t list_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_SEND_DISC_STRUCTURE, TWELVE);

    c.bytes[7] = format;
    put_be16(&c.bytes[8], list_bytes);
    return c;
}

static struct oi_cdb transfer10(uint8_t opcode, int32_t lba, uint16_t blocks)
{
    struct oi_cdb c = cdb_of(opcode, TEN);

    put_be32(&c.bytes[2], (uint32_t)lba); /* two's complement: LBA -150 is FFFFFF6Ah */
    put_be16(&c.bytes[7], blocks);
    return c;
}

static struct oi_cdb transfer12(uint8_t opcode, int32_t lba, uint32_t blocks, bool streaming)
{
    struct oi_cdb c = cdb_of(opcode, TWELVE);

    put_be32(&c.bytes[2], (uint32_t)lba);
    put_be32(&c.bytes[6], blocks);
    c.bytes[10] = bit(streaming, 7);
    return c;
}

struct oi_cdb oi_cdb_read10(int32_t lba, uint16_t blocks)
{
    return transfer10(OI_OP_READ10, lba, blocks);
}

struct oi_cdb oi_cdb_read12(int32_t lba, uint32_t blocks, bool streaming)
{
    return transfer12(OI_OP_READ12, lba, blocks, streaming);
}

struct oi_cdb oi_cdb_write10(int32_t lba, uint16_t blocks)
{
    return transfer10(OI_OP_WRITE10, lba, blocks);
}

struct oi_cdb oi_cdb_write12(int32_t lba, uint32_t blocks, bool streaming)
{
    return transfer12(OI_OP_WRITE12, lba, blocks, streaming);
}

struct oi_cdb oi_cdb_synchronize_cache(bool immediate)
{
    struct oi_cdb c = cdb_of(OI_OP_SYNCHRONIZE_CACHE, TEN);

    c.bytes[1] = bit(immediate, 1);
    return c;
}

struct oi_cdb oi_cdb_read_buffer_capacity(bool in_blocks, uint16_t alloc_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_READ_BUFFER_CAPACITY, TEN);

    c.bytes[1] = bit(in_blocks, 0);
    put_be16(&c.bytes[7], alloc_bytes);
    return c;
}

struct oi_cdb oi_cdb_set_cd_speed(bool constant_rotation, uint16_t read_kbps, uint16_t write_kbps)
{
    struct oi_cdb c = cdb_of(OI_OP_SET_CD_SPEED, TWELVE);

    c.bytes[1] = bit(constant_rotation, 0);
    put_be16(&c.bytes[2], read_kbps);
    put_be16(&c.bytes[4], write_kbps);
    return c;
}

struct oi_cdb oi_cdb_set_streaming(uint16_t list_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_SET_STREAMING, TWELVE);

    put_be16(&c.bytes[9], list_bytes);
    return c;
}

struct oi_cdb oi_cdb_get_performance(uint8_t type, uint8_t data_type, uint32_t start_lba,
                                     uint16_t descriptors)
{
    struct oi_cdb c = cdb_of(OI_OP_GET_PERFORMANCE, TWELVE);

    c.bytes[1] = data_type;
    put_be32(&c.bytes[2], start_lba);
    put_be16(&c.bytes[8], descriptors);
    c.bytes[10] = type;
    return c;
}

struct oi_cdb oi_cdb_send_opc(bool perform, uint16_t list_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_SEND_OPC_INFORMATION, TEN);

    c.bytes[1] = bit(perform, 0);
    put_be16(&c.bytes[7], list_bytes);
    return c;
}

struct oi_cdb oi_cdb_reserve_track(uint32_t blocks)
{
    struct oi_cdb c = cdb_of(OI_OP_RESERVE_TRACK, TEN);

    put_be32(&c.bytes[5], blocks);
    return c;
}

struct oi_cdb oi_cdb_send_cue_sheet(uint32_t list_bytes)
{
    struct oi_cdb c = cdb_of(OI_OP_SEND_CUE_SHEET, TEN);

    put_be24(&c.bytes[6], list_bytes);
    return c;
}

struct oi_cdb oi_cdb_format_unit(void)
{
    struct oi_cdb c = cdb_of(OI_OP_FORMAT_UNIT, SIX);

    c.bytes[1] = 0x11; /* a parameter list follows, format code 1: the only one MMC allows */
    return c;
}

struct oi_cdb oi_cdb_close_track_session(enum oi_close_function function, uint16_t number,
                                         bool immediate)
{
    struct oi_cdb c = cdb_of(OI_OP_CLOSE_TRACK_SESSION, TEN);

    c.bytes[1] = bit(immediate, 0);
    c.bytes[2] = (uint8_t)function & 0x07;
    put_be16(&c.bytes[4], number);
    return c;
}

struct oi_cdb oi_cdb_blank(enum oi_blanking blanking, uint32_t address, bool immediate)
{
    struct oi_cdb c = cdb_of(OI_OP_BLANK, TWELVE);

    c.bytes[1] = (uint8_t)(bit(immediate, 4) | ((uint8_t)blanking & 0x07));
    put_be32(&c.bytes[2], address);
    return c;
}

void oi_format_list(uint8_t list[OI_FORMAT_LIST_BYTES], uint32_t blocks, uint8_t type,
                    uint8_t subtype, uint32_t parameter, bool immediate)
{
    memset(list, 0, OI_FORMAT_LIST_BYTES);
    list[1] = bit(immediate, 1);
    put_be16(&list[2], 8); /* length of the one descriptor */
    put_be32(&list[4], blocks);
    list[8] = (uint8_t)((type & 0x3f) << 2 | (subtype & 0x03));
    put_be24(&list[9], parameter);
}
