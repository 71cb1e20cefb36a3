/* NAME.trace: what was asked of the drive in its last run and what came of it, a line a command.
 * Who uses it: emulator.c, once for every command; faults_act.c for what a script did.
 * A run is from opening the drive to closing it, and begins to be written with the first command
 * that changes something: asking what is in the drive does not wipe out the burn before.
 * trace.c makes the lines, trace_file.c keeps them. A trace that can't be written is given up.
 * What it must not know: how commands are carried out. */
#ifndef OI_EMULATOR_TRACE_H
#define OI_EMULATOR_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACE_BUFFER = 65536, TRACE_LINE_MAX = 1024 };

struct oi_emu;
struct oi_emu_command;
struct oi_emu_reply;
struct oi_file;
struct fault_rule;

struct trace {
    char *buffer; /* TRACE_BUFFER bytes, whole lines; NULL: no trace is kept */
    size_t used;
    char *path;
    struct oi_file *file; /* NULL: the run has not begun to be written */
    uint64_t size, head;  /* of the file; what of it stays, however long the run gets */
    uint64_t left_out;    /* bytes of the run that are not kept */
    uint64_t opened_us, written_us;
    uint64_t opened_s;    /* since 1970, by the host's clock */
    bool wanted;          /* something happened that the run is to be kept for */
    bool told;            /* a line of its own says already why this command failed */
    uint64_t told_writes; /* drive_statistics().writes + refused, when they were told last */
    /* What the drive was like after the last command. */
    bool tray_open;
    uint8_t presence;
    uint32_t loads;
};

/* trace.c */
void trace_open(struct oi_emu *emu);
void trace_close(struct oi_emu *emu);
void trace_command(struct oi_emu *emu, const struct oi_emu_command *command,
                   const struct oi_emu_reply *reply, uint64_t begun_us);
void trace_fault(struct oi_emu *emu, const struct fault_rule *rule);
/* A line about something that is no command. */
#ifdef __GNUC__
__attribute__((format(printf, 2, 3)))
#endif
void trace_event(struct oi_emu *emu, const char *format, ...);

/* trace_file.c */
/* Makes room for one more line of at most TRACE_LINE_MAX bytes. */
void trace_make_room(struct trace *trace);
/* Begins to write the run, header first. */
void trace_begin_file(struct trace *trace, const char *header, size_t size);
void trace_flush(struct trace *trace);
void trace_give_up(struct trace *trace);

#endif
