#!/usr/bin/env python3
"""Tells what the samples of scripts/bench come to, goal by goal.

usage: judge.py SAMPLES ROUNDS LOAD [--json FILE] [--markdown FILE]

SAMPLES has a line "NAME VALUE" for each figure of each round. A goal is met when our worst sample
meets it; a goal that is relative to a peer, when our worst sample beats that share of the peer's
median in the same run. Exits with 1 when a goal is missed. A goal without samples is left out.
--markdown replaces what stands between the markers in FILE.
"""
import argparse
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import sys

AT_LEAST, AT_MOST = "at least", "at most"

# Instructions of the engine and of all it calls in src/, for 16 384 WRITEs; a tenth above what was
# counted when this line was last changed. To be lowered whenever the engine gets leaner.
INSTRUCTIONS = 7.7


class Goal:
    """One row: whose samples, against which peer's (None: none), and what is to be reached.

    by: "worst" of our samples, or their "median" where single rounds mean nothing.
    bound None: the figure is told and not judged.
    """

    def __init__(self, name, what, sample, unit, way, bound, peer=None, by="worst", digits=2):
        self.name, self.what, self.sample, self.unit = name, what, sample, unit
        self.way, self.bound, self.peer, self.by, self.digits = way, bound, peer, by, digits


GOALS = [
    Goal("G1", "to a null drive, engine", "speed.engine-null", "GiB/s", AT_LEAST, 0.70,
         "speed.dd-null"),
    Goal("G1w", "to a null drive, DLL", "speed.com-null", "GiB/s", AT_LEAST, 0.60,
         "speed.dd-null"),
    Goal("G1w-cdrskin", "to a null drive, DLL", "speed.com-null", "GiB/s", AT_LEAST, 1.2,
         "speed.cdrskin-fs0-null"),
    Goal("G2", "CPU, null drive, engine", "cpu.engine-null", "s/GiB", AT_MOST, 0.25, digits=3),
    Goal("G2w", "CPU, null drive, DLL", "cpu.com-null", "s/GiB", AT_MOST, None, digits=3),
    Goal("G3", "to the virtual recorder, engine", "speed.engine-disc", "GiB/s", AT_LEAST, 0.85,
         "speed.dd-disc"),
    Goal("G3-cpu", "CPU, virtual recorder, engine", "cpu.engine-disc", "s/GiB", AT_MOST, 0.50,
         digits=3),
    Goal("G4", "reads of the source, engine", "reads.engine-null", "per GiB", AT_MOST, 4096,
         digits=0),
    Goal("G4w", "reads of the stream, DLL", "reads.com-null", "per GiB", AT_MOST, 4096, digits=0),
    Goal("G5", "WRITE commands of 64 KiB, engine", "writes.engine-null", "per GiB", AT_MOST, 16711,
         digits=0),
    Goal("G5w", "WRITE commands of 64 KiB, DLL", "writes.com-null", "per GiB", AT_MOST, 16711,
         digits=0),
    Goal("G6", "other commands, drive at a set speed", "others-per-second.paced", "per s",
         AT_MOST, 4),
    Goal("G6-ready", "TEST UNIT READY among them", "readies.paced", "", AT_MOST, 0, digits=0),
    Goal("G7-p50", "end of a WRITE to the next, median", "gap50.engine", "µs", AT_MOST, 20),
    Goal("G7-p99", "end of a WRITE to the next, 99 %", "gap99.engine", "µs", AT_MOST, 200),
    Goal("G7w-p50", "the same through COM, median", "gap50.com", "µs", AT_MOST, None),
    Goal("G7w-p99", "the same through COM, 99 %", "gap99.com", "µs", AT_MOST, None),
    Goal("G8", "stop of the source that is survived", "stall.survived", "s", AT_LEAST, 3.0),
    Goal("G9", "memory, null drive", "memory.engine-null", "MiB", AT_MOST, 8),
    Goal("G9-fifo", "memory beyond the fifo, slow drive", "beyond-fifo.engine-paced", "MiB",
         AT_MOST, 2),
    Goal("G10", "cancel, source stalled, engine", "cancel.engine", "ms", AT_MOST, 50),
    Goal("G10w", "cancel, stream stalled, DLL", "cancel.com", "ms", AT_MOST, 50),
    Goal("G10b", "is it writing?, engine", "ask.engine", "ns", AT_MOST, 50, by="median"),
    Goal("G10b-w", "get_WriteInProgress", "ask.com", "ns", AT_MOST, 50, by="median"),
    Goal("G10b-speed", "speed while asked, engine", "ask-speed.engine", "GiB/s", AT_LEAST, 0.95,
         "ask-control.engine", by="median"),
    Goal("G10b-w-speed", "speed while asked, DLL", "ask-speed.com", "GiB/s", AT_LEAST, 0.95,
         "ask-control.com", by="median"),
    Goal("G11", "first 64 KiB to first WRITE, engine", "begin.engine-null", "ms", AT_MOST, 5),
    Goal("G11w", "first 64 KiB to first WRITE, DLL", "begin.com-null", "ms", AT_MOST, 5),
    Goal("G12", "TEST UNIT READY, while writing", "ready-writing", "µs", AT_MOST, 2),
    Goal("G12-idle", "TEST UNIT READY, looking on", "ready-idle", "µs", AT_MOST, 2),
    Goal("G12-write", "WRITE (10) to the virtual recorder", "move-write", "GiB/s", AT_LEAST, 0.85,
         "move-dd-write"),
    Goal("G12-read", "READ (10) from it", "move-read", "GiB/s", AT_LEAST, None, "move-dd-read"),
    Goal("G13", "a full 25 GB BD-R at 16x", "burn.seconds", "s", AT_MOST, 30),
    Goal("G13-repeat", "discs that differ when burned again", "burn.different", "", AT_MOST, 0,
         digits=0),
    Goal("G14", "imapi2.dll, 64 bit, stripped", "dll.kib", "KiB", AT_MOST, 256, digits=0),
    Goal("G14-imports", "DLLs it needs beside Windows'", "dll.foreign", "", AT_MOST, 0, digits=0),
    Goal("G15", "four at once from four streams", "four.engine", "GiB/s", AT_LEAST, 0.9,
         "four.dd"),
    Goal("instructions", "instructions of the write loop", "instructions", "M/GiB", AT_MOST,
         INSTRUCTIONS),
]

