#!/usr/bin/env python3
"""usage: tests/fuzz/make_seeds.py TARGET FOLDER

Writes what a fuzzer of that name starts from besides its corpus: for `commands` the way hosts burn
each medium of src/catalog/catalog.h, for the others nothing but their simplest forms.
"""
import re
import struct
import sys
from pathlib import Path

root = Path(__file__).resolve().parents[2]
catalog = (root / "src/catalog/catalog.h").read_text()
media_part, personalities_part = catalog.split("#define OI_CATALOG_PERSONALITIES")
media = re.findall(r'X\("([^"]+)"', media_part)
personalities = re.findall(r'X\("([^"]+)"', personalities_part)

NO_DATA, IN, OUT, ACTION = 0, 1, 2, 3
AT_NEXT = 0x08
FITTING, GIVEN, AUDIO, RAW = 0, 4, 5, 6
WAIT, REOPEN, DIE, OTHER, LEAVE = range(5)
LEAD_IN = 8
READ_BACK, TRAY_OPEN, IMAGE, STATE, VIRTUAL, NO_TRACE = 1, 2, 4, 8, 16, 32


def scene(medium, personality=0, speed=0, transfer=0, tick=0, flags=READ_BACK, sectors=0):
    return struct.pack("<6BH", media.index(medium), personality, speed, transfer, tick, flags, sectors)


def state(*lines):
    text = "".join(line + "\n" for line in lines).encode()
    return struct.pack("<H", len(text)) + text


def natural(opcode):
    return (6, 10, 10, 16, 16, 12, 16, 16)[opcode >> 5]


def step(direction, *cdb, how=FITTING, given=0, next_address=False, data=b""):
    first = direction | how << 4 | (AT_NEXT if next_address else 0)
    cdb = bytes(cdb).ljust(natural(cdb[0]), b"\0")
    size = struct.pack("<H", given) if how == GIVEN else b""
    tail = bytes([len(data)]) + data if direction == OUT else b""
    return bytes([first]) + size + cdb + tail


def act(action, argument=0):
    return bytes([ACTION | action << 2, argument])


def be32(value):
    return (value & 0xFFFFFFFF).to_bytes(4, "big")


def be16(value):
    return value.to_bytes(2, "big")


def write(blocks, lba=None, value=0x5A, how=FITTING, opcode=0x2A):
    address = be32(0 if lba is None else lba)
    return step(OUT, opcode, 0, *address, 0, *be16(blocks), how=how, next_address=lba is None,
                data=bytes([value]))


def write_bytes(blocks, lba, each, value=0x5A):
    """Blocks of any size, as long as all of them are below 64 KiB."""
    return step(OUT, 0x2A, 0, *be32(lba), 0, *be16(blocks), how=GIVEN, given=blocks * each, data=bytes([value]))


def write12(blocks):
    return step(OUT, 0xAA, 0, *be32(0), *be32(blocks), 0x80, next_address=True, data=b"\x33")


def read(lba, blocks):
    return step(IN, 0x28, 0, *be32(lba), 0, *be16(blocks))


def sync(immediate=False):
    return step(NO_DATA, 0x35, 2 if immediate else 0)


def close(function, track=0, immediate=False):
    return step(NO_DATA, 0x5B, int(immediate), function, 0, *be16(track))


def reserve(blocks):
    return step(NO_DATA, 0x53, 0, 0, 0, 0, *be32(blocks))


def blank(kind, immediate=False, address=0):
    return step(NO_DATA, 0xA1, kind | (0x10 if immediate else 0), *be32(address))


def format_unit(kind, blocks, parameter=0, options=0x02):
    lines = bytes([0, options]) + be16(8) + be32(blocks) + bytes([kind << 2]) + be32(parameter)[1:]
    return step(OUT, 0x04, 0x11, data=lines)


def write_parameters(kind, track, block, link=0, packet=0, session=0, pause=150):
    page = bytearray(52)
    page[0:6] = [0x05, 0x32, kind, track, block, link]
    page[8] = session
    page[10:14] = be32(packet)
    page[14:16] = be16(pause)
    return step(OUT, 0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, data=bytes(8) + bytes(page))


