#!/usr/bin/env bash
# usage: tests/cli/test_cli_doctor_drives_slow.sh
#
# Has drives examined and burn-tested that are drives of the operating system to the program: drive D:
# of scripts/wine --drive, which is a virtual recorder at the other end of SCSI pass-through. Prints
# "ok" or "not ok" with a sentence for each behaviour; ends with 1 when one failed.
source "$(dirname "${BASH_SOURCE[0]}")/bench.sh"

export OPENIMAPI2_TRACE=$work/trace.log
# What makes recorders, and what sees the recorder "drive" as drive D: too.
without_drive=("${cli[@]}")
with_drive=("${cli[0]}" --drive d=drive "${cli[@]:1}")

# add DISC OPTION…: the recorder behind drive D:.
add() {
    cli=("${without_drive[@]}")
    gives 0 virtual add drive --media "$1" --image disc.iso "${@:2}"
    cli=("${with_drive[@]}")
}

for row in "dvd+rw strict" "bd-r no-write12" "cd-r small-transfers" "dvd-rw descriptor-sense" \
    "dvd-ram waiting-writes" "bd-re deferred-errors" "dvd+r slow-ready"; do
    it "$row: drive D: is examined like any drive, and a burn would work"
    add "${row% *}" --personality "${row#* }"
    gives 0 doctor --recorder D:
    says 'Recorder "D:"'
    says "Kind                 drive of the operating system"
    says "exclusive access: ok, taken and given back"
    says "nothing that a burn needs"
    says "Would a burn work?   YES"
    narrow
done

it "a drive without a disc, and one that is not asked for"
add none
gives 5 doctor D
says "NO, because there is no disc"
says "Insert a blank or rewritable disc"
gives 5 doctor
says 'Recorder "D:"'
says 'Recorder "drive"'
says "0 of 2 recorders"

for media in dvd+rw cd-rw dvd-rw; do
    it "$media: the burn test of drive D: passes"
    add "$media"
    gives 0 doctor --burn-test --yes --size 4 --recorder d:
    says "then E_IMAPI_REQUEST_CANCELLED"
    says "Reading back         ok: 2048 sectors"
    says "Result               PASSED"
    grep -q OIMTEST1 disc.iso || wrong "the disc holds no test data"
done

it "a drive that fails in the middle of the burn test: FAILED, and it is given back"
echo 'write lba 1500: fail 3/0C/00' >faults.txt
add dvd+rw --faults faults.txt
gives 1 doctor --burn-test --yes --size 4 --recorder D:
says "Writing              FAILED"
says "0xC0AA0301"
says "Giving back          ok"

finish
