/* The sub-channel of a CD: eight channels P to W of 96 bits a block, as the host and files lay them
 * out, and the Q channel that tells where one is.
 * Who uses it: writing raw and with sub-channel, READ CD, CD-Text.
 * Woven: 96 bytes, each with one bit of every channel, P highest: as it goes over the cable. Apart:
 * 12 bytes of P, 12 of Q … 12 of W: as a .sub file holds it.
 * What it must not know: files, commands. */
#ifndef OI_EMULATOR_CD_SUBCHANNEL_H
#define OI_EMULATOR_CD_SUBCHANNEL_H

#include "cd.h"

void cd_sub_weave(const uint8_t apart[CD_SUB_BYTES], uint8_t woven[CD_SUB_BYTES]);
void cd_sub_part(const uint8_t woven[CD_SUB_BYTES], uint8_t apart[CD_SUB_BYTES]);

/* IEC 60908, "CRC": of CD-Text packs as of Q. */
bool cd_q_is_right(const uint8_t q[CD_Q_BYTES]);
uint16_t cd_crc(const uint8_t *data, uint32_t size);

/* The Q that the drive records, or would, for this block of the program area; true in a pause,
 * where P is set. */
bool cd_make_q(const struct cd *cd, int32_t lba, uint8_t q[CD_Q_BYTES]);

/* Four packs of 18 bytes out of the R to W channels of a lead-in block. */
void cd_text_packs(const uint8_t woven[CD_SUB_BYTES], uint8_t packs[4 * CD_TEXT_PACK_BYTES]);

#endif
