#!/usr/bin/env bash
# usage: tests/client/test_client.sh
#
# Compiles client.c as a stranger would, against the headers of dist/include alone, for 64 and 32
# bit, and runs it in a single-threaded and in the multi-threaded apartment. Prints "ok", "not ok"
# or "SKIP" with a sentence for each behaviour; ends with 1 when one failed. OI_WINE is the command
# that runs Windows programs (without it, scripts/wine), OI_DIST the folder with the products
# (without it, dist).
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
set +e

dist=${OI_DIST:-$root/dist}
read -ra wine <<<"${OI_WINE:-$root/scripts/wine}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# compiled ARCH: makes client.exe; a warning in a stranger's program is our failure too.
compiled() {
    mkdir -p "$work/$1"
    if "$1-w64-mingw32-gcc" -Wall -Wextra -Werror -I"$dist/include" -o "$work/$1/client.exe" \
        "$root/tests/client/client.c" -lole32 -loleaut32 -luuid >"$work/out" 2>&1; then
        printf 'ok      %s: a client compiles without a warning\n' "$1"
    else
        printf 'not ok  %s: a client compiles without a warning\n' "$1"
        sed 's/^/#   /' "$work/out"
        return 1
    fi
}

# run ARCH APARTMENT
run() {
    local status=0

    timeout -k 10 100 "${wine[@]}" --arch "$1" "$work/$1/client.exe" "$2" >"$work/out" 2>&1 \
        </dev/null || status=$?
    sed "s/\r\$//; s/^\(ok      \|not ok  \)/\1$1 /" "$work/out"
    if ((status != 0)); then
        printf 'not ok  %s %s: the client ended with %d\n' "$1" "$2" "$status"
        failed=1
    fi
}

for arch in ${OI_ARCHES:-x86_64 i686}; do
    compiled "$arch" || { failed=1 && continue; }
    if [[ $arch == i686 ]] && ! have_wine32; then
        printf 'SKIP    %s\n' "i686: $(wine32_reason)"
        continue
    fi
    run "$arch" sta
    run "$arch" mta
done
exit "$failed"
