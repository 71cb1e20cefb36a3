#!/usr/bin/env bash
# usage: tests/scripts/test_build.sh
#
# Whether scripts/build says what it built. Nothing is built here: cmake and ninja are stand-ins.
# Prints "ok" or "not ok" with a sentence for each behaviour; ends with 1 when one failed.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
set +e

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# expect SENTENCE COMMAND…
expect() {
    if "${@:2}"; then
        printf 'ok      %s\n' "$1"
    else
        printf 'not ok  %s\n' "$1"
        sed 's/^/#   /' "$work/out"
        failed=1
    fi
}

# build PRESET…
build() {
    PATH=$work:$PATH "$root/scripts/build" "$@" >"$work/out" 2>&1
}

printf '#!/bin/sh\nexit 0\n' | tee "$work/cmake" >"$work/ninja"
chmod +x "$work/cmake" "$work/ninja"
build native native-asan
expect "the end is one line with what was built" \
    diff "$work/out" - <<<'built:    build/native, build/native-asan'

printf '#!/bin/sh\necho wrong\nexit 1\n' >"$work/ninja"
build native
status=$?
expect "a failed build is the exit code" test "$status" -ne 0
expect "a failed build is not said to be built" test "$(grep -c '^built' "$work/out")" -eq 0
exit "$failed"
