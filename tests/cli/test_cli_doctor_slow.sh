#!/usr/bin/env bash
# usage: tests/cli/test_cli_doctor_slow.sh
#
# Has recorders examined and burn-tested, healthy ones, peculiar ones and broken ones. Prints "ok" or
# "not ok" with a sentence for each behaviour; ends with 1 when one failed.
source "$(dirname "${BASH_SOURCE[0]}")/bench.sh"

export OPENIMAPI2_TRACE=$work/trace.log

# add DISC OPTION…: the recorder "drive" with such a disc, that takes no time.
add() { gives 0 virtual add drive --media "$1" --image disc.iso --clock virtual "${@:2}"; }

# broken DISC RULE: the recorder "drive", which has that fault.
broken() {
    add "$1"
    echo "$2" >faults.txt
    gives 0 virtual set drive --faults faults.txt
}

# burn_test CODE OPTION…: on the recorder "drive", agreed to.
burn_test() { gives "$1" doctor --burn-test --yes --size 4 "${@:2}"; }

# answering ANSWER WORD…: runs it in a terminal in which somebody types that when asked. Wine takes a
# return for one only when it reads keys itself, so it is typed when the terminal is in that mode. No
# return is typed behind Ctrl-C.
answering() {
    : >err
    python3 - "$1" "${cli[@]}" "${@:2}" >out <<'END'
import os, pty, select, sys, termios, time
process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen, answered, deadline = b"", False, time.monotonic() + 60
while time.monotonic() < deadline:
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
        seen += data
    reads_keys = not termios.tcgetattr(terminal)[3] & termios.ICANON
    if not answered and b"to begin:" in seen and reads_keys:
        answer = sys.argv[1].encode()
        os.write(terminal, answer if answer == b"\x03" else answer + b"\r")
        answered = True
else:
    os.kill(process, 9)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
END
}

# --- doctor: healthy ------------------------------------------------------------------------------

it "without any recorder it tells of the program and the system, and that there is none"
gives 5 doctor
says "There is no recorder"
says "imapi2.dll           openimapi2's, version"
says "Registered"
says "Rights"
says "OPENIMAPI2_RECORDERS="

for row in "dvd+rw strict" "bd-r no-write12" "cd-r small-transfers" "dvd-rw descriptor-sense" \
    "dvd-ram slow-ready" "bd-re silent-discard" "cd-rw deferred-errors" "dvd+r waiting-writes"; do
    it "$row: it tells what drive and disc can do, and that a burn would work"
    add "${row% *}" --personality "${row#* }"
    gives 0 doctor
    says "Ways to write        CD track at once"
    says "exclusive access: ok, taken and given back"
    says "nothing that a burn needs"
    says "Write speeds"
    says "Would a burn work?   YES"
    says "1 of 1 recorder could burn"
    narrow
    [[ ! -s err ]] || wrong "it complains"
done

it "it sends nothing that changes a disc, a drive or a tray"
add dvd+rw
cp recorders/drive.ini before.ini
rm -f "$OPENIMAPI2_TRACE"
gives 0 doctor
grep -q 'READ DISC INFORMATION' "$OPENIMAPI2_TRACE" || wrong "no command was traced"
! grep -E '^.{40}(WRITE|FORMAT|BLANK|CLOSE|SYNCH|START|MODE SELECT|SEND|SET|PREVENT|RESERVE)' \
    "$OPENIMAPI2_TRACE" || wrong "such a command was sent"
[[ ! -s disc.iso ]] || wrong "something was written"
cmp -s before.ini recorders/drive.ini || wrong "the definition was changed"

it "it tells machines the same"
add dvd+rw
gives 0 doctor --json
is "$(events)" "system recorder disc done" events
says '"burn_would_work":"yes"'
says '"exclusive_access":"ok, taken and given back"'
python3 -c '
import json, sys
events = {event["event"]: event for event in map(json.loads, sys.stdin)}
recorder, disc = events["recorder"], events["disc"]
sys.exit(not (0x26 in recorder["features"] and 5 in recorder["mode_pages"]
              and recorder["write_speeds_kbps"][0] > 1000 and recorder["device_number"] >= 0
              and recorder["transfer_bytes"] >= 2048 and disc["room_sectors"] == 2295104))' <out ||
    wrong "the numbers are not told as such"

it "what makes a virtual recorder behave as it does is told"
echo 'read lba 7: fail 3/11/00' >faults.txt
add dvd+rw --personality waiting-writes --speed 4 --faults faults.txt
gives 0 doctor
says "Habits               waiting-writes"
says "Pace                 4x"
says "Clock                virtual"
says "faults.txt"

it "--recorder limits it to one, and a wrong name is refused"
add dvd+rw
gives 0 virtual add other --media none
gives 5 doctor --recorder other
silent_about 'Recorder "drive"'
gives 0 doctor
says "1 of 2 recorders could burn"
gives 5 doctor --recorder nobody
complains 'no recorder "nobody"'
silent_about "imapi2.dll"
gives 5 doctor other
silent_about 'Recorder "drive"'
gives 2 doctor drive --recorder other
complains "named twice"
gives 2 doctor --size 4
complains "belong to --burn-test"

