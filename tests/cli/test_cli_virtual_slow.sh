#!/usr/bin/env bash
# usage: tests/cli/test_cli_virtual_slow.sh
#
# What a user can tell a virtual recorder: its disc, its habits, its faults, and what it got to do.
# Prints "ok" or "not ok" with a sentence for each behaviour; ends with 1 when one failed.
source "$(dirname "${BASH_SOURCE[0]}")/bench.sh"

# defined KEY: its value in the definition of the recorder "drive".
defined() { sed -n "s/^$1 = //p" recorders/drive.ini; }

# --- discs ----------------------------------------------------------------------------------------

it "the discs and personalities that there are come as a table that fits a page"
gives 0 virtual blanks
narrow
says "cd-r-74   CD-R, 74 minutes                             332850    0.68    0.63    52x"
says "bd-re-dl"
says "silent-discard"

it "the same table comes as JSON, an object a line"
gives 0 virtual blanks --json
is "$(events)" "medium personality" "events"
says '"name":"dvd-r-dl"'
says '"sectors":4171712'

it "a recorder can be made without a disc, and gets one later"
gives 0 virtual add drive --media none
says "no disc"
gives 2 virtual insert drive --blank dvd+r
complains "--image"
gives 0 virtual insert drive --blank dvd+r --image first.iso
says "DVD+R, blank"
says "The new disc is the file $work/first.iso"

it "a new blank disc gets a file of its own, and the disc before stays as it was"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 64
gives 0 write one.iso
sha256sum disc.iso disc.iso.disc >before.txt
gives 5 virtual insert drive --blank dvd+rw
complains "virtual eject drive"
gives 0 virtual eject drive
gives 0 virtual insert drive --blank dvd+rw
says "DVD+RW, not formatted"
says "The new disc is the file $work/disc-2.iso"
is "$(defined medium)" dvd+rw medium
gives 0 write one.iso
gives 0 virtual eject drive
gives 0 virtual insert drive --blank DVD+R
says "$work/disc-3.iso"
sha256sum -c --quiet before.txt || wrong "the first disc was changed"
gives 0 virtual eject drive
gives 0 virtual insert drive --media dvd+r --image disc.iso
gives 0 verify one.iso

it "a blank disc that was never written is not kept for another one"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 0 virtual eject drive
gives 0 virtual insert drive --blank dvd+rw
says "$work/disc.iso"

it "no file is taken for a new blank disc, whichever of a disc's files it is"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 0 virtual eject drive
cp recorders/drive.ini before.ini
for taken in there.iso there.iso.disc there.bin there.cue there.sub; do
    rm -f there.*
    echo kept >"$taken"
    gives 5 virtual insert drive --blank dvd+r --image there.iso
    complains "no blank disc"
    is "$(cat "$taken")" kept "$taken"
done
rm -f there.*
cmp -s before.ini recorders/drive.ini || wrong "its definition was changed"

it "mistakes with --blank are told before anything happens"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 0 virtual eject drive
cp recorders/drive.ini before.ini
gives 2 virtual insert drive --blank
complains '"--blank" needs a value'
gives 2 virtual insert drive --blank --image x.iso
complains '"--blank" needs a value'
gives 2 virtual insert drive --blank floppy
complains '"floppy"'
complains "bd-re-dl"
silent_about "dvd-rom"
silent_about ", none"
gives 2 virtual insert drive --blank dvd-rom
complains "never blank"
complains "--media"
gives 2 virtual insert drive --blank dvd+r --media dvd+r
complains "don't go together"
cmp -s before.ini recorders/drive.ini || wrong "its definition was changed"
gives 0 list
says "no disc"

it "who gives two recorders the same image is warned"
gives 0 virtual add first --media dvd+r --image disc.iso
gives 0 virtual add other --media dvd+r --image other.iso
silent_about "warning"
gives 0 virtual add second --media dvd+r --image "$work/disc.iso"
complains 'recorder "first" uses the same image'
silent_about "other"

# --- habits ---------------------------------------------------------------------------------------

it "speed and personality are taken, kept and listed"
gives 0 virtual add drive --media dvd+rw --image disc.iso --speed 2.4x --personality No-Write12
is "$(defined speed)" 2.4 speed
is "$(defined personality)" no-write12 personality
gives 0 virtual list
says "speed 2.4, personality no-write12"
gives 0 virtual list --json
is "$(events)" virtual_recorder events
says '"personality":"no-write12"'

