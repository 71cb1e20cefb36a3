/* The 2352 bytes of a CD sector: sync, header, sub-header, data, EDC and ECC.
 * Who uses it: writing and reading CDs. ECMA-130 tells of mode 1, the XA specification of mode 2.
 * What it must not know: discs, files. */
#ifndef OI_EMULATOR_CD_SECTOR_H
#define OI_EMULATOR_CD_SECTOR_H

#include <stdbool.h>
#include <stdint.h>

enum {
    CD_SECTOR_BYTES = 2352,
    CD_HEADER_AT = 12,
    CD_SUBHEADER_AT = 16,
    CD_MODE_1_DATA_AT = 16,
    CD_XA_DATA_AT = 24,
    CD_MODE_1_EDC_AT = 2064,
    CD_XA_FORM_1_EDC_AT = 2072,
    CD_XA_FORM_2_EDC_AT = 2348,
    CD_SUBMODE_FORM_2 = 0x20,
};

/* Around user data at its place: everything else of the sector. */
void cd_sector_mode_1(uint8_t sector[CD_SECTOR_BYTES], int32_t lba);
void cd_sector_mode_2(uint8_t sector[CD_SECTOR_BYTES], int32_t lba);
/* The sub-header is in its place too, and tells the form. */
void cd_sector_xa(uint8_t sector[CD_SECTOR_BYTES], int32_t lba);

bool cd_sector_is_form_2(const uint8_t sector[CD_SECTOR_BYTES]);
bool cd_sector_has_sync(const uint8_t sector[CD_SECTOR_BYTES]);
/* Whether the header is that of this address. */
bool cd_sector_is_at(const uint8_t sector[CD_SECTOR_BYTES], int32_t lba);
/* ECMA-130, annex B: scrambles what is plain and the other way round. */
void cd_sector_scramble(uint8_t sector[CD_SECTOR_BYTES]);

#endif
