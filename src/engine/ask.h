/* What the drive is asked between two WRITEs when one of them did not go well.
 * Who uses it: write_loop.c, recovery.c; the writer's thread only.
 * Every question ends early when the section is cancelled; an answer that does not come, or makes
 * no sense, is no error: it is not known then.
 * What it must not know: what follows from the answers. */
#ifndef OI_ENGINE_ASK_H
#define OI_ENGINE_ASK_H

#include "running.h"

/* What any answer may tell by the way. A drive tells it only once, so it is gathered until somebody
 * has acted on it. */
struct oi_news {
    bool reset;            /* power on or reset: the buffer is lost */
    bool another_disc;     /* or none: what was written is out of reach */
    bool lost_write;       /* an earlier WRITE failed; */
    struct oi_sense loss;  /* the first deferred error that says so */
    enum oi_status silent; /* OI_OK; else it left a question without answer, and how */
};

/* The sense of the last command, when it came without. */
struct oi_sense oi_ask_sense(struct oi_running *running, struct oi_news *news);

/* Waits until the drive is ready, budget_us at the most. */
bool oi_ask_ready(struct oi_running *running, uint64_t budget_us, struct oi_news *news);

/* The next writable address of the track that holds this LBA. False: not known. */
bool oi_ask_next_writable(struct oi_running *running, int32_t lba, int32_t *next,
                          struct oi_news *news);

/* Bytes of the drive's buffer; 0: not known. Some drives lose data when they are asked this before
 * their buffer was full for the first time: not before MORE_THAN_ANY_BUFFER bytes were accepted. */
enum { OI_MORE_THAN_ANY_BUFFER = 16 << 20 };
uint32_t oi_ask_buffer_bytes(struct oi_running *running, struct oi_news *news);

void oi_ask_start_unit(struct oi_running *running, struct oi_news *news);
void oi_ask_synchronize(struct oi_running *running, struct oi_news *news);

#endif