def cue_sheet(*lines):
    sheet = b"".join(bytes(line) for line in lines)
    return step(OUT, 0x5D, 0, 0, 0, 0, 0, *be32(len(sheet))[1:], data=sheet)


def questions():
    asked = [step(NO_DATA, 0), step(IN, 0x12, 0, 0, 0, 36), step(IN, 0x03, 0, 0, 0, 18)]
    asked += [step(IN, 0x46, kind, 0, 0, 0, 0, 0, 2) for kind in (0, 1)]
    asked += [step(IN, 0x46, 2, 0, code, 0, 0, 0, 0, 64) for code in (0x10, 0x1E, 0x21, 0x2D, 0x2F, 0x40, 0x41)]
    asked += [step(IN, 0x51, kind, 0, 0, 0, 0, 0, 0, 34) for kind in (0, 1, 2)]
    asked += [step(IN, 0x52, kind, 0, 0, 0, 1, 0, 0, 48) for kind in (0, 1, 2)]
    asked += [step(IN, 0x43, msf, form, 0, 0, 0, 0, 4, 0) for form in range(6) for msf in (0, 2)]
    asked += [step(IN, 0x5A, 0, control << 6 | 0x3F, 0, 0, 0, 0, 2, 0) for control in range(4)]
    asked += [step(IN, 0xAD, 0, 0, 0, 0, 0, 0, form, 8, 4) for form in (0, 1, 3, 4, 0x0E, 0x11, 0x30, 0xFF)]
    asked += [step(IN, 0xAD, 1, 0, 0, 0, 0, 0, form, 16, 4) for form in (0, 8, 0x0A, 0x30, 0xFF)]
    asked += [step(IN, 0xAC, kind, 0, 0, 0, 0, 0, 0, 8, form) for kind in (0, 4, 0x10) for form in (0, 3)]
    asked += [step(IN, 0x23, 0, 0, 0, 0, 0, 0, 1), step(IN, 0x25), step(IN, 0x5C, 0, 0, 0, 0, 0, 0, 0, 12)]
    asked += [step(IN, 0x4A, 1, 0, 0, 0x52, 0, 0, 0, 8), step(IN, 0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8)]
    asked += [step(IN, 0xBE, 0, 0, 0, 0, 0, 0, 0, 2, 0xF8, how=AUDIO),
              step(IN, 0xBE, 0, 0, 0, 0, 0, 0, 0, 2, 0xF8, 1, how=RAW),
              step(IN, 0xBE, 0, 0, 0, 0, 0, 0, 0, 2, 0x10)]
    asked += [step(IN, 0xA4, *([0] * 9), 8, 8)]
    return b"".join(asked)


def speeds():
    stream = bytes(12) + be32(1385) + be32(1000) + be32(1385) + be32(1000)
    return step(NO_DATA, 0xBB, 0, 0xFF, 0xFF, 2, 0xC2) + step(OUT, 0xB6, *([0] * 9), 28, data=stream)


def tray():
    return (step(NO_DATA, 0x1E, 0, 0, 0, 1) + step(NO_DATA, 0x1B, 0, 0, 0, 2) + step(NO_DATA, 0x1E)
            + step(NO_DATA, 0x1B, 0, 0, 0, 2) + step(NO_DATA, 0) + step(NO_DATA, 0x1B, 0, 0, 0, 3)
            + step(NO_DATA, 0) + step(NO_DATA, 0x1B, 0, 0, 0, 1))


opc = step(NO_DATA, 0x54, 1)
two_sessions = (write(32) + write(5) + sync() + close(1, 1) + close(2) + act(REOPEN) + write(16)
                + sync(True) + act(WAIT, 24) + close(1, 2) + close(6) + read(0, 16) + write(16))
reserved = (reserve(100) + write(16) + write(16, 0) + sync() + close(1, 1) + close(2) + write(32)
            + act(DIE) + write(16) + close(2, immediate=True) + act(WAIT, 26) + step(NO_DATA, 0))
