# What the scripts of this folder share. Sourced, never run; needs bash, changes no folder.
# shellcheck shell=bash

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-~/.cache}/openimapi2

say() {
    printf '%s\n' "$*"
}

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# A script's help is the comment at its top.
usage() {
    sed -n '2,/^[^#]/ { /^#/ { s/^# \{0,1\}//; p } }' "$0"
}

bad_usage() {
    printf '%s: %s; try --help\n' "${0##*/}" "$*" >&2
    exit 2
}

# Runs a command whose output matters only when it fails.
quietly() {
    local log status=0

    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if ((status != 0)); then
        cat "$log" >&2
    fi
    rm -f "$log"
    return "$status"
}

# --- the DLLs -------------------------------------------------------------------------------------

# What is part of every Windows, as an extended regular expression.
# shellcheck disable=SC2034
system_dlls="advapi32|kernel32|msvcrt|ole32|oleaut32|rpcrt4|setupapi|shell32|shlwapi|user32"

# imported_dlls ARCH DLL: what the DLL of dist/ARCH imports, a name a line.
imported_dlls() {
    "$1-w64-mingw32-objdump" -p "$root/dist/$1/$2" | sed -n 's/.*DLL Name: //p'
}

# --- what setup puts into the cache ---------------------------------------------------------------

# package_version PACKAGE [FIELD]; prints nothing when the package is not installed.
package_version() {
    dpkg-query -W -f "\${db:Status-Status} \${${2:-Version}}\n" "$1" 2>/dev/null |
        sed -n 's/^installed //p'
}

# The CMocka for Windows programs of one architecture: {include,lib/libcmocka-static.a}.
cmocka_folder() {
    printf '%s\n' "$cache/cmocka-$(package_version libcmocka-dev source:Upstream-Version)/$1"
}

# The 32-bit half of Wine, of the same version as the 64-bit one that apt installed.
# Beside it, in FOLDER.missing, setup writes why it could not be had.
wine32_folder() {
    printf '%s\n' "$cache/wine32-$(package_version libwine)"
}

have_wine32() {
    [[ -d $(wine32_folder) ]]
}

wine32_reason() {
    cat "$(wine32_folder).missing" 2>/dev/null || say "scripts/setup has not run"
}

# --- the project's Wine ---------------------------------------------------------------------------

wine64=/usr/lib/wine/wine64

# Wine needs the page at 7ffe0000h of every process, and Linux may put the heap of Wine's loader just
# there, anywhere in the GiB behind 7d005000h: one start in some thousand ended with 1 and no word. The
# heap stays at the beginning where addresses are not random.
wine_start=(setarch -R)
"${wine_start[@]}" true 2>/dev/null || wine_start=()

# A prefix made without the 32-bit half of Wine can't be given it later: it has another name.
wine_prefix() {
    local hash kind=""

    hash=$(printf '%s' "$root" | sha256sum)
    have_wine32 || kind=-64bit
    printf '%s\n' "${OPENIMAPI2_PREFIX:-$cache/prefix-${hash:0:12}$kind}"
}

# Sets the environment of every Wine process: our prefix, no display, and both bitnesses if we have
# them. The server is named because Debian's wrapper of it ends with its last client, which makes
# every start a cold one; the server itself lingers for some seconds.
wine_environment() {
    local wine32

    [[ -x $wine64 ]] || die "no Wine on this machine: run scripts/setup"
    WINEPREFIX=$(wine_prefix)
    export WINEPREFIX WINESERVER=/usr/lib/wine/wineserver64
    export WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES="mscoree=;mshtml="
    unset DISPLAY WINEARCH WINELOADER WINEDLLPATH
    # In the C locale Wine takes file names for ASCII, and does not find one with an umlaut.
    [[ $(locale charmap 2>/dev/null) == UTF-8 ]] || export LC_ALL=C.UTF-8
    if have_wine32; then
        wine32=$(wine32_folder)
        export WINELOADER=$wine32/usr/lib/wine/wine
        export WINEDLLPATH=$wine32/usr/lib/i386-linux-gnu/wine
        export LD_LIBRARY_PATH=$wine32/usr/lib/i386-linux-gnu:$wine32/lib/i386-linux-gnu
    fi
}

# The Windows spelling of an absolute Unix path.
windows_path() {
    printf 'Z:%s\n' "${1//\//\\}"
}

# --- virtual recorders as drives of the system ----------------------------------------------------

# The folders in which virtual recorders are looked for, in that order.
recorder_folders() {
    local below=OpenIMAPI2/VirtualRecorders folder

    if [[ -n ${OPENIMAPI2_RECORDERS-} ]]; then
        say "$OPENIMAPI2_RECORDERS"
        return
    fi
    say "${XDG_DATA_HOME:-$HOME/.local/share}/$below"
    for folder in "$(wine_prefix)"/drive_c/users/*/AppData/Local/$below; do
        [[ ! -d $folder ]] || say "$folder"
    done
}

# recorder_definition NAME: the path of the recorder's definition. An empty name will do when there
# is only one. Every way out of it is named.
recorder_definition() {
    local recorder=$1 folder file name names=() paths=()

    while read -r folder; do
        for file in "$folder"/*.[Ii][Nn][Ii]; do
            [[ -f $file ]] || continue
            name=${file##*/}
            name=${name%.*}
            names+=("$name")
            [[ -n $recorder && ${name,,} != "${recorder,,}" ]] || paths+=("$file")
        done
    done < <(recorder_folders)
    if ((${#names[@]} == 0)); then
        die "there is no virtual recorder in $(recorder_folders | paste -sd , | sed 's/,/, /g');" \
            "make one: scripts/wine openimapi2 virtual add NAME --media dvd+r --image FILE"
    elif ((${#paths[@]} == 0)); then
        die "there is no virtual recorder \"$recorder\"; there is: ${names[*]}"
    elif [[ -z $recorder ]] && ((${#paths[@]} > 1)); then
        die "there are several virtual recorders; choose one with --recorder: ${names[*]}"
    fi
    realpath -- "${paths[0]}"
}

# preload_library PRESET TARGET: the path of a library with the emulator in it, as new as its
# sources. Sanitizers don't go with programs that were built without them, so the preset is one
# without any.
preload_library() {
    local tree=$root/build/$1

    mkdir -p "$tree"
    exec 9>"$tree/preload.lock"
    flock 9
    [[ -f $tree/build.ninja ]] || (cd "$root" && quietly cmake --preset "$1") ||
        die "cmake failed (did you run scripts/setup?)"
    quietly ninja -C "$tree" --quiet "$2" || die "the build failed"
    exec 9>&-
    say "$tree/src/sgio/$2.so"
}

# The compiler that makes such a library for 32-bit programs.
have_cc32() {
    [[ -n $(package_version gcc-multilib) ]]
}

cc32_reason() {
    cat "$cache/cc32.missing" 2>/dev/null || say "scripts/setup has not run"
}