# What a peer's samples are called in a sentence.
PEERS = {
    "speed.dd-null": "dd",
    "speed.dd-disc": "dd",
    "speed.cdrskin-fs0-null": "cdrskin fs=0",
    "ask-control.engine": "not asked",
    "ask-control.com": "not asked",
    "move-dd-write": "dd",
    "move-dd-read": "dd",
    "four.dd": "4 x dd",
}

# Who was measured, and by which samples: "speed." and "cpu." and this.
RUNNERS = [
    ("memcpy", "memcpy", "64 MiB to 64 MiB"),
    ("dd bs=64k", "dd-null", "/dev/null"),
    ("engine, native", "engine-null", "a drive that takes everything"),
    ("imapi2.dll under Wine", "com-null", "a recorder that takes everything"),
    ("cdrskin fs=0", "cdrskin-fs0-null", "/dev/null"),
    ("cdrskin", "cdrskin-null", "/dev/null"),
    ("dd bs=64k", "dd-disc", "file in tmpfs"),
    ("engine, native", "engine-disc", "virtual recorder, same file"),
    ("cdrskin fs=0", "cdrskin-fs0-disc", "same file"),
    ("cdrskin", "cdrskin-disc", "same file"),
]


def read_samples(path):
    samples = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, value = line.split()
            samples.setdefault(name, []).append(float(value))
    return samples


def judge(goal, samples):
    """What is told of a goal, or None when it was not measured."""
    ours = samples.get(goal.sample)
    theirs = samples.get(goal.peer) if goal.peer else None
    if not ours or (goal.peer and not theirs):
        return None
    median = statistics.median(ours)
    worst = min(ours) if goal.way == AT_LEAST else max(ours)
    decisive = worst if goal.by == "worst" else median
    result = {"id": goal.name, "what": goal.what, "value": decisive, "unit": goal.unit,
              "median": median, "worst": worst, "measured_in": goal.unit, "samples": len(ours)}
    if theirs:
        peer = statistics.median(theirs)
        result.update(value=decisive / peer, unit=f"x {PEERS[goal.peer]}", peer=peer)
    if goal.bound is not None:
        met = result["value"] >= goal.bound if goal.way == AT_LEAST else \
            result["value"] <= goal.bound
        result.update(goal=goal.bound, way=goal.way, met=met)
    result["value"] = round(result["value"], 4)
    return result


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "none"
    return (done.stdout + done.stderr).strip().split("\n")[0]


def field(path, pattern):
    with open(path, encoding="utf-8") as file:
        found = re.search(pattern, file.read(), re.M)
    return found.group(1) if found else "unknown"


