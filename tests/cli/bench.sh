# Sourced by the tests of the command-line tool: how they run it and what they report. Prints "ok" or
# "not ok" with a sentence for each behaviour. OI_CLI is the command that runs the program; without
# it, scripts/wine of this repository does.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
read -ra cli <<<"${OI_CLI:-$root/scripts/wine openimapi2.exe}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export OPENIMAPI2_RECORDERS=$work/recorders
# A program that Wine itself fails to start ends with a code and no word, unless Wine is asked for it.
export WINEDEBUG=${WINEDEBUG:--all,err+all}

# --- reporting ------------------------------------------------------------------------------------

name='' problems=0 failed=0 status=0 pid=''

end_of_test() {
    [[ -n $name ]] || return 0
    if ((problems)); then
        printf 'not ok  %s\n' "$name"
        failed=1
    else
        printf 'ok      %s\n' "$name"
    fi
}

# it SENTENCE: what follows is about this behaviour, with no recorder and no image left over.
it() {
    end_of_test
    name=$1 problems=0
    rm -rf recorders ./*.iso ./*.iso.disc ./*.bin ./*.cue ./*.sub ./*.ini ./*.txt
}

wrong() {
    printf '# %s\n' "$1"
    sed 's/\r$//; s/^/#   out: /' out
    sed 's/\r$//; s/^/#   err: /' err
    problems=1
}

# openimapi2 WORD…: runs it; status, out and err tell the rest.
openimapi2() {
    status=0
    "${cli[@]}" "$@" >out 2>err </dev/null || status=$?
}

# gives CODE WORD…: runs it and expects that exit code.
gives() {
    local code=$1

    shift
    openimapi2 "$@"
    ((status == code)) || wrong "\"$*\" ended with $status, not $code"
}

says() { grep -qiF -- "$1" out || wrong "stdout does not say \"$1\""; }
complains() { grep -qiF -- "$1" err || wrong "stderr does not say \"$1\""; }
silent_about() { ! grep -qiF -- "$1" out err || wrong "it says \"$1\""; }
is() { [[ $1 == "$2" ]] || wrong "$3: \"$1\" is not \"$2\""; }

# narrow: no line of stdout is wider than a page.
narrow() { ! grep -qE '.{101}' out || wrong "a line is wider than 100 columns"; }

# finish: the end of a test script, with its exit code.
finish() {
    end_of_test
    exit "$failed"
}

# same FILE OFFSET IMAGE: FILE holds IMAGE from sector OFFSET on.
same() {
    cmp -s <(tail -c +$(($2 * 2048 + 1)) "$1" | head -c "$(stat -c %s "$3")") "$3" ||
        wrong "$1 does not hold $3 from sector $2 on"
}

# image FILE SECTORS: random contents.
image() { head -c $(($2 * 2048)) /dev/urandom >"$1"; }

# change FILE SECTOR BYTE: puts another value there.
change() {
    local at=$(($2 * 2048 + $3)) byte

    byte=$(od -An -tu1 -j $at -N 1 "$1")
    printf '%b' "\\x$(printf %02x $((255 - byte)))" |
        dd of="$1" bs=1 seek=$at conv=notrunc status=none
}

# events: the "event" of each JSON line of stdout, "bad" for a line that is none; "waiting" is left
# out, since any machine may be slow.
events() {
    python3 -c '
import json, sys
for line in sys.stdin:
    try:
        event = json.loads(line)["event"]
        if event != "waiting":
            print(event)
    except Exception:
        print("bad")' <out | uniq | paste -sd ' '
}

# in_terminal COLUMNS WORD…: runs it in a terminal that wide; what appears there goes to out.
in_terminal() {
    : >err
    python3 - "$1" "${cli[@]}" "${@:2}" >out <<'END'
import fcntl, os, pty, struct, sys, termios
process, terminal = pty.fork()
if process == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
END
}

# open_disc FILE SECTORS: a DVD+R whose first session was left open after so many sectors.
open_disc() {
    python3 - "$1" "$2" <<'END'
import sys, zlib
file, sectors = sys.argv[1], int(sys.argv[2])
state = ("openimapi2 disc 1\nmedium = dvd+r\nfinalised = 0\n"
         f"track = 1 open 0 2295104 {sectors} {sectors}\n")
with open(file + ".disc", "w") as out:
    out.write(state + "checksum = %08x\n" % zlib.crc32(state.encode()))
with open(file, "wb") as out:
    out.truncate(sectors * 2048)
END
}

# until_it CONDITION…: waits at most 30 s for it.
until_it() {
    local deadline=$((SECONDS + 30))

    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# begin_until PATTERN WORD…: runs it in the background until a line says that; its streams are the
# files out and err of the folder background.
begin_until() {
    mkdir -p background
    : >background/out
    set -m
    "${cli[@]}" "${@:2}" >background/out 2>background/err </dev/null &
    pid=$!
    set +m
    until_it grep -q "$1" background/out || wrong "nothing said \"$1\""
}

# begin WORD…: runs it in the background until the first progress is told.
begin() { begin_until '^Writing: [1-9]' "$@"; }

# interrupt: presses Ctrl-C twice for what was begun, and waits for its end. A terminal sends it to
# the whole process group; a 32-bit program is not the process that was started.
interrupt() {
    kill -INT -- "-$pid"
    until_it grep -q 'Cancelling' background/err || wrong "the interrupt was not noticed"
    kill -INT -- "-$pid" 2>/dev/null
    status=0
    wait "$pid" || status=$?
    cp background/{out,err} .
}