# --- doctor: what stands in the way ---------------------------------------------------------------

it "an empty drive: it says so, and what to do"
gives 0 virtual add drive --media none
gives 5 doctor
says "NO, because there is no disc"
says "openimapi2 virtual insert drive"
gives 0 virtual insert drive --blank dvd+r --image disc.iso
gives 0 virtual eject drive
gives 5 doctor
says "tray is open"

it "a disc that is closed: it says what to do with it, by its kind"
image one.iso 100
add dvd+r
gives 0 write one.iso --finalize
gives 5 doctor
says "is closed"
says "Insert a blank disc"
gives 0 virtual eject drive
gives 0 virtual insert drive --blank cd-rw --image other.iso
gives 0 write one.iso --finalize
gives 5 doctor
says "openimapi2 blank drive"

it "a disc that is pressed can't be written, and that is said"
image disc.iso 100
gives 0 virtual add drive --media dvd-rom --image disc.iso
gives 5 doctor
says "can't write the kind of disc"

it "a session that was left open: a burn would work, and close it"
open_disc disc.iso 1600
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 0 doctor
says "the session that was left open is closed first"

it "a recorder that another program holds: it says which program, and asks the drive nothing more"
gives 0 virtual add drive --media dvd+r --image disc.iso --speed 1
image one.iso 20000
begin write one.iso
gives 5 doctor
says "Held by              openimapi2"
says "Tray                 not known"
says "E_IMAPI_RECORDER_LOCKED"
says "0xC0AA0210"
says "Would a burn work?   NO"
says "What to do           Wait until"
gives 5 doctor --burn-test --yes
complains "can't begin"
interrupt
is "$status" 4 "exit code of the burn"

it "a recorder that can't be opened: it says why, and goes on with the others"
add dvd+rw
printf 'medium = cheese\n' >recorders/bad.ini
gives 0 doctor
says "opening: FAILED"
says "cheese"
says "1 of 2 recorders could burn"
gives 5 doctor --recorder bad

it "a drive that does not answer: it is told, and asked nothing more"
broken dvd+r 'from 12th any command: timeout'
gives 5 doctor
says "E_IMAPI_RECORDER_COMMAND_TIMEOUT, 0xC0AA020D"
says "did not answer in time"
says "It was asked nothing more"
silent_about "Mode pages"

it "a drive that is unplugged: it is told, with the way out"
broken dvd+r 'from 9th any command: unplug'
gives 5 doctor
says "ERROR_DEV_NOT_EXIST, 0x80070037"
silent_about "failed: GET CONFIGURATION failed"
echo 'from 2nd any command: unplug' >faults.txt
gives 5 doctor
says "Tray                 not known"
says "Plug it in again"

it "a drive without GET CONFIGURATION: it lacks that, and a burn would work all the same"
broken cd-r 'get configuration: fail 5/20/00'
gives 0 doctor
says "E_IMAPI_RECORDER_GET_CONFIGURATION_NOT_SUPPORTED"
says "Missing              GET CONFIGURATION"
says "Would a burn work?   YES"

it "a drive without mode pages: a DVD+R can be burned, a CD-RW can't"
broken dvd+r 'mode sense (10): fail 5/20/00'
gives 0 doctor
says "Missing              mode pages"
says "Would a burn work?   YES"
gives 0 virtual eject drive
gives 0 virtual insert drive --blank cd-rw --image other.iso
gives 5 doctor
says "mode page 05h"

it "a drive without READ BUFFER CAPACITY can burn all the same"
broken dvd-rw 'read buffer capacity: fail 5/20/00'
gives 0 doctor
says "READ BUFFER CAPACITY"
says "5/20/00)"

it "answers that are too short are no answers"
for command in 'read track information' 'read disc information' 'get configuration' \
    'mode sense (10)' 'read buffer capacity' 'get performance'; do
    rm -rf recorders disc.iso*
    broken dvd-rw "$command: transfer 3 bytes"
    openimapi2 doctor
    ((status == 0 || status == 5)) || wrong "\"$command\" ended with $status"
    says "Would a burn work?"
    narrow
done

it "a drive with a hardware fault, or a disc that it can't read: both are named"
broken dvd+r 'test unit ready: fail 4/44/00'
gives 5 doctor
says "sense 4/44/00"
says "Switch the drive off and on"
echo 'test unit ready: fail 2/30/00' >faults.txt
gives 5 doctor
says "sense 2/30/00"
says "clean it"

# --- burn test ------------------------------------------------------------------------------------