it "an unknown personality is refused, and the known ones are named"
gives 2 virtual add drive --media dvd+r --image disc.iso --personality grumpy
complains '"grumpy"'
complains "strict"
complains "slow-ready"
[[ ! -e recorders ]] || is "$(ls recorders)" "" "definitions"

it "what a recorder is like can be changed, and all else in its definition stays"
gives 0 virtual add drive --media dvd+r --image disc.iso
echo "# by hand" >>recorders/drive.ini
gives 0 virtual set drive --speed 8 --personality small-transfers
says "DVD+R, blank"
gives 0 info
says "65536 bytes"
gives 0 virtual set drive --speed max --personality strict
is "$(cat recorders/drive.ini)" \
    "$(printf 'medium = dvd+r\nimage = %s/disc.iso\n# by hand\npersonality = strict' "$work")" \
    "definition"

it "a change that makes no sense changes nothing"
gives 0 virtual add drive --media dvd+r --image disc.iso
cp recorders/drive.ini before.ini
gives 2 virtual set drive
complains "what to change"
gives 2 virtual set drive --clock broken
complains '"virtual"'
gives 2 virtual set drive --trace maybe
complains '"all"'
gives 2 virtual set drive --speed fast
gives 2 virtual set drive --image other.iso
gives 5 virtual set nobody --speed 4
complains '"nobody"'
cmp -s before.ini recorders/drive.ini || wrong "its definition was changed"

it "a drive that records nothing is found out by its next address, or by comparing"
image one.iso 100
for media in dvd+r cd-rw; do
    gives 0 virtual add drive --media $media --image $media.iso --personality silent-discard
    gives 1 write one.iso
    complains 'writing "one.iso" to "drive" failed'
    gives 0 virtual remove drive
done
gives 0 virtual add drive --media bd-re --image bd-re.iso --personality silent-discard
gives 0 write one.iso
gives 3 verify one.iso
complains "differs from sector 0"
gives 0 virtual remove drive

it "a drive that is slow to become ready says so while one waits"
gives 0 virtual add drive --media dvd+r --image disc.iso --personality slow-ready
says "becoming ready ..."
says "DVD+R, blank"

it "clock and trace are taken and listed"
gives 0 virtual add drive --media dvd+r --image disc.iso --clock Virtual --trace off
is "$(defined clock)" virtual clock
is "$(defined trace)" off trace
gives 0 virtual list
says "clock virtual, trace off"

# --- faults ---------------------------------------------------------------------------------------

it "a fault script that is not there is refused"
gives 5 virtual add drive --media dvd+r --image disc.iso --faults missing.txt
complains '"missing.txt"'
complains "not found"
[[ ! -e recorders ]] || is "$(ls recorders)" "" "definitions"

it "a mistake in a fault script is told with its line, and the recorder is not added or changed"
printf '# first\nwrite lba 100: explode\n' >faults.txt
gives 5 virtual add drive --media dvd+r --image disc.iso --faults faults.txt
complains "faults.txt, line 2"
complains "explode"
[[ ! -e recorders/drive.ini ]] || wrong "the recorder was added"
gives 0 virtual add drive --media dvd+r --image disc.iso
cp recorders/drive.ini before.ini
gives 5 virtual set drive --faults faults.txt
complains "faults.txt, line 2"
cmp -s before.ini recorders/drive.ini || wrong "its definition was changed"

it "a write error at an address fails the burn there, and is gone when faults are off"
printf 'write lba 500: fail 3/0C/00\n' >faults.txt
gives 0 virtual add drive --media dvd+r --image disc.iso --faults faults.txt
is "$(defined faults)" "$work/faults.txt" faults
image one.iso 1000
gives 1 write one.iso
complains "3/0C/00"
complains 'fault script of "drive" is still on; without it: openimapi2 virtual set drive --faults off'
gives 0 trace drive --errors
says "fault script, line 1: fail"
says "CHECK CONDITION 3/0C/00"
gives 0 virtual set drive --faults off
is "$(defined faults)" "" faults
gives 0 write one.iso --verify

it "a disc that is full at 90 % fails the burn there"
printf 'write after 90%%: fail 5/63/00\n' >faults.txt
gives 0 virtual add drive --media cd-r-74 --image disc.iso --faults faults.txt --clock virtual
truncate -s 640M one.iso
gives 1 write one.iso
complains "5/63/00"
rm -f one.iso disc.iso

