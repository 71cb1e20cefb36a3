#!/usr/bin/env bash
# usage: tests/drive/test_drive_letters.sh
#
# What "scripts/wine --drive" promises of its letters: they are there for the program that they were
# given to, and for nobody else. Prints "ok", "not ok" or "SKIP" with a sentence for each behaviour and
# ends with 1 when one failed. OI_ARCHES: without it, x86_64 and i686.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
set +e
source "$root/tests/cli/bench.sh"

# given NAME MEDIUM: a recorder with a blank disc.
given() {
    mkdir -p recorders
    printf '%s\n' "medium = $2" "image = $work/$1.iso" "clock = virtual" >"recorders/$1.ini"
}

# wine WORD…: runs scripts/wine; status, out and err tell the rest.
wine() {
    cli=("$root/scripts/wine" --arch "$arch")
    openimapi2 "$@"
}

# disc_in RECORDER: the disc in drive D:, while the recorder is behind it.
disc_in() {
    "$root/scripts/wine" --arch "$arch" --drive d="$1" openimapi2 info D: 2>&1 </dev/null |
        sed -n 's/\r$//; s/^Disc: *//p'
}

try_letters() {
    local recorder

    it "$arch: two programs at once have different recorders behind one letter"
    given plus dvd+r
    given compact cd-r
    for recorder in plus compact plus compact; do
        disc_in "$recorder" >>"$recorder.txt" &
    done
    wait
    : >out 2>err
    is "$(sort -u plus.txt | sed 's/,.*//')" "DVD+R" "behind D: of two programs"
    is "$(sort -u compact.txt | sed 's/,.*//')" "CD-R" "behind D: of two other programs"

    it "$arch: every letter has its own recorder"
    given plus dvd+r
    given compact cd-r
    wine --drive d=plus --drive y=compact openimapi2 list
    is "$status" 0 "exit code"
    grep -q "D: .*DVD+R" out || wrong "D: has no DVD+R"
    grep -q "Y: .*CD-R" out || wrong "Y: has no CD-R"

    it "$arch: there is no drive for a program that was given none"
    given plus dvd+r
    disc_in plus >/dev/null
    wine openimapi2 info D:
    is "$status" 5 "exit code"

    it "$arch: a program that is started by the program has the drive, too"
    given plus dvd+r
    wine --drive d=plus cmd /c "$(windows_path "$root/dist/$arch/openimapi2.exe")" info D:
    is "$status" 0 "exit code"
    says "DVD+R"

    it "$arch: a recorder that does not exist is told, with those that do"
    given plus dvd+r
    wine --drive d=nobody openimapi2 list
    is "$status" 1 "exit code"
    complains 'no virtual recorder "nobody"; there is: plus'
}

for arch in ${OI_ARCHES:-x86_64 i686}; do
    if [[ $arch == i686 ]] && { ! have_wine32 || ! have_cc32; }; then
        printf 'SKIP    %s\n' "i686: $(have_wine32 && cc32_reason || wine32_reason)"
        continue
    fi
    try_letters
done
finish