def machine():
    memory = int(field("/proc/meminfo", r"^MemTotal: *(\d+)")) / 2**20
    system = field("/etc/os-release", r'^PRETTY_NAME="(.*)"')
    processor = field("/proc/cpuinfo", r"^model name\s*: (.*)")
    virtual = "virtual machine, " if re.search(r"^flags.*\bhypervisor\b", open(
        "/proc/cpuinfo", encoding="utf-8").read(), re.M) else ""
    return (f"{processor}, {os.cpu_count()} cores, {virtual}{memory:.0f} GiB of memory, {system}, "
            f"Linux {platform.release().split('-')[0]}, "
            f"{first_line('/usr/lib/wine/wine64', '--version')}, "
            f"{first_line('gcc', '--version')}")


def number(value, digits):
    return f"{value:,.{digits}f}".replace(",", " ")


def cells(goal, result):
    """A row for people: id, what, unit, median, worst, share of the peer, goal, verdict."""
    share = peer = ""
    if "peer" in result:
        peer = number(result["peer"], goal.digits)
        share = f"{result['value']:.2f} {result['unit']}"
    wanted, verdict = "-", "-"
    if "goal" in result:
        sign = ">=" if goal.way == AT_LEAST else "<="
        wanted = f"{sign} {goal.bound:g}" + (" x" if "peer" in result else "")
        verdict = "met" if result["met"] else "MISSED"
    return [goal.name, goal.what, goal.unit, number(result["median"], goal.digits),
            number(result["worst"], goal.digits), peer, share, wanted, verdict]


HEADINGS = ["goal", "what", "unit", "median", "worst", "peer", "worst / peer", "to reach",
            "verdict"]


def runner_rows(samples):
    rows = []
    for who, key, target in RUNNERS:
        speed, cpu = samples.get("speed." + key), samples.get("cpu." + key)
        if not speed:
            continue
        rows.append([who, target, f"{statistics.median(speed):.2f}",
                     f"{min(speed):.2f} … {max(speed):.2f}",
                     f"{statistics.median(cpu):.3f}" if cpu else "-"])
    return rows


RUNNER_HEADINGS = ["who", "to", "GiB/s", "slowest … fastest", "CPU s/GiB"]


def print_table(headings, rows, left):
    """Aligned; the first `left` columns to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [headings] + rows) for i in range(len(headings))]
    for row in [headings] + rows:
        texts = [cell.ljust(width) if i < left else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(texts).rstrip())


def circumstances(report):
    rounds = "1 round" if report["rounds"] == 1 else f"{report['rounds']} rounds"
    return (f"{report['date']}, {rounds}, load before the run {report['load']:.2f}. "
            f"{report['machine']}.")


def markdown_table(headings, rows, left):
    lines = ["| " + " | ".join(headings) + " |",
             "|" + "|".join("---" if i < left else "--:" for i in range(len(headings))) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return lines


def put_markdown(path, report, rows, runners):
    begin, end = "<!-- figures: begin -->", "<!-- figures: end -->"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if begin not in text or end not in text:
        sys.exit(f"judge.py: {path} has no markers for the figures")
    lines = [begin, circumstances(report), ""]
    lines += markdown_table(RUNNER_HEADINGS, runners, 2) + [""]
    lines += markdown_table(HEADINGS, rows, 2) + [end]
    text = text[:text.index(begin)] + "\n".join(lines) + text[text.index(end) + len(end):]
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("samples")
    parser.add_argument("rounds", type=int)
    parser.add_argument("load", type=float)
    parser.add_argument("--json")
    parser.add_argument("--markdown")
    arguments = parser.parse_args()
    samples = read_samples(arguments.samples)
    judged = [(goal, result) for goal in GOALS if (result := judge(goal, samples))]
    if not judged:
        sys.exit("judge.py: nothing was measured")
    rows = [cells(goal, result) for goal, result in judged]
    runners = runner_rows(samples)
    report = {
        "goals": [result for _, result in judged],
        "machine": machine(),
        "load": arguments.load,
        "rounds": arguments.rounds,
        "date": datetime.date.today().isoformat(),
        "samples": samples,
    }
    print(circumstances(report) + "\n")
    if runners:
        print_table(RUNNER_HEADINGS, runners, 2)
        print()
    print_table(HEADINGS, rows, 3)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1, ensure_ascii=False)
            file.write("\n")
    if arguments.markdown:
        put_markdown(arguments.markdown, report, rows, runners)
    missed = [result["id"] for _, result in judged if result.get("met") is False]
    if missed:
        print(f"\n{len(missed)} missed: {', '.join(missed)}")
    sys.exit(1 if missed else 0)


main()
