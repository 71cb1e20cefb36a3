/* The files a CD lies in, and its blocks in them.
 * Who uses it: the CD's reading and writing; cd_toc.c for CD-Text.
 * A disc of mode 1 tracks alone is a plain image; every other one is a .bin of 2352-byte sectors
 * with a .cue, and where sub-channel or CD-Text was written a .sub and a .cdt, beside it.
 * What it must not know: commands, which writes are allowed. */
#ifndef OI_EMULATOR_CD_IMAGE_H
#define OI_EMULATOR_CD_IMAGE_H

#include "drive.h"

/* Where a block may be read: GOOD and its track, else what a drive says. */
enum outcome cd_may_read(const struct disc *disc, int32_t lba, const struct cd_track **track);
/* All 2352 bytes of a readable block: what was kept and, with `whole`, what follows from it. */
enum oi_status cd_fetch(struct oi_emu *emu, const struct cd_track *track, int32_t lba, bool whole,
                        uint8_t sector[CD_RAW_BYTES]);
/* Its sub-channel, apart: as written, else as the drive makes it. */
enum oi_status cd_fetch_sub(struct oi_emu *emu, const struct cd_track *track, int32_t lba,
                            uint8_t apart[CD_SUB_BYTES]);

enum oi_status cd_put_sub(struct oi_emu *emu, int32_t lba, const uint8_t *apart, uint32_t blocks);
/* Packs behind those that are there. */
enum oi_status cd_put_text(struct oi_emu *emu, const uint8_t *packs, uint32_t count);
/* malloc'ed; what of the packs is there. */
enum oi_status cd_get_text(struct oi_emu *emu, uint8_t **packs, uint32_t *count);

enum outcome cd_toc(struct oi_emu *emu, struct request *rq); /* cd_toc.c */

/* Puts what is recorded into a new file of 2352-byte sectors. */
enum oi_status cd_fill_sectors(struct oi_emu *emu, struct oi_file *to);
enum oi_status cd_publish(struct oi_emu *emu); /* .cue; .sub and .cdt on stable storage */
void cd_forget(struct oi_emu *emu);

#endif
