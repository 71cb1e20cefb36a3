/* Words for SCSI statuses, sense keys and additional sense codes, as SAM-3, SPC-3 and the MMC-6
 * annex mean them. Who uses it: mmc and the classes for messages, the emulator for its trace.
 * Pure; what is returned is static and constant.
 * What it must not know: how sense data is laid out, what to do about an error. */
#ifndef OI_NAMES_SENSE_WORDS_H
#define OI_NAMES_SENSE_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* "medium error, write error" style words for key, ASC and ASCQ. Never empty: a code that is not
 * known is called so. Always NUL-terminated within size (size 0: nothing is written). */
void oi_code_words(uint8_t key, uint8_t asc, uint8_t ascq, char *text, size_t size);

/* What a drive said that ended a command with a status other than CHECK CONDITION: "the drive is
 * busy (SCSI status BUSY)". A status that is not known is told by its number. Terminated as above.
 */
void oi_scsi_status_words(uint8_t status, char *text, size_t size);

#endif