rewriting = (write(32, 0) + write(16, 64) + sync() + read(0, 32) + act(DIE) + write(32, 0, 0x11)
             + write(32, 0, opcode=0x2E) + write12(32) + close(0) + close(2) + act(REOPEN) + read(0, 32))

def pages(control=0):
    """Every page as it is, and pages that a drive refuses or rounds."""
    recovery = bytes([0x01, 0x0A, 0, 5] + [0] * 8)
    caching = bytes([0x08, 0x0A, 4] + [0] * 9)
    power = bytes([0x1A, 0x0A, 0, 3, 0, 0, 0, 100, 0, 0, 1, 0])
    timeout = bytes([0x1D, 0x08, 0, 0, 4, 0, 0, 60, 0, 60])
    asked = b""
    for page in (recovery, caching, power, timeout, recovery + caching, bytes([0x2A, 2, 0, 0]), bytes(4)):
        size = 8 + len(page)
        asked += step(OUT, 0x55, 0x10, 0, 0, 0, 0, 0, *be16(size), data=bytes(8) + page)
        asked += step(IN, 0x5A, 0, control << 6 | page[0], 0, 0, 0, 0, 0, 60)
    return asked + step(NO_DATA, 0x1B, 0, 0, 0, 0x30) + act(WAIT, 25) + step(IN, 0x4A, 1, 0, 0, 0x04, 0, 0, 0, 8)


def verify(lba, blocks, by_bytes=False, value=0x5A):
    if not by_bytes:
        return step(NO_DATA, 0x2F, 0, *be32(lba), 0, *be16(blocks))
    return step(OUT, 0x2F, 2, *be32(lba), 0, *be16(blocks), data=bytes([value]))


def msf(lba):
    frames = lba + 150 if lba >= -150 else lba + 450150
    return frames // 4500, frames // 75 % 60, frames % 75


def at_once(form, control, text=False, codes=False, pause=False):
    """A cue sheet of two tracks of 300 blocks, with all that one can hold."""
    lines = [(control << 4 | 1, 0, 0, 0x41 if text else form & 0x30 | 0x04 if form & 0x30 else 1, 0, 0, 0, 0)]
    if codes:
        lines += [(control << 4 | 2, *b"1234567"), (control << 4 | 2, *b"890123\0")]
        lines += [(control << 4 | 3, 1, *b"DEABC1"), (control << 4 | 3, 1, *b"234567")]
    lines += [(control << 4 | 1, 1, 0, form, 0, 0, 0, 0), (control << 4 | 1, 1, 1, form, 0, *msf(0))]
    lines += [(control << 4 | 1, 1, 2, form, 0, *msf(100))] if codes else []
    lines += [(control << 4 | 1, 2, 0, form, 0, *msf(300))] if pause else []
    lines += [(control << 4 | 1, 2, 1, form, 0, *msf(450 if pause else 300))]
    lines += [(control << 4 | 1, 0xAA, 1, form & 0x30 | 1 if not form & 0x30 else form, 0, *msf(900))]
    return cue_sheet(*lines)