for media in dvd+rw dvd-rw dvd-ram bd-re cd-rw; do
    it "$media: the burn test passes, on a new disc and on the one that it leaves"
    add "$media"
    burn_test 0
    # A DVD-RAM comes formatted, and a drive does not tell whether anything is on it.
    [[ $media == dvd-ram ]] || says "nothing is lost"
    silent_about "Writing:"
    says "Exclusive access     ok"
    says "then E_IMAPI_REQUEST_CANCELLED"
    says "Writing              ok: 2048 sectors"
    says "Progress events      ok"
    says "Finishing            ok"
    says "Reading back         ok: 2048 sectors, all as they were written"
    says "Giving back          ok"
    says "Result               PASSED"
    says "Paste all of this into a bug report"
    says "trace.log"
    grep -q OIMTEST1 disc.iso || wrong "the disc holds no test data"
    burn_test 0
    says "ALL THAT IS ON THIS DISC WILL BE LOST"
    says "Result               PASSED"
    gives 0 doctor
    says "Held by              nobody"
    image one.iso 100
    gives 0 write one.iso --verify
done

it "the burn test takes another size, and refuses one that makes no sense"
add dvd+rw
burn_test 2 --size 9
gives 0 doctor --burn-test --yes --size=1
says "512 sectors"
for size in 0 513 x 4k ''; do
    gives 2 doctor --burn-test --yes --size="$size"
    complains "from 1 to 512"
done

it "without a terminal and without --yes the burn test is refused, and nothing is touched"
add dvd+rw
gives 5 doctor --burn-test
complains "nobody to ask"
gives 5 doctor --burn-test --json
[[ ! -s disc.iso ]] || wrong "something was written"

it "in a terminal it begins when one types yes, and not for anything else"
add dvd+rw
for answer in no "" y YES; do
    status=0
    answering "$answer" doctor --burn-test --size 1 || status=$?
    is "$status" 5 "exit code"
    says "not begun; the disc was not touched"
    [[ ! -s disc.iso ]] || wrong "something was written"
done
status=0
answering $'\003' doctor --burn-test --size 1 || status=$?
is "$status" 4 "exit code after Ctrl-C"
says "cancelled; the disc was not touched"
[[ ! -s disc.iso ]] || wrong "something was written"
status=0
answering yes doctor --burn-test --size 1 || status=$?
is "$status" 0 "exit code"
says "PASSED"

it "a disc that is written once is refused, unless --write-once says that it may be used up"
add dvd+r
burn_test 5
complains "only once"
[[ ! -s disc.iso ]] || wrong "something was written"
burn_test 0 --write-once
says "THIS DISC IS WRITTEN ONCE"
silent_about "leave the disc's format"
says "  2. write"
says "Cancelled section    skipped"
says "Result               PASSED"

it "a drive that fails in the middle: the burn test says FAILED with the code, and gives it back"
broken dvd+rw 'write lba 1500: fail 3/0C/00'
burn_test 1
says "Writing              FAILED"
says "E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE"
says "0xC0AA0301"
says "Reading back         skipped: a step before it failed"
says "Giving back          ok"
says "Result               FAILED"
gives 0 doctor
says "Held by              nobody"

it "a disc that does not take what is written is found out, by its first sector"
add dvd+rw --personality silent-discard
burn_test 3
says "Reading back         FAILED: sector 0 is not what was written"

it "a drive that can't read back what it wrote: that step fails"
broken dvd+rw 'read lba 700: fail 3/11/00'
burn_test 1
says "Writing              ok"
says "Reading back         FAILED"
says "3/11/00"

it "a drive that goes away in the middle ends the burn test, which says so"
broken dvd+rw '20th write: unplug'
burn_test 1
says "FAILED"
says "0x80070037"

it "no disc, or two recorders and none named: refused"
gives 0 virtual add drive --media none
burn_test 5
complains "can't begin"
complains "no disc"
gives 0 virtual add other --media none
burn_test 5
complains "say which with --recorder"

it "Ctrl-C ends the burn test, and gives the drive back"
gives 0 virtual add drive --media dvd+rw --image disc.iso --speed 1
begin_until 'Erasing' doctor --burn-test --yes
interrupt
is "$status" 4 "exit code"
says "cancelled"
says "Giving back          ok"
gives 0 doctor
says "Held by              nobody"

it "the burn test tells machines each step"
add dvd+rw
burn_test 0 --json
is "$(events)" "system recorder disc step progress step progress step progress step done" events
says '"step":"Writing","outcome":"ok"'
says '"result":"PASSED"'

it "without OPENIMAPI2_TRACE the burn test makes a trace and tells where"
add dvd+rw
status=0
env -u OPENIMAPI2_TRACE "${cli[@]}" doctor --burn-test --yes --size 1 >out 2>err </dev/null ||
    status=$?
is "$status" 0 "exit code"
silent_about "OPENIMAPI2_TRACE="
trace=$(sed -n 's/\r$//; s/^\(\/.*openimapi2-burn-test-.*\.log\)$/\1/p' out)
grep -q 'WRITE (10)' "${trace:-/dev/null}" || wrong "there is no such trace: \"$trace\""
rm -f "$trace"

finish
