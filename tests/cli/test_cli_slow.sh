#!/usr/bin/env bash
# usage: tests/cli/test_cli_slow.sh
#
# Runs openimapi2.exe as a user would, newcomers' mistakes first, and prints "ok" or "not ok" with a
# sentence for each behaviour; ends with 1 when one failed. OI_CLI is the command that runs the
# program; without it, scripts/wine of this repository does.
source "$(dirname "${BASH_SOURCE[0]}")/bench.sh"

# --- the command line -----------------------------------------------------------------------------

it "without a command it points at --help"
gives 2
complains "no command given"
complains "--help"

it "help of the virtual recorders' commands lists these alone"
gives 0 virtual --help
says "virtual eject"
silent_about "openimapi2 write"

it "an unknown command is named"
gives 2 wirte disc.iso
complains 'unknown command "wirte"'

it "an unknown option is named, and the help of its command, which lists the options"
gives 2 write disc.iso --verfy
complains 'unknown option "--verfy"'
complains '"openimapi2 write --help" tells'
gives 0 write --help
says "  --verify  "
gives 2 virtual add x --medium dvd+r
complains 'unknown option "--medium"'
complains '"openimapi2 virtual add --help" tells'
gives 0 virtual add --help
for option in media image speed personality faults clock trace; do
    says "  --$option "
done

it "an option of another command is refused"
gives 2 list --verify
complains 'does not take the option "--verify"'
complains '"openimapi2 list --help"'

it "a missing image name, a missing value and a word too many are named"
gives 2 write
complains "IMAGE is missing"
gives 2 write disc.iso --recorder
complains '"--recorder" needs a value'
gives 2 write one.iso two.iso
complains '"two.iso"'

it "a speed that is no number is refused"
gives 2 write disc.iso --speed fast
complains '"fast"'
gives 2 write disc.iso --speed 0
complains "whole number"
gives 2 write disc.iso --speed 2.45
gives 2 write disc.iso --speed 65
gives 2 write disc.iso --speed 0.9
complains "from 1 to 64"

it "help lists the commands and the exit codes, for each command too"
gives 0 --help
says "virtual add"
says "Exit codes"
for words in list info write verify blank format trace "virtual add" "virtual blanks" \
    "virtual list" "virtual set" "virtual remove" "virtual insert" "virtual eject"; do
    # The words are two arguments where there are two.
    # shellcheck disable=SC2086
    gives 0 $words --help
    says "Usage: openimapi2 $words"
    says "Exit codes"
    narrow
done

it "it tells its version"
gives 0 --version
says "openimapi2 "

# --- recorders ------------------------------------------------------------------------------------

it "a virtual recorder that was added is listed and has a blank disc"
gives 0 virtual add first --media dvd+r --image first.iso
gives 0 virtual list
says "first"
says "$work/first.iso"
gives 0 list
says "DVD+R, blank"
gives 0 info first
says "nobody"
says "Next writable"

it "a virtual recorder is not added twice, and the first one stays as it was"
gives 0 virtual add twice --media dvd+r --image one.iso
cp recorders/twice.ini before.ini
gives 5 virtual add twice --media dvd+rw --image two.iso
complains 'virtual recorder "twice" already'
complains "virtual remove twice"
cmp -s before.ini recorders/twice.ini || wrong "its definition was changed"

it "a bad name for a virtual recorder is refused, with the rule"
for bad in 'two words' 'a.b' '../escape' 'ähnlich' "$(printf 'x%.0s' {1..33})"; do
    gives 2 virtual add "$bad" --media dvd+r --image x.iso
    complains "1 to 32"
done
for device in con Nul COM1 lpt9; do
    gives 2 virtual add $device --media dvd+r --image x.iso
    complains "a device in Windows"
done
[[ ! -e recorders ]] || is "$(ls recorders)" "" "definitions"

it "an image path that Windows has no name for is refused"
gives 2 virtual add quoted --media dvd+r --image 'the "best".iso'
complains 'Windows allows no "'
[[ ! -e recorders ]] || is "$(ls recorders)" "" "definitions"

it "a recorder that is added has its tray closed, whatever one of that name has left behind"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 0 virtual eject drive
rm recorders/drive.ini
gives 0 virtual add drive --media dvd+r --image disc.iso
says "DVD+R, blank"

