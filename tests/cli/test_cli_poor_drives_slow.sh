#!/usr/bin/env bash
# usage: tests/cli/test_cli_poor_drives_slow.sh
#
# Burns in drives that know less than the standard wants. Prints "ok" or "not ok" with a sentence for
# each behaviour; ends with 1 when one failed.
source "$(dirname "${BASH_SOURCE[0]}")/bench.sh"

# add PERSONALITY DISC: the recorder "drive", such a one, with a blank disc.
add() { gives 0 virtual add drive --media "$2" --image disc.iso --clock virtual --personality "$1"; }

for media in cd-r cd-rw; do
    it "$media: a drive without GET CONFIGURATION burns two sessions, each verified"
    add no-configuration "$media"
    image one.iso 1003
    image two.iso 501
    gives 0 info
    says "${media^^}"
    gives 0 write one.iso --verify
    says "Verified"
    gives 0 write two.iso --verify
    says "Verified"
    same disc.iso 0 one.iso

    it "$media: a drive without write parameters burns in its own way, and says so"
    add few-mode-pages "$media"
    image one.iso 1003
    gives 0 write one.iso --verify
    complains "mode page 05h"
    says "Verified"
    same disc.iso 0 one.iso
done

it "cd-rw: a drive without GET CONFIGURATION blanks what it has burned"
add no-configuration cd-rw
image one.iso 1003
gives 0 write one.iso
gives 0 blank drive
gives 0 write one.iso --verify

it "a disc that a drive without GET CONFIGURATION can't be asked about is refused"
add no-configuration dvd+r
image one.iso 1003
gives 5 write one.iso
complains "Nothing was written"

it "an empty drive without GET CONFIGURATION is said to be empty"
add no-configuration cd-r
gives 0 virtual eject drive
image one.iso 1003
gives 5 write one.iso
complains "no disc"

for media in cd-r dvd-r dvd-rw dvd+r dvd+rw dvd-ram bd-r bd-re; do
    it "$media: answers that are short and claim to be longer change nothing"
    add short-answers "$media"
    image one.iso 1003
    gives 0 write one.iso --verify
    says "Verified"
    same disc.iso 0 one.iso
done

finish
