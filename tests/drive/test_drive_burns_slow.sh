#!/usr/bin/env bash
# usage: tests/drive/test_drive_burns_slow.sh
#
# Burns with openimapi2 on a recorder that is a drive of Windows, on the way that
# "scripts/wine --drive" makes, 64 and 32 bit. The disc must hold the image afterwards; with a fault
# on the way it must, too, or else the burn must fail and not claim a sector that is wrong. Prints
# "ok", "not ok" or "SKIP" with a sentence for each behaviour and ends with 1 when one failed.
#
# OI_ARCHES: without it, x86_64 and i686. OI_BURN_SECTORS: how long an image is.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
set +e
source "$root/tests/cli/bench.sh"

# Not a multiple of what is written at once, on any medium.
sectors=${OI_BURN_SECTORS:-1003}

# given MEDIUM [FAULTS]: drive D: with a blank disc in it, and the image to burn. The time that the
# drive takes is not ours.
given() {
    mkdir -p recorders
    printf '%s\n' "${2-}" >recorders/disc.faults
    printf '%s\n' "medium = $1" "image = $work/disc.iso" "clock = virtual" "faults = disc.faults" \
        >recorders/disc.ini
    image image.iso "$sectors"
}

# first_wrong: the first sector of the image that the disc does not hold; its length when all is there.
first_wrong() {
    python3 - image.iso disc.iso <<'END'
import os, sys
image = open(sys.argv[1], "rb").read()
disc = open(sys.argv[2], "rb").read() if os.path.exists(sys.argv[2]) else b""
at = 0
while at < len(image) and image[at:at + 2048] == disc[at:at + 2048]:
    at += 2048
print(at // 2048)
END
}

# claimed: how many sectors the burn said it had written.
claimed() {
    python3 -c '
import json, sys
done = 0
for line in sys.stdin:
    event = json.loads(line)
    if event["event"] == "progress" and event.get("phase", "write") == "write":
        done = event["sectors_done"]
print(done)' <out
}

burns() {
    local medium=$1 words=$2

    it "$arch: a $words holds the image that was burned through a drive letter"
    given "$medium"
    gives 0 write image.iso --recorder D: --verify
    same disc.iso 0 image.iso
}

# survives FAULT SENTENCE: nothing of the fault is left over.
survives() {
    it "$arch: $2"
    given dvd+r "$1"
    gives 0 write image.iso --recorder D: --json
    is "$(first_wrong)" "$sectors" "sectors that are right"
    grep -q "fault script" recorders/disc.trace || wrong "the fault did not happen"
}

# reports FAULT SENTENCE: the burn fails, and what it claims is there.
reports() {
    local right said

    it "$arch: $2"
    given dvd+r "$1"
    gives 1 write image.iso --recorder D: --json
    right=$(first_wrong)
    said=$(claimed)
    ((said <= right)) || wrong "it claims $said sectors, and $right are right"
    ((right < sectors)) || wrong "it failed, and nothing is missing"
}

burn_all() {
    burns dvd+r DVD+R
    burns dvd+rw DVD+RW
    burns cd-r CD-R
    burns bd-r BD-R

    survives "5th write: fail 2/04/08" "a drive that is busy with writing is waited for"
    survives "5th write: busy" "a drive that is busy is waited for"
    survives "5th write: reset" "a reset that lost a write is noticed, and the write repeated"
    survives "5th write: reset, executed" "a reset after a write is noticed, and nothing is written twice"
    survives "5th write: timeout" "a write that timed out is repeated"
    survives "5th write: timeout, executed" "a write that timed out and was done is not repeated"
    reports "5th write: fail 3/0C/00" "a write error ends the burn, and what is claimed is there"
    reports "5th write: transfer 16384 bytes" "a short transfer ends the burn, and what is claimed is there"
    reports "5th write: eject" "a disc that is taken out ends the burn, and what is claimed is there"
    reports "5th write: unplug" "an unplugged drive ends the burn, and what is claimed is there"
}

for arch in ${OI_ARCHES:-x86_64 i686}; do
    if [[ $arch == i686 ]] && { ! have_wine32 || ! have_cc32; }; then
        printf 'SKIP    %s\n' "i686: $(have_wine32 && cc32_reason || wine32_reason)"
        continue
    fi
    cli=("$root/scripts/wine" --arch "$arch" --drive d=disc openimapi2.exe)
    burn_all
done
finish