it "a definition with a byte order mark is understood, and changed where it says so"
mkdir recorders
printf '\xef\xbb\xbfmedium = dvd+rw\nimage = %s/disc.iso\n# by hand\n' "$work" \
    >recorders/drive.ini
gives 0 virtual list
says "dvd+rw"
gives 0 virtual eject drive
gives 0 virtual insert drive --media dvd+r
says "DVD+R, blank"
is "$(sed 's/^\xef\xbb\xbf//' recorders/drive.ini)" \
    $'medium = dvd+r\n'"image = $work/disc.iso"$'\n# by hand' "definition"

it "a mistake in a definition is told with file and line, under the recorder's name"
mkdir recorders
printf 'medium = dvd+x\nimage = disc.iso\n' >recorders/broken.ini
gives 0 list
says "broken "
says "broken.ini, line 1"
gives 5 info broken
complains 'recorder "broken" can'
complains "broken.ini, line 1"
silent_about "openimapi2#virtual"
silent_about "E_FAIL"

it "another disc is not put in when a bad one does not come out, and the definition stays"
mkdir -p recorders/drive.state
image holiday.iso 16
printf 'medium = dvd+r\nimage = %s/holiday.iso\n' "$work" >recorders/drive.ini
cp recorders/drive.ini before.ini
gives 1 virtual insert drive --image disc.iso
complains "drive.state"
cmp -s before.ini recorders/drive.ini || wrong "its definition was changed"

it "a folder of recorders that can't be made is named"
echo "no folder" >folder.txt
OPENIMAPI2_RECORDERS=$work/folder.txt/recorders gives 1 virtual add drive --media none
grep -q 'the folder ".*folder.txt.recorders" of the virtual recorders can.t be made' err ||
    wrong "the folder is not named"

it "a bad kind of disc is refused, and the known ones are named"
gives 2 virtual add drive --media dvd+x --image x.iso
complains '"dvd+x"'
complains "dvd+r-dl"
complains "bd-re-dl"
complains ", none"
gives 2 virtual add drive --image x.iso
complains "needs --media"
complains "bd-re-dl"
complains ", none"
gives 2 virtual add drive --media dvd+r
complains "needs --image"
[[ ! -e recorders ]] || is "$(ls recorders)" "" "definitions"

it "a file that is no virtual disc is not taken for one, and the recorder is not added"
image holiday.iso 16
cp holiday.iso copy.iso
gives 1 virtual add careful --media dvd+r --image holiday.iso
complains "holiday.iso"
complains "or read it as a pressed disc: --media dvd-rom"
cmp -s holiday.iso copy.iso || wrong "the file was changed"
[[ ! -e recorders/careful.ini ]] || wrong "the recorder was added"

it "removing a virtual recorder keeps its image file"
gives 0 virtual add gone --media dvd+r --image gone.iso
image small.iso 16
gives 0 write small.iso --recorder gone
gives 0 virtual remove gone
[[ -s gone.iso ]] || wrong "the image is gone"
[[ ! -e recorders/gone.ini ]] || wrong "the definition is still there"
gives 5 virtual remove gone
complains '"gone"'

it "an unknown recorder is refused, and the known ones are named"
gives 0 virtual add known --media dvd+r --image known.iso
image small.iso 16
gives 5 write small.iso --recorder unknown
complains '"unknown"'
complains '"known"'
gives 5 info 7
complains '"7"'

it "with two recorders one must be chosen, by name, index or unique id"
gives 0 virtual add aa --media dvd+r --image aa.iso
gives 0 virtual add bb --media dvd+rw --image bb.iso
image small.iso 16
gives 5 write small.iso
complains "--recorder"
complains '"aa"'
complains '"bb"'
gives 0 info BB
says "DVD+RW"
gives 0 info 0
gives 0 info '\\?\openimapi2#virtual#aa#{53f56308-b6bf-11d0-94f2-00a0c91efb8b}'
says "DVD+R, blank"

# --- images ---------------------------------------------------------------------------------------

it "a missing image, a folder, a device and an empty file are refused"
gives 0 virtual add drive --media dvd+r --image disc.iso
gives 5 write missing.iso
complains "missing.iso"
complains "not found"
gives 5 write "$work"
complains "is a folder"
gives 5 write /dev/null
complains "not an ordinary file"
: >empty.iso
gives 5 write empty.iso
complains "is empty"
[[ ! -s disc.iso ]] || wrong "something was written"

