#!/usr/bin/env bash
# usage: tests/cli/test_cli_tracing_slow.sh
#
# What helps to find out why a burn failed: the words of openimapi2, and the file that the environment
# variable OPENIMAPI2_TRACE names. Needs scripts/build, Wine and python3.
source "$(dirname "${BASH_SOURCE[0]}")/bench.sh"

unset OPENIMAPI2_TRACE

# traced FILE WORD…: runs openimapi2 with that trace.
traced() {
    local OPENIMAPI2_TRACE=$1

    export OPENIMAPI2_TRACE
    openimapi2 "${@:2}"
}

tells() { grep -qF -- "$2" "$1" || wrong "$1 does not say \"$2\""; }

it "a burn that fails tells command, address, sense, attempt, time, and how full the fifo was"
echo 'write lba 5000: fail 3/0C/00' >bad.txt
image my.iso 8000
gives 0 virtual add bad --media dvd+r --image bad.iso --faults bad.txt
gives 1 write my.iso --recorder bad
complains 'WRITE (10) of 32 blocks at LBA 4992 failed: medium error, write error (3/0C/00) at LBA 5000: '
grep -qE '; attempt 1, after [0-9]+\.[0-9] s of at most 200 s; the fifo was [0-9]+ % full\. 4992 of 8000 blocks were written, the last at LBA 4991' err ||
    wrong "stderr does not tell the circumstances"
complains 'E_IMAPI_UNEXPECTED_RESPONSE_FROM_DEVICE, 0xC0AA0301'

it "a drive that takes everything and records nothing is told, with its next writable address"
image my.iso 2000
gives 0 virtual add liar --media dvd+r --image liar.iso --personality silent-discard
gives 1 write my.iso --recorder liar
complains 'The drive accepted every WRITE, but its next writable address is still 0: what it took from there on it has not recorded.'
complains '2000 of 2000 blocks were accepted; whether those from LBA 0 on are on the disc is not known'

it "OPENIMAPI2_TRACE names a file that tells all commands, and after a failure the last ones again"
echo 'write lba 5000: fail 3/0C/00' >bad.txt
image my.iso 8000
gives 0 virtual add bad --media dvd+r --image bad.iso --faults bad.txt
rm -f trace.log
traced "$work/trace.log" write my.iso --recorder bad
is "$status" 1 "the exit code"
tells trace.log 'opened \\?\openimapi2#virtual#bad#'
tells trace.log 'LBA 4960, 32 blocks                      65536 bytes'
tells trace.log 'CHECK CONDITION 3/0C/00 medium error, write error at LBA 5000'
tells trace.log '-- WriteSection failed with 0xC0AA0301: WRITE (10) of 32 blocks at LBA 4992 failed: '
tells trace.log 'commands, the last one last:'
is "$(sed -n '/-- its last/,$p' trace.log | grep -c 'LBA 4992, 32 blocks')" 1 "the failed WRITE in the list"

it "a trace is appended to, by programs that run at once, too, and no line is broken"
rm -f trace.log
for drive in one two three; do
    gives 0 virtual add $drive --media dvd+r --image $drive.iso
done
image my.iso 4000
export OPENIMAPI2_TRACE=$work/trace.log
for drive in one two three; do
    "${cli[@]}" write my.iso --recorder $drive >/dev/null 2>&1 </dev/null &
done
wait
unset OPENIMAPI2_TRACE
is "$(grep -c -- '-- WriteSection ended well: 4000 of 4000 blocks written' trace.log)" 3 "sections"
is "$(grep -c 'WRITE (10)  .* GOOD$' trace.log)" $((3 * 125)) "WRITEs"
is "$(grep -vcE '^20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{6}  [0-9]+\.[0-9]+ +(-- |[A-Z])' trace.log)" 0 "broken lines"

it "a trace that can't be opened is told, and the command is carried out all the same"
gives 0 virtual add one --media dvd+r --image one.iso
image my.iso 100
traced "$work/no/such/folder/trace.log" write my.iso --recorder one
is "$status" 0 "the exit code"
complains "warning: nothing is traced, \"$work/no/such/folder/trace.log\" (OPENIMAPI2_TRACE) can't be opened"
traced "$work" list
is "$status" 0 "the exit code"
complains "(OPENIMAPI2_TRACE) can't be opened"

it "help tells of the variable"
gives 0 --help
says OPENIMAPI2_TRACE
narrow
gives 0 trace --help
says OPENIMAPI2_TRACE
narrow

finish
