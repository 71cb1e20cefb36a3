#!/usr/bin/env bash
# usage: tests/scripts/test_scripts_with_recorders.sh
#
# Runs every script of this folder on a computer with three virtual recorders, one of them without a
# disc, and on one with none, and wants its last line to be "ok": a script that can't be compiled
# says nothing and ends with 0 under Wine. Prints "ok", "not ok" or "SKIP" for each; ends with 1
# when one failed. OI_WINE is the command that runs Windows programs; without it, scripts/wine does.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
set +e

read -ra wine <<<"${OI_WINE:-$root/scripts/wine}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# recorder NAME MEDIUM
recorder() {
    printf 'medium = %s\nimage = %s\n' "$2" "$work/some/$1.iso" >"$work/some/$1.ini"
}

mkdir "$work/some" "$work/none"
recorder first dvd+r
recorder second dvd+rw
printf 'medium = none\n' >"$work/some/empty.ini"

# run ARCH FOLDER SCRIPT
run() {
    local name="$1, $2 recorders: ${3##*/}" status=0 script=Z:${3//\//\\}

    OPENIMAPI2_RECORDERS=$work/$2 "${wine[@]}" --arch "$1" cscript //nologo "$script" \
        >"$work/out" 2>&1 </dev/null || status=$?
    if ((status == 0)) && [[ $(tail -n 1 "$work/out" | tr -d '\r') == ok ]]; then
        printf 'ok      %s\n' "$name"
    else
        printf 'not ok  %s (exit code %d)\n' "$name" "$status"
        sed 's/\r$//; s/^/#   /' "$work/out"
        failed=1
    fi
}

for arch in ${OI_ARCHES:-x86_64 i686}; do
    if [[ $arch == i686 ]] && ! have_wine32; then
        printf 'SKIP    i686: %s\n' "$(wine32_reason)"
        continue
    fi
    for folder in some none; do
        for script in "$root"/tests/scripts/*.vbs "$root"/tests/scripts/*.js; do
            run "$arch" "$folder" "$script"
        done
    done
done
exit "$failed"