it "the file of the disc that is in the recorder is not burned onto itself"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 16
gives 0 write one.iso
cp disc.iso copy.iso
gives 5 write "$work/disc.iso"
complains "the very disc"
cmp -s disc.iso copy.iso || wrong "the disc was changed"
gives 0 write copy.iso

it "a disc whose state is damaged is named, with what can be done, and the sense once"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 16
gives 0 write one.iso
echo nonsense >disc.iso.disc
gives 1 info
says "disc.iso.disc, line 1"
gives 1 write one.iso
complains "disc.iso.disc, line 1"
is "$(grep -o 2/30/ err | wc -l)" 1 "times that the sense is told"

if ((EUID != 0)); then
    it "an image that may not be read is refused"
    gives 0 virtual add drive --media dvd+r --image disc.iso
    image secret.iso 16
    chmod 000 secret.iso
    gives 5 write secret.iso
    complains "secret.iso"
else
    end_of_test
    name=''
    printf 'skipped %s: root may read everything\n' "an image that may not be read is refused"
fi

it "an image whose size is no multiple of 2048 is refused before anything is written"
gives 0 virtual add drive --media dvd+r --image disc.iso
head -c 5000 /dev/urandom >odd.iso
gives 5 write odd.iso
complains "not a multiple of 2048"
complains "904 bytes are left over"
[[ ! -s disc.iso ]] || wrong "something was written"

it "an image larger than the disc is refused before anything is written"
truncate -s 4700375040 large.iso
for media in dvd+r dvd+rw; do
    gives 0 virtual add "drive${media//+/-}" --media $media --image $media-disc.iso
    gives 5 write large.iso --recorder "drive${media//+/-}"
    complains "nothing was written"
    complains "2295105"
    [[ ! -s $media-disc.iso ]] || wrong "something was written"
done

it "where an interrupted session takes too much of the room, nothing is written"
open_disc disc.iso 2293104
cp disc.iso.disc before.ini
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 1000
gives 5 write one.iso
complains "room for 976"
complains "nothing was written"
cmp -s before.ini disc.iso.disc || wrong "the session was closed"
image two.iso 960
gives 0 write two.iso
same disc.iso 2294128 two.iso

# --- burning --------------------------------------------------------------------------------------

it "an image is burned on a DVD+R, verified, and the disc file begins with it"
gives 0 virtual add drive --media dvd+r --image disc.iso
image small.iso 1000
gives 0 write small.iso --verify
says "Verified"
same disc.iso 0 small.iso
gives 0 verify small.iso
gives 0 info
says "open for more"

it "a disc file that can't grow any more is named, not the laser or the disc"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 4000
(
    trap '' XFSZ
    ulimit -f 4000
    gives 1 write one.iso
    complains "disc.iso: "
    silent_about "clean the disc"
    exit $problems
) || problems=1

it "a second session goes behind the first, and is the one that is verified"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 1000
image two.iso 500
gives 0 write one.iso
gives 0 write two.iso --verify
same disc.iso 0 one.iso
start=$(sed -n 's/.*from sector \([0-9]*\) on.*/\1/p' out | head -n 1)
((${start:-0} >= 1000)) || wrong "the second session does not start behind the first"
same disc.iso "${start:-0}" two.iso
gives 0 verify two.iso
gives 3 verify one.iso

it "a DVD+R that was finalised takes no further session and keeps what it holds"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 1000
gives 0 write one.iso --finalize
cp disc.iso copy.iso
gives 5 write one.iso
complains "is closed"
cmp -s disc.iso copy.iso || wrong "the disc was changed"
gives 0 verify one.iso

it "a new DVD+RW is formatted, burned and verified, and can be overwritten"
gives 0 virtual add drive --media dvd+rw --image disc.iso
image one.iso 1000
image two.iso 500
gives 0 write one.iso --verify
says "Formatting"
same disc.iso 0 one.iso
gives 0 write two.iso --verify
same disc.iso 0 two.iso
cmp -s -n $((500 * 2048)) -i $((500 * 2048)) disc.iso one.iso ||
    wrong "what was behind the second image is gone"
