/* Big-endian fields of CDBs and replies.
 * Who uses it: the emulator's files only. It has its own helpers so that a wrong byte order in the
 * command builders' can't agree with itself here.
 * What it must not know: which field means what. */
#ifndef OI_EMULATOR_WIRE_H
#define OI_EMULATOR_WIRE_H

#include <stdint.h>

static inline uint16_t be16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t be24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t be32(const uint8_t *p)
{
    return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static inline void set16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void set24(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 16);
    set16(p + 1, value);
}

static inline void set32(uint8_t *p, uint32_t value)
{
    set16(p, value >> 16);
    set16(p + 2, value);
}

#endif
