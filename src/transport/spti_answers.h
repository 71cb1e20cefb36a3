/* What the storage drivers of Windows answer, read: transfer limits and who the drive is.
 * Who uses it: spti.c. Pure, and built everywhere, so that sanitizers and fuzzers see it: the
 *   answers come as bytes, little-endian, with the length that really came. Lengths and offsets in
 *   them are not believed.
 * What it must not know: handles, how the answers were asked for. */
#ifndef OI_TRANSPORT_SPTI_ANSWERS_H
#define OI_TRANSPORT_SPTI_ANSWERS_H

#include "transport.h"

enum { SPTI_PAGE_BYTES = 4096, SPTI_TRANSFER_MIN = 65536, SPTI_TRANSFER_MAX = 1 << 20 };

/* What every adapter takes: 64 KiB, page aligned. */
void spti_limits_default(struct oi_transfer_limits *limits);

/* From a STORAGE_ADAPTER_DESCRIPTOR, or an IO_SCSI_CAPABILITIES. False, and the default, when the
 * answer is too short to tell. A length that can't be is taken as 64 KiB and more than 1 MiB as
 * 1 MiB; no pages as no limit; a mask that is none as that of a page. */
bool spti_limits_of_adapter(const uint8_t *descriptor, size_t len,
                            struct oi_transfer_limits *limits);
bool spti_limits_of_capabilities(const uint8_t *capabilities, size_t len,
                                 struct oi_transfer_limits *limits);

/* After a transfer of so many bytes was too much for the system: half of the limits, but no less
 * than 32 KiB, unless the transfer was so small that it can't have been the limit's fault. */
void spti_limits_halve(struct oi_transfer_limits *limits, uint32_t refused_bytes);

/* From a STORAGE_DEVICE_DESCRIPTOR. False when it names neither vendor nor product. */
bool spti_identity_of_device(const uint8_t *descriptor, size_t len,
                             struct oi_device_identity *identity);
/* Peripheral device type (SPC-3, "Standard INQUIRY data"), -1 when the descriptor is too short. */
int spti_type_of_device(const uint8_t *descriptor, size_t len);

/* The INQUIRY data of a SCSI address in what IOCTL_SCSI_GET_INQUIRY_DATA answers, which is about
 * all devices of the adapter (SCSI_ADAPTER_BUS_INFO). NULL when it is not there whole. */
struct spti_address {
    uint8_t path, target, lun;
};
const uint8_t *spti_inquiry_of_bus(const uint8_t *info, size_t len,
                                   const struct spti_address *address, size_t *inquiry_len);

#endif
