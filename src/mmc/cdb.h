/* Command descriptor blocks, one builder per command: pure functions from numbers to bytes.
 * Who uses it: whoever issues commands (engine, recorder class).
 * Layouts are MMC-6's, SPC-3's for the primary commands; a value too wide for its field is masked.
 * alloc_bytes is the most the drive may send, list_bytes what the host will send.
 * What it must not know: transports, replies, the emulator (which must never use it). */
#ifndef OI_MMC_CDB_H
#define OI_MMC_CDB_H

#include <stdbool.h>
#include <stdint.h>
#include "scsi.h"

enum { OI_CDB_MAX = 16 };

/* bytes beyond len are zero. */
struct oi_cdb {
    uint8_t bytes[OI_CDB_MAX];
    uint8_t len;
};

/* The drive itself. */
struct oi_cdb oi_cdb_test_unit_ready(void);
struct oi_cdb oi_cdb_request_sense(uint8_t alloc_bytes); /* asks for fixed format */
struct oi_cdb oi_cdb_inquiry(uint16_t alloc_bytes);      /* standard data, no vital product page */
struct oi_cdb oi_cdb_prevent_allow_removal(bool prevent);

enum oi_start_stop { OI_UNIT_STOP, OI_UNIT_START, OI_UNIT_EJECT, OI_UNIT_LOAD };
struct oi_cdb oi_cdb_start_stop_unit(enum oi_start_stop action, bool immediate);

/* MMC-6, "GET CONFIGURATION RT field". */
enum oi_configuration_request {
    OI_CONFIGURATION_ALL = 0,
    OI_CONFIGURATION_CURRENT = 1,
    OI_CONFIGURATION_ONE = 2, /* the feature named, or only the header */
};
struct oi_cdb oi_cdb_get_configuration(enum oi_configuration_request request,
                                       uint16_t first_feature, uint16_t alloc_bytes);
/* Polled; bit n of class_mask asks for class n (4 is media, 6 device busy). */
struct oi_cdb oi_cdb_get_event_status(uint8_t class_mask, uint16_t alloc_bytes);

/* SPC-3, "Page control (PC) field"; the same numbers as IMAPI_MODE_PAGE_REQUEST_TYPE. */
enum oi_page_control {
    OI_PAGE_CURRENT = 0,
    OI_PAGE_CHANGEABLE = 1,
    OI_PAGE_DEFAULT = 2,
    OI_PAGE_SAVED = 3,
};
enum { OI_PAGE_ALL = 0x3f };
struct oi_cdb oi_cdb_mode_sense10(enum oi_page_control control, uint8_t page,
                                  bool block_descriptors, uint16_t alloc_bytes);
struct oi_cdb oi_cdb_mode_select10(bool save, uint16_t list_bytes);

/* What is in it. */
struct oi_cdb oi_cdb_read_capacity(void);
struct oi_cdb oi_cdb_read_format_capacities(uint16_t alloc_bytes);
struct oi_cdb oi_cdb_read_disc_information(uint16_t alloc_bytes);

/* MMC-6, "Address/Number Type field". Track FFh is the invisible or incomplete one. */
enum oi_track_address { OI_BY_LBA = 0, OI_BY_TRACK = 1, OI_BY_SESSION = 2 };
struct oi_cdb oi_cdb_read_track_information(enum oi_track_address type, uint32_t address,
                                            uint16_t alloc_bytes);
/* format: 0 TOC, 1 sessions, 2 full TOC, 3 PMA, 4 ATIP, 5 CD-Text. */
struct oi_cdb oi_cdb_read_toc(uint8_t format, bool msf, uint8_t first, uint16_t alloc_bytes);

enum oi_structure_media { OI_STRUCTURE_DVD = 0, OI_STRUCTURE_BD = 1 };
struct oi_cdb oi_cdb_read_disc_structure(enum oi_structure_media media, uint32_t address,
                                         uint8_t layer, uint8_t format, uint8_t agid,
                                         uint16_t alloc_bytes);
struct oi_cdb oi_cdb_send_disc_structure(uint8_t format, uint16_t list_bytes);

/* Reading and writing. lba goes out as two's complement (a CD pre-gap is negative); 0 blocks moves
 * nothing. streaming sets byte 10 bit 7 (FUA stays 0, the standard forbids both). */
struct oi_cdb oi_cdb_read10(int32_t lba, uint16_t blocks);
struct oi_cdb oi_cdb_read12(int32_t lba, uint32_t blocks, bool streaming);
struct oi_cdb oi_cdb_write10(int32_t lba, uint16_t blocks);
struct oi_cdb oi_cdb_write12(int32_t lba, uint32_t blocks, bool streaming);
struct oi_cdb oi_cdb_synchronize_cache(bool immediate);
struct oi_cdb oi_cdb_read_buffer_capacity(bool in_blocks, uint16_t alloc_bytes);

/* Speed. */
struct oi_cdb oi_cdb_set_cd_speed(bool constant_rotation, uint16_t read_kbps, uint16_t write_kbps);
struct oi_cdb oi_cdb_set_streaming(uint16_t list_bytes); /* 28: one performance descriptor */
/* type 0 performance, 3 write speed descriptors; data_type is byte 1, 10h for the nominal values.
 */
struct oi_cdb oi_cdb_get_performance(uint8_t type, uint8_t data_type, uint32_t start_lba,
                                     uint16_t descriptors);

/* Preparing and closing. */
struct oi_cdb oi_cdb_send_opc(bool perform, uint16_t list_bytes); /* perform with list_bytes 0 */
struct oi_cdb oi_cdb_reserve_track(uint32_t blocks);
struct oi_cdb oi_cdb_send_cue_sheet(uint32_t list_bytes);
struct oi_cdb oi_cdb_format_unit(void); /* with a list of 12 bytes, see oi_format_list */

/* MMC-6, "Close function definitions". */
enum oi_close_function {
    OI_CLOSE_STOP_BACKGROUND_FORMAT = 0,
    OI_CLOSE_TRACK = 1,
    OI_CLOSE_SESSION = 2,
    OI_CLOSE_FINALIZE_MINIMUM = 5, /* DVD+R (DL): with the smallest radius */
    OI_CLOSE_FINALIZE = 6,
};
struct oi_cdb oi_cdb_close_track_session(enum oi_close_function function, uint16_t number,
                                         bool immediate);

/* MMC-6, "Blanking types". */
enum oi_blanking {
    OI_BLANK_DISC = 0,
    OI_BLANK_MINIMAL = 1,
    OI_BLANK_TRACK = 2,
    OI_BLANK_UNRESERVE_TRACK = 3,
    OI_BLANK_TRACK_TAIL = 4,
    OI_BLANK_UNCLOSE_SESSION = 5,
    OI_BLANK_SESSION = 6,
};
struct oi_cdb oi_cdb_blank(enum oi_blanking blanking, uint32_t address, bool immediate);

/* The parameter list of FORMAT UNIT with format code 1 (MMC-6, "Format Unit parameter list"):
 * header and one descriptor. type and subtype are 6 and 2 bits, parameter 24. */
enum { OI_FORMAT_LIST_BYTES = 12 };
void oi_format_list(uint8_t list[OI_FORMAT_LIST_BYTES], uint32_t blocks, uint8_t type,
                    uint8_t subtype, uint32_t parameter, bool immediate);

#endif