gives 3 verify one.iso

it "a disc that differs is told, with the first sector"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 1000
gives 0 write one.iso
cp one.iso good.iso
change one.iso 900 0
for place in "800 2047" "777 5" "768 0"; do
    # Two numbers.
    # shellcheck disable=SC2086
    change one.iso $place
    gives 3 verify one.iso
    complains "sector ${place% *} "
done
gives 0 verify good.iso

it "an image longer than what is recorded does not verify"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 1000
gives 0 write one.iso
image tail 3000
cat tail >>one.iso
gives 3 verify one.iso

it "a blank disc does not verify"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 16
gives 3 verify one.iso
complains "blank"

it "after eject there is no disc, after insert it is back"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 16
gives 0 virtual eject drive
gives 5 write one.iso
complains "no disc"
complains "virtual insert drive"
gives 0 list
says "no disc"
gives 0 virtual insert drive
gives 0 write one.iso

it "another disc can be inserted, and the first one is as it was when it comes back"
gives 0 virtual add drive --media dvd+r --image first.iso
image one.iso 16
gives 0 write one.iso
gives 5 virtual insert drive --image second.iso --media dvd+rw
complains "virtual eject drive"
gives 0 virtual eject drive
gives 0 virtual insert drive --image second.iso --media dvd+rw
says "DVD+RW"
gives 0 virtual eject drive
gives 0 virtual insert drive --image first.iso --media dvd+r
gives 0 verify one.iso

it "unix paths, windows paths, relative ones and names with blanks and umlauts all work"
mkdir -p "a folder"
gives 0 virtual add drive --media dvd+rw --image "$work/a folder/dïsc.iso"
image "a folder/ïmage.iso" 16
gives 0 write "$work/a folder/ïmage.iso"
[[ -s "a folder/dïsc.iso" ]] || wrong "the disc file is not where it should be"
gives 0 verify "a folder/ïmage.iso"
gives 0 verify "Z:${work//\//\\}\\a folder\\ïmage.iso"
rm -rf "a folder"

# --- what it tells --------------------------------------------------------------------------------

it "when stdout is no terminal, progress comes as whole lines"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 20000
gives 0 write one.iso --verify
says "Writing: 100 %"
says "Verifying: 100 %"
says "MB/s"
! grep -q $'\r' out || wrong "a line is redrawn"
(($(grep -c ^Verifying: out) < 10)) || wrong "a line came for each tenth"

it "--json gives one object per line and nothing else on stdout"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 20000
gives 0 write one.iso --verify --json
is "$(events)" "start progress done" "events"
gives 0 verify one.iso --json
is "$(events)" "start progress done" "events"
gives 5 write missing.iso --json
is "$(events)" "error" "events"
gives 2 write --json --fast
is "$(events)" "error" "events"
gives 5 write "$(printf '\001%.0s' {1..1500})" --json
is "$(events)" "error" "events"
for length in 1017 1018 1019; do
    gives 5 write "$(printf "%.0sx" $(seq $length))éééééé" --json
    is "$(events)" "error" "events"
done

it "in a narrow terminal the progress line is redrawn and never wider than the terminal"
gives 0 virtual add drive --media dvd+r --image disc.iso
image one.iso 20000
status=0
in_terminal 50 write one.iso || status=$?
is "$status" 0 "exit code"
says "100 %"
sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' out | tr '\r' '\n' | grep -E '^Writing .*[0-9]+ %' >lines
(($(wc -l <lines) > 1)) || wrong "no line was redrawn"
! grep -qE '.{50}' lines || wrong "a line is too wide"

it "a terminal's long messages break between words"
status=0
in_terminal 40 write one.iso --recorder nobody --speed 2 || status=$?
is "$status" 5 "exit code"
in_terminal 40 virtual add drive --media dvd+x --image disc.iso || status=$?
is "$status" 2 "exit code"
sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' out | tr -d '\r' >lines
! grep -qE '.{41}' lines || wrong "a line is wider than the terminal"
for word in "dvd+r-dl" "bd-re-dl" "bd-rom"; do
    grep -qF -- "$word" lines || wrong "\"$word\" is broken"
done

# --- Ctrl-C ---------------------------------------------------------------------------------------

