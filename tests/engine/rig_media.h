/* The discs and ways to write them that the engine is tried on: one row each, with what a client
 * does before it calls WriteSection.
 * Who uses it: rig.c, the matrix and the schedules.
 * What it must not know: faults, verdicts. */
#ifndef OI_TESTS_ENGINE_RIG_MEDIA_H
#define OI_TESTS_ENGINE_RIG_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

struct rig_drive;

/* WRITEs of a section that the drive does not make longer: the last one has 5 blocks, so that it
 * ends within a write unit. */
enum { RIG_WHOLE_COMMANDS = 48, RIG_LAST_BLOCKS = 5 };

struct rig_medium {
    const char *name;
    const char *definition; /* lines of the drive's definition file */
    const char *pace;       /* one more for a drive that takes its time */
    const char *image;      /* suffix of the file that holds the sectors, */
    uint32_t image_bytes;   /* each of so many bytes: the first ones of a block */
    uint16_t profile;
    int32_t start_lba;
    uint32_t block_bytes, per_command;
    int32_t starting_speed; /* blocks per second when paced */
    bool random;            /* written anywhere, again and again */
    bool (*prepare)(struct rig_drive *drive);
    /* What belongs to a block besides its data, which is there already; NULL: nothing. */
    void (*finish_block)(uint8_t *block, int32_t lba);
};

extern const struct rig_medium rig_media[];
extern const uint32_t rig_media_count;

uint32_t rig_blocks(const struct rig_medium *medium);
/* The source's bytes for this medium's section: made once, owned by this file, any thread after
 * the first call; NULL: out of memory. */
const uint8_t *rig_source_data(const struct rig_medium *medium);
void rig_media_forget(void); /* frees what the above has made */

#endif