it "a drive that is unplugged in mid-burn is told as gone"
printf '20th write: unplug\n' >faults.txt
gives 0 virtual add drive --media dvd+r --image disc.iso --faults faults.txt
image one.iso 5000
gives 1 write one.iso
complains "no longer there"
silent_about ".;"
silent_about "unlocking the tray"
gives 0 trace drive --errors
says "unplug"
gives 0 list
says "not closed"

it "a recorder with faults can be added and listed whatever they are"
printf 'any command: fail 4/44/00\n' >faults.txt
gives 0 virtual add drive --media dvd+r --image disc.iso --faults faults.txt
gives 0 virtual list
says "faults $work/faults.txt"
gives 0 virtual set drive --faults off
gives 0 list
says "DVD+R, blank"

# --- what it got to do ----------------------------------------------------------------------------

# trace LINE…: the trace of the recorder "drive".
trace() {
    printf 'a heading\nmore of it, no GOOD\n\n' >recorders/drive.trace
    printf '%s\n' "$@" >>recorders/drive.trace
}

it "a recorder without a trace says when there will be one"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 5 trace drive
complains 'no trace of "drive"'
complains "virtual set drive --trace all"
gives 5 trace nobody
complains '"nobody"'
gives 2 trace
complains "NAME is missing"

it "a trace is shown whole, or its last lines, or what failed"
gives 0 virtual add drive --media dvd+r --image disc.iso
trace '  0.1  -- opened: dvd+r, disc.iso' '  0.2  WRITE (10)  LBA 0  GOOD' \
    '  0.3  WRITE (10)  LBA 16  CHECK CONDITION 2/04/08 long write in progress' \
    '  0.4  -- fault script, line 1: fail' \
    '  0.5  WRITE (10)  LBA 16  CHECK CONDITION 3/0C/00 write error' \
    '  0.6  WRITE (10)  LBA 16  no answer, the drive is unplugged' '  0.7  -- closed'
gives 0 trace drive
cmp -s <(tr -d '\r' <out) recorders/drive.trace || wrong "it is not what the file says"
gives 0 trace drive --errors
is "$(sed 1,3d out | grep -o '0\.[0-9]' | paste -sd ' ')" "0.4 0.5 0.6" "lines"
gives 0 trace drive --last 2
is "$(sed 1,3d out | grep -o '0\.[0-9]' | paste -sd ' ')" "0.6 0.7" "lines"
gives 0 trace drive --last 1 --errors
is "$(sed 1,3d out | grep -o '0\.[0-9]' | paste -sd ' ')" "0.6" "lines"
gives 0 trace drive --last 100
is "$(sed 1,3d out | wc -l)" 7 "number of lines"
gives 2 trace drive --last 0
complains '"0"'
gives 2 trace drive --last some
gives 0 trace drive --errors --json
is "$(events)" "heading line" events

it "a trace without errors says so, and a line that is being written is left out"
gives 0 virtual add drive --media dvd+r --image disc.iso
trace '  0.1  TEST UNIT READY  GOOD'
printf '  0.2  WRITE (10)  LBA' >>recorders/drive.trace
gives 0 trace drive --errors
says "No command failed"
gives 0 trace drive
silent_about "0.2"

it "lines of any length and a trace of any size are shown"
gives 0 virtual add drive --media dvd+r --image disc.iso
trace "$(printf 'x%.0s' {1..9000})" 'second GOOD'
seq -f '%.0f  WRITE (10) GOOD' 1 20000 >>recorders/drive.trace
gives 0 trace drive --last 3
is "$(sed 1,3d out | cut -d ' ' -f 1 | paste -sd ' ')" "19998 19999 20000" "lines"
gives 0 trace drive --errors
(($(sed 1,3d out | wc -l) == 1)) || wrong "the long line is not shown as one"

it "a burn can be followed by its trace while it runs"
gives 0 virtual add drive --media dvd+r --image disc.iso --speed 1
image one.iso 20000
begin write one.iso
gives 0 trace drive --last 5
says "WRITE (10)"
interrupt
is "$status" 4 "exit code of the burn"
gives 0 trace drive
says "SYNCHRONIZE CACHE"

# --- for machines ---------------------------------------------------------------------------------

it "list and info come as JSON too"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 0 list --json
is "$(events)" recorder events
says '"name":"drive"'
says '"disc":"DVD+R, blank"'
gives 0 info drive --json
is "$(events)" "recorder disc track" events
says '"next_writable":0'
printf 'medium = dvd+x\n' >recorders/drive.ini
gives 0 list --json
is "$(events)" recorder events
says 'drive.ini, line 1'

it "what a drive handles fits a page"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 0 info
narrow

finish