def session_blocks(each):
    """The program area in as few commands as the harness has room for."""
    most = min(65535 // each, 107)
    burn, lba = b"", -150
    while lba < 900:
        blocks = min(most, 900 - lba)
        burn += write_bytes(blocks, lba, each)
        lba += blocks
    return burn + sync() + act(REOPEN) + read(0, 4) + step(IN, 0x43, 0, 5, 0, 0, 0, 0, 4, 0)


def lead_in_text():
    burn, lba = b"", -11634
    while lba < -150:
        blocks = min(682, -150 - lba)
        burn += write_bytes(blocks, lba, 96)
        lba += blocks
    return burn


def raw(value, tracks=2, each=2448, kind=3, more=False):
    blocks = 26
    burn = write_parameters(0x43, 0, kind) + act(LEAD_IN, value & 0xF8 | (4 if more else 0) | tracks - 1)
    for lba in range(-150, tracks * 300 + 40, blocks):
        burn += write_bytes(blocks, lba, each, value)
    return burn + sync() + close(2) + act(REOPEN) + read(0, 4)


def packets(fixed):
    burn = write_parameters(0x40, 0x25 if fixed else 0x04, 8, 7, 32 if fixed else 0)
    burn += reserve(3000) + write(32) + write(32 if fixed else 9) + sync()
    return burn + blank(4, address=32) + write(32) + blank(2, address=1) + write(32) + act(REOPEN) + close(1, 1)


by_family = {
    "cd": [
        write_parameters(0x41, 0xC4, 8) + two_sessions,
        write_parameters(0x41, 0x00, 0) + write(27, how=AUDIO) + sync() + close(1, 1) + close(2),
        write_parameters(0x42, 0xC4, 8) + cue_sheet(
            (0x41, 0, 0, 0x14, 0, 0, 0, 0), (0x41, 1, 0, 0x10, 0, 0, 0, 0),
            (0x41, 1, 1, 0x10, 0, 0, 2, 0), (0x41, 0xAA, 1, 0x14, 0, 0, 6, 0))
        + write(30, -150) + write(30, -120) + write(30, -90) + write(30, -60) + write(30, -30)
        + write(100, 0) + write(100, 100) + write(100, 200) + sync(),
        write_parameters(0x42, 0x00, 0) + cue_sheet(
            (0x01, 0, 0, 0x01, 0, 0, 0, 0), (0x01, 1, 0, 0, 0, 0, 0, 0), (0x01, 1, 1, 0, 0, 0, 2, 0),
            (0x01, 2, 1, 0, 0, 0, 6, 0), (0x01, 0xAA, 1, 1, 0, 0, 10, 0)) + write(25, -150, how=AUDIO),
        write_parameters(0x43, 0, 3) + write(25, -11635, how=RAW) + write(25, -11610, how=RAW),
        write_parameters(0x40, 0x25, 8, 7, 32) + reserve(3000) + write(32) + write(32) + sync() + close(2),
        *[write_parameters(0x41, 0xC4, kind) + write_bytes(each_blocks, 0, each) + sync() + read(0, 4)
          + step(IN, 0xBE, 0, 0, 0, 0, 0, 0, 0, 2, 0xF8, how=AUDIO) + act(REOPEN) + close(2)
          for kind, each, each_blocks in ((9, 2336, 20), (10, 2048, 20), (11, 2056, 20), (12, 2324, 20),
                                          (13, 2332, 20))],
        write_parameters(0x42, 0, 0) + at_once(0x00, 0, codes=True, pause=True) + session_blocks(2352),
        write_parameters(0x42, 0, 0) + at_once(0x40, 0) + session_blocks(2448),
        write_parameters(0xC2, 4, 8) + at_once(0x10, 4, codes=True) + session_blocks(2048) + two_sessions,
        write_parameters(0x42, 4, 8) + at_once(0x11, 4, pause=True) + session_blocks(2352),
        write_parameters(0x42, 4, 8) + at_once(0x30, 4) + session_blocks(2336),
        write_parameters(0x42, 4, 8) + at_once(0x31, 4) + session_blocks(2352),
        write_parameters(0x52, 0, 0) + at_once(0x00, 0, codes=True) + session_blocks(2352),
        write_parameters(0x51, 4, 8) + two_sessions,
        packets(True), packets(False), two_sessions + blank(6) + blank(5) + write(32) + blank(3, address=2),
        write_parameters(0x41, 0xC4, 8) + reserve(400) + reserve(400) + write(32) + sync() + write(16, 552)
        + blank(2, address=1) + blank(3, address=2) + close(1, 1) + close(1, 2) + close(2),
        write_parameters(0x41, 4, 8) + write(32) + write_parameters(0x41, 0, 0)
        + write(27, how=AUDIO) + sync() + write(27, how=AUDIO) + sync() + verify(0, 32) + verify(0, 4, True) + close(2),
        blank(0) + blank(1) + write_parameters(0x41, 0xC4, 8) + write(32) + sync() + close(2)
        + blank(6) + blank(4) + blank(5) + blank(1, True) + act(WAIT, 27) + write(32),
        reserved,
    ],
    "dvd-r": [
        write_parameters(0x62, 0x05, 8) + reserve(64) + write(32) + write(32) + sync() + close(1, 1) + close(2),
        write_parameters(0x41, 0x05, 8) + write(32) + sync() + close(1, 1) + close(2) + read(0, 32),
        write_parameters(0x60, 0xE5, 8, 16, 16) + two_sessions,
        write_parameters(0x42, 0x05, 8) + reserve(64) + write(32) + write(32) + sync() + act(REOPEN),
        write_parameters(0x60, 0xE5, 8, 16, 16) + reserved,
        blank(1) + blank(0) + format_unit(0x00, 2298496) + rewriting + format_unit(0x13, 0xFFFFFFFF),
        blank(0) + format_unit(0x15, 0, 16) + rewriting + blank(0, True) + act(WAIT, 27),
    ],
    "dvd+r": [two_sessions + pages(), two_sessions + verify(0, 32) + verify(0, 32, True) + close(1, 2) + close(6),
              two_sessions, reserved, opc + write12(32) + close(5)],
    "rewritable": [
        format_unit(0x26, 0xFFFFFFFF) + rewriting + format_unit(0x26, 0xFFFFFFFF, 1),
        format_unit(0x00, 2236704, 0, 0x82) + rewriting + format_unit(0x01, 2236704),
        format_unit(0x30, 11826176, 0, 0x82) + rewriting + format_unit(0x31, 12219392) + rewriting,
        format_unit(0x30, 11588608, 0, 0xB2) + rewriting + verify(0, 32) + verify(0, 32, True, 0x11),
        format_unit(0x31, 11826176, 0, 0x22) + rewriting + pages(),
        format_unit(0x00, 2295104, 0, 0x00) + rewriting + close(0, immediate=True) + act(WAIT, 27) + questions(),
    ],
    "bd-r": [
        format_unit(0x32, 0, 0, 0x12) + two_sessions + verify(0, 32), format_unit(0x32, 11826176, 1) + reserved,
        format_unit(0x00, 11826176, 3) + two_sessions + pages(), format_unit(0x32, 0, 2, 0x82) + two_sessions,
        two_sessions, reserved, format_unit(0x32, 0, 0, 0x82) + rewriting + two_sessions,
        format_unit(0x00, 11826176, 1, 0x82) + two_sessions, opc + write12(32) + write12(64) + close(2),
    ],
    "rom": [read(0, 16) + write(16, 0) + verify(0, 16), pages() + opc + blank(1) + format_unit(0, 1)],
}


# Slow ones, with thousands of blocks of lead-in: once, and on one medium.
with_lead_in = [
    write_parameters(0x42, 0, 0) + at_once(0x00, 0, text=True) + lead_in_text() + session_blocks(2352),
    raw(0x00) + pages(), raw(0x18, 3), raw(0x80), raw(0xA0, 1), raw(0xE9, 2), raw(0x92, 4),
    raw(0x80, 2, 2368, 1), raw(0x80, 1, more=True) + questions(),
    write_parameters(0x43, 0, 3) + act(LEAD_IN, 0x81) + write_bytes(26, -150, 2448, 0x80) + act(DIE)
    + questions() + blank(1) + write_parameters(0x41, 4, 8) + write(32),
]


def family(medium):
    if medium.endswith("-rom"):
        return "rom"
    if medium.startswith("cd"):
        return "cd"
    if medium.startswith(("dvd-r", "dvd-rw")) and medium != "dvd-ram":
        return "dvd-r"
    if medium.startswith("dvd+r") and not medium.startswith("dvd+rw"):
        return "dvd+r"
    return "bd-r" if medium.startswith("bd-r") and not medium.startswith("bd-re") else "rewritable"


CUES = [
    ('  TRACK 01 MODE1/2048', '    INDEX 01 00:00:00'),
    ('CATALOG 1234567890123', 'REM COMMENT one', 'REM SESSION 01', '  TRACK 01 AUDIO', '    ISRC DEABC1234567',
     '    FLAGS DCP PRE 4CH', '    INDEX 01 00:00:00', '    INDEX 02 00:00:05', '  TRACK 02 MODE1/2352',
     '    PREGAP 00:02:00', '    INDEX 01 00:00:10', '  REM LEAD-OUT 00:00:12', 'REM SESSION 02',
     '  TRACK 03 MODE2/2352', '    INDEX 00 00:00:12', '    INDEX 01 00:00:14'),
    ('  TRACK 01 MODE2/2352', '    INDEX 01 00:00:00', '  TRACK 02 AUDIO', '    INDEX 00 00:00:09',
     '    INDEX 01 00:00:11'),
    ('  TRACK 1 MODE1/2048', '    INDEX 01 99:99:99'), ('FILE "b.bin" WAVE',), ('  TRACK 02 AUDIO',),
]
HIDDEN = ("defect = 0 hidden", "defect = 1 hidden", "defect = 2 hidden")
DEFECTS = [
    ("bd-re", ("formatted = 12219392",) + HIDDEN),
    ("bd-re", ("formatted = 11826176", "spares = 12288 12287") + HIDDEN),
    ("bd-re", ("formatted = 11826176", "spares = 12288 1", "defect = 0 replaced") + HIDDEN[1:]),
    ("bd-re", ("formatted = 11826176", "spares = 12288 0", "defect = 0 replaced", "defect = 0 hidden")),
    ("dvd+rw", ("background = complete", "front = 2295104", "written = 64") + HIDDEN),
    ("dvd-ram", HIDDEN),
]


def commands():
    for number, burn in enumerate(with_lead_in):
        yield f"cd-rw-lead-in-{number}", scene("cd-rw") + burn
    yield "cd-r-lead-in-paced", scene("cd-r", speed=6, tick=3) + with_lead_in[1]
    for number, cue in enumerate(CUES):
        for medium in ("cd-rom", "bd-rom"):
            yield (f"{medium}-cue-{number}", scene(medium, flags=STATE, sectors=40) + state(*cue)
                   + read(0, 12) + questions() + step(IN, 0xBE, 0, 0, 0, 0, 12, 0, 0, 2, 0xF8, 1, how=RAW))
    for number, (medium, lines) in enumerate(DEFECTS):
        yield (f"{medium}-defects-{number}", scene(medium, flags=STATE, sectors=96) + state(*lines) + rewriting + verify(0, 96)
               + step(IN, 0xAD, 0, 0, 0, 0, 0, 0, 0x0A, 0, 16) + format_unit(0x01, 2236704)
               + format_unit(0x30, 11826176, 0, 0xA2) + rewriting)
    for medium in media:
        flags = READ_BACK | (IMAGE if medium.endswith("-rom") else 0)
        for number, burn in enumerate(by_family[family(medium)]):
            yield f"{medium}-{number}", scene(medium, flags=flags, sectors=64) + burn + questions()
            yield (f"{medium}-{number}-virtual",
                   scene(medium, speed=5, flags=VIRTUAL | (NO_TRACE if number % 2 else 0)) + burn + sync(True) + opc)
            yield f"{medium}-{number}-paced", scene(medium, speed=4, tick=3) + speeds() + burn
        for number in range(1, len(personalities)):
            burn = by_family[family(medium)][0]
            yield f"{medium}-{personalities[number]}", scene(medium, number, 4, number, 4) + burn
        yield f"{medium}-tray", scene(medium, flags=TRAY_OPEN) + tray() + questions()
        yield f"{medium}-two", scene(medium) + write(32) + act(OTHER) + questions() + write(32) + act(LEAVE)


def disc_state():
    yield from ((medium, f"{medium}\n".encode()) for medium in media)
    plus_r = "finalised = 0\ntrack = 1 closed 0 32 32 32\ntrack = 2 open 1056 2295104 1056 1056\n"
    yield "two-sessions", b"dvd+r\n" + plus_r.encode()
    for number, (medium, lines) in enumerate(DEFECTS):
        yield f"defects-{number}", "\n".join((medium, *lines, "")).encode()
    yield "unsettled", b"dvd+r\nfinalised = 0\ntrack = 1 open 0 2295104 16 32768\n"
    yield "reserved", b"dvd+r\nfinalised = 0\ntrack = 1 reserved 0 64 16 32\ntrack = 1 open 64 2295104 64 64\n"
    for background in ("none", "partial", "running", "complete"):
        front = 2295104 if background == "complete" else 0
        yield background, f"dvd+rw\nbackground = {background}\nfront = {front}\nwritten = 0\n".encode()


def definition():
    for name in media + ["none"]:
        yield name, f"medium = {name}\nimage = disc.iso\n".encode()
    for name in personalities:
        yield name, f"# a drive\nspeed = 2.4\ntransfer_kib = 32\npersonality = {name}\n".encode()


def fault_script():
    """The examples of the documentation, and a rule for each word of its tables."""
    document = root / "docs/fault-scripts.md"
    text = document.read_text() if document.exists() else ""
    rules = [line for block in re.findall(r"```\n(.*?)```", text, re.S) for line in block.splitlines()
             if ":" in line and "LBA" not in line]
    conditions = ["", "lba 16", "lba 0-31", "after 0.1%", "chance 50% seed 7", "times 2", "once"]
    faults = ["fail 3/0C/00", "fail 1/17/01, executed", "fail 5/63/00, at lba 7", "fail 4/44/00, no sense",
              "fail 3/0C/00, after 8 sectors", "fail 3/0C/00, deferred", "fail 2/04/08, descriptor",
              "fail 6/29/00, first 8 bytes of sense, fixed, no lba", "transfer 4096 bytes", "busy",
              "stall 500 ms", "stall 3 min", "timeout", "timeout, executed", "reset", "eject", "unplug",
              "power loss"]
    for number, fault in enumerate(faults):
        rules.append(f"{number + 1}th write {conditions[number % len(conditions)]}: {fault}")
        rules.append(f"every {number + 2}th any command: {fault}")
        rules.append(f"from 3rd read {conditions[number % len(conditions)]}: {fault}")
        rules.append(f"synchronize cache once: {fault}")
        rules.append(f"opcode 2Ah: {fault}")
    for number, rule in enumerate(rules):
        yield f"rule-{number}", f"# one\n{rule}\n".encode()
        yield f"two-{number}", f"{rule}\n{rules[(number * 7 + 1) % len(rules)]}\n".encode()


def replies():
    """The shortest replies, and lengths that are larger than what there is of them. What a recorder
    answers is in the corpus already: the program reply_seeds writes it."""
    CLI = 0x80
    short = {0: bytes([5, 0x80, 5, 0x32, 31]),
             1: be32(359844) + be32(2048), 2: be16(0xFFFF) + bytes(10), 3: be16(0xFFFF) + bytes(26),
             4: bytes([0, 0, 0, 0xFF]) + be32(2295104) + bytes([2, 0, 8, 0]) + be32(1) + bytes(4),
             5: be16(0xFFFF) + bytes(10), 6: be32(0xFFFFFFFF) + be32(9) + be32(0x03FF),
             7: be16(0xFFFF) + bytes(6) + bytes([0x05, 0xFF]) + bytes(50),
             8: bytes([0xF0, 0, 3, 0, 0, 1, 0, 10])}
    pages = be16(30) + bytes(4) + be16(8) + bytes(8) + bytes([0xC5, 1, 0, 2, 1, 2, 0x88, 2, 4, 0])
    descriptors = bytes([0x73, 3, 0x0C, 9, 0, 0, 0, 20, 0, 10, 0x80, 0]) + bytes(8) + bytes([2, 6, 0, 0, 0x80, 1, 2, 0])
    for number, reply in short.items():
        yield f"short-{number}", bytes([number]) + reply
        yield f"too-short-{number}", bytes([number]) + reply[:-1]
    for number, reply in enumerate((short[2], short[3], short[1], short[4])):
        yield f"cli-{number}", bytes([CLI + number]) + reply
        yield f"cli-too-short-{number}", bytes([CLI + number]) + reply[:-1]
    yield "block-descriptor-and-subpage", b"\x07" + pages
    yield "descriptors", b"\x08" + descriptors


def engine():
    """A section on each kind of disc whose third WRITE ends in each way that the engine has a rule for."""
    HONEST, SENSE, ANY_SENSE, STATUS, SILENCE, REPLY, NOT_DONE, LATE = range(8)
    STREAMING, CLIENT_READS, FOR_EVER, FAILS, SHORT, SLOW = 1, 2, 4, 8, 16, 32
    DEFERRED, DONE, AT_BLOCK = 0x01, 0x40, 0x80
    senses = [(0, 0, 0), (1, 0x17, 1), (2, 4, 8), (2, 4, 7), (2, 4, 4), (2, 4, 1), (2, 4, 0), (2, 4, 2), (2, 0x3A, 0),
              (3, 0x0C, 0), (3, 0x0C, 9), (4, 8, 0), (5, 0x20, 0), (5, 0x24, 0), (5, 0x26, 0), (5, 0x21, 2),
              (5, 0x2C, 0), (6, 0x28, 0), (6, 0x29, 0), (6, 0x2A, 0), (7, 0x27, 0), (0x0B, 0, 0)]
    answers = [bytes([SENSE, how, *sense]) for sense in senses for how in (0, DONE, DEFERRED, AT_BLOCK | 8 | DEFERRED)]
    answers += [bytes([STATUS, status]) for status in (0x08, 0x18, 0x28, 0x40)]
    answers += [bytes([SILENCE, how]) for how in (0, 0x80, 1, 2, 3)]
    answers += [bytes([REPLY, 33]), bytes([NOT_DONE]), bytes([LATE, 255, 255]),
                bytes([ANY_SENSE, 8, 0x72, 2, 4, 8, 0, 0, 0, 0]), bytes([ANY_SENSE, 0]), bytes([ANY_SENSE, 0x80])]
    reply = bytes([REPLY, 36, 0, 34]) + bytes(5) + b"\1" + bytes(4) + be32(48) + bytes(20)
    for number, answer in enumerate(answers):
        for flags in (0, FOR_EVER):
            profile = (number * 2 + (flags > 0)) % 9
            scene = bytes([profile, 63, 15, flags | number % 4 | SLOW, number % 8, 1, 0, 0])
            yield f"end-{number}-{flags}", scene + bytes([HONEST, HONEST]) + answer
        yield f"then-{number}", bytes([number % 9, 40, 15, SLOW, 0, 0, 0, 0]) + bytes([HONEST]) + answer + bytes([HONEST]) + reply
    for cancel in range(1, 8):
        yield f"cancel-{cancel}", bytes([cancel, 63, 15, cancel % 4, 0, 0, 0, cancel])
        yield f"short-{cancel}", bytes([cancel, 63, 15, SHORT | FAILS * (cancel % 2), 0, cancel * 9, 0, 0])


def storage():
    """What the storage driver of an ordinary drive answers, and the same with a byte missing."""
    le32 = lambda n: struct.pack("<I", n)
    adapter = le32(32) + le32(32) + le32(131072) + le32(17) + le32(1) + bytes([0, 0, 0, 0, 11, 0, 0, 0]) + bytes(4)
    capabilities = le32(24) + le32(32768) + le32(8) + le32(0) + le32(4096) + bytes(4)
    names = b"VENDOR  \0PRODUCT         \0" + b"1.00\0"
    device = le32(40) + le32(40 + len(names)) + bytes([5, 0, 1, 0]) + le32(40) + le32(49) + le32(66) + le32(0) + le32(7) + bytes(8) + names
    inquiry = bytes([5, 0x80, 5, 0x32, 31, 0, 0, 0]) + b"VENDOR  PRODUCT         1.00"
    bus = bytes([1, 0, 0, 0]) + le32(1) + le32(20) + bytes([0, 0, 0, 1]) + le32(len(inquiry)) + le32(0) + inquiry
    for number, answer in enumerate((adapter, capabilities, device, bus)):
        yield f"answer-{number}", bytes([number]) + answer
        yield f"too-short-{number}", bytes([number]) + answer[:-1]


targets = {"commands": commands, "disc_state": disc_state, "definition": definition,
           "fault_script": fault_script, "replies": replies, "engine": engine, "storage": storage}

if len(sys.argv) != 3 or sys.argv[1] not in targets:
    sys.exit(__doc__)
folder = Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for name, content in targets[sys.argv[1]]():
    (folder / name).write_bytes(content)