# interrupted SECONDS WORD…: runs it in a terminal where Ctrl-C is pressed after so long; status is its
# exit code, 130 when the signal itself ended it.
interrupted() {
    : >err
    status=0
    python3 - "$1" "${cli[@]}" "${@:2}" >out <<'END' || status=$?
import os, pty, select, sys, time
process, terminal = pty.fork()
if process == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
press = time.monotonic() + float(sys.argv[1])
while True:
    left = None if press is None else max(0, press - time.monotonic())
    if not select.select([terminal], [], [], left)[0]:
        os.write(terminal, b"\x03")
        press = None
        continue
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
sys.exit(128 - code if code < 0 else code)
END
}

it "Ctrl-C at any time after the start never looks like success"
gives 0 virtual add drive --media dvd+r --image disc.iso --speed 1
image one.iso 20000
for seconds in 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0 1.2 1.5; do
    interrupted $seconds verify one.iso
    # One that came before the program can be lost with what it ended; the disc is blank.
    [[ $status == 130 || $status == 4 || $status == 3 ]] ||
        wrong "Ctrl-C after $seconds s ended it with $status"
done

it "Ctrl-C ends a command that changes nothing, too, and says so"
gives 0 virtual add drive --media dvd+r --image disc.iso --personality slow-ready
for seconds in 0.8 1.2 1.6 2.0; do
    interrupted $seconds info
    [[ $status == 130 || $status == 4 ]] || grep -q "Next writable" out ||
        wrong "Ctrl-C after $seconds s ended it with $status"
    ((status != 4)) || says cancelled
done

it "while a disc is being written, everybody else is refused and told who holds the recorder"
gives 0 virtual add drive --media dvd+r --image disc.iso --speed 1
image one.iso 20000
image two.iso 100
begin write one.iso
gives 5 write two.iso
complains '"openimapi2"'
complains "E_IMAPI_RECORDER_LOCKED"
gives 5 virtual eject drive
gives 5 virtual remove drive
cp recorders/drive.ini before.ini
gives 5 virtual insert drive --image two.iso
complains "E_IMAPI_RECORDER_LOCKED"
cmp -s before.ini recorders/drive.ini || wrong "its definition was changed"
gives 5 info
says "Held by:          openimapi2"
says "Handles:          not known while the drive is in use"
says 'Disc:             in use by "openimapi2"'
gives 0 list
says 'in use by "openimapi2"'
interrupt
is "$status" 4 "exit code of the burn"

it "Ctrl-C in the middle of a DVD+R leaves it open, says so, and the next burn closes the session"
gives 0 virtual add drive --media dvd+r --image disc.iso --speed 1
image one.iso 20000
image two.iso 100
begin write one.iso
interrupt
is "$status" 4 "exit code"
complains "cancelled"
complains "left open"
(($(stat -c %s disc.iso) < 20000 * 2048)) || wrong "everything was written"
gives 0 list
says "not closed"
gives 0 write two.iso --verify
says "Closing the session that was left open"
gives 0 verify two.iso

it "Ctrl-C in the middle of a DVD+RW says how far it was overwritten"
gives 0 virtual add drive --media dvd+rw --image disc.iso --speed 1
image one.iso 20000
image two.iso 100
begin write one.iso
interrupt
is "$status" 4 "exit code"
complains "are overwritten"
gives 0 write two.iso --verify

it "after Ctrl-C while an open session is closed, no command follows that is not needed"
gives 0 virtual add drive --media cd-rw --image disc.iso --speed 8
image one.iso 4000
image two.iso 100
begin write one.iso
interrupt
is "$status" 4 "exit code of the burn"
begin_until "Closing the session that was left open" write two.iso
interrupt
is "$status" 4 "exit code"
complains "The session that was left open has been closed; no image was written."
silent_about "Writing "
gives 0 trace drive
says "CLOSE TRACK/SESSION"
silent_about "SEND OPC INFORMATION"
silent_about "WRITE (10)"

it "a drive that keeps a burn waiting is told of"
printf '10th write: stall 7 s\n' >faults.txt
gives 0 virtual add drive --media dvd+r --image disc.iso --faults faults.txt
image one.iso 20000
gives 0 write one.iso
says ", waiting for the drive, fifo "

finish
