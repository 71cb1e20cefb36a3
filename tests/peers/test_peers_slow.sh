#!/usr/bin/env bash
# usage: tests/peers/test_peers_slow.sh [--update-docs] [TOOL | MEDIUM]…
#
# Lets burners that nobody here wrote burn on virtual recorders, through scripts/peer: each tool on
# each medium in each mode that it supports. A burn is good when the tool ends with 0 and complains
# of nothing, the image file and what is read back hold the source, and a tool that shares no code
# with it tells the disc's status as expected. Prints a line for each and, at last, the matrix; ends
# with 1 when one failed. A medium that the emulator does not know yet is skipped.
#
# With names of tools or media only their burns are tried. The matrix of a full run must be the one
# in docs/virtual-recorder.md, between the two lines that mark its place; --update-docs puts it there.
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
update=false
if [[ ${1-} == --update-docs ]]; then
    update=true
    shift
fi
wanted=" $* "
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work" || exit
export OPENIMAPI2_RECORDERS=$work/recorders LC_ALL=C.UTF-8
ordinary=65534

# A copy, so that an ordinary user can load it wherever the repository is.
if [[ -z ${OI_SGIO-} ]]; then
    mkdir recorders
    printf 'medium = none\n' >recorders/none.ini
    "$root/scripts/peer" true || exit
    OI_SGIO=$root/build/native/src/sgio/openimapi2-sgio.so
fi
cp "$OI_SGIO" sgio.so || exit
export OI_SGIO=$work/sgio.so

# --- what is burned -------------------------------------------------------------------------------

tools=(cdrskin wodim cdrdao growisofs xorriso)

# Data that nothing compresses or guesses; sizes are no multiple of any write unit.
mkdir tree
head -c 2345678 /dev/urandom >tree/one
genisoimage -quiet -R -o one.iso tree
head -c 1500000 /dev/urandom >tree/two
genisoimage -quiet -R -o two.iso tree

# wave FILE: .wav of the samples in .pcm.
wave() {
    python3 - "$1" <<'END'
import sys, wave
with wave.open(sys.argv[1] + ".wav", "wb") as out:
    out.setnchannels(2)
    out.setsampwidth(2)
    out.setframerate(44100)
    out.writeframes(open(sys.argv[1] + ".pcm", "rb").read())
END
}

# Eight seconds of noise each.
for sound in first second; do
    head -c 1411200 /dev/urandom >$sound.pcm
    wave $sound
done
cat first.pcm second.pcm >both.pcm
wave both
cat >text.v07t <<'END'
Input Sheet Version = 0.7T
Text Code = 8859
Language Code = English
Album Title = Judges
Artist Name = Nobody
Track 01 Title = Alpha
Track 02 Title = Omega
END
cat >audio.toc <<END
CD_DA
CD_TEXT {
  LANGUAGE_MAP { 0 : EN }
  LANGUAGE 0 { TITLE "Judges" PERFORMER "Nobody" }
}
TRACK AUDIO
CD_TEXT { LANGUAGE 0 { TITLE "Alpha" PERFORMER "Nobody" } }
FILE "$work/first.wav" 0
TRACK AUDIO
CD_TEXT { LANGUAGE 0 { TITLE "Omega" PERFORMER "Nobody" } }
FILE "$work/second.wav" 0
END
cat >audio.cue <<END
PERFORMER "Nobody"
TITLE "Judges"
FILE "$work/both.wav" WAVE
  TRACK 01 AUDIO
    TITLE "Alpha"
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    TITLE "Omega"
    INDEX 01 00:08:00
END
for image in one two; do
    printf 'CD_ROM\nTRACK MODE1\nDATAFILE "%s/%s.iso"\n' "$work" $image >$image.toc
done

# --- running tools --------------------------------------------------------------------------------

tool='' column='' medium='' reason='' failed=0
declare -A matrix
columns=() notes=() attempts=()

peer() {
    timeout -k 10 100 "$root/scripts/peer" --recorder drive "$@" </dev/null
}

wrong() {
    printf '# %s\n' "$1"
    tr '\r' '\n' <out | sed '/^ *$/d; s/^/#   /' | tail -n 40
    reason=$1
}

# What is said of the machine or of the speed, not of the recorder, and is no complaint.
harmless() {
    case $1 in
    # Containers may not lock memory. Before a raw burn drives tell different next addresses; wodim
    # goes by the lead-in that the disc tells.
    wodim)
        grep -vE 'Cannot raise RLIMIT_MEMLOCK|DMA speed test|CDR_NODMATEST|wrong startsec .* from ATIP'
        ;;
    cdrdao) grep -v 'Process can be aborted' ;;
    # Some players want a disc at once to have 1 GB; and it was forced to replace a file system.
    growisofs) grep -vE 'warning for short DAO recording|already carries isofs' ;;
    *) cat ;;
    esac
}

# run COMMAND…: it must end with 0 and not complain.
run() {
    local status=0

    [[ -z $reason ]] || return 0
    "$@" >out 2>&1 || status=$?
    if ((status != 0)); then
        wrong "\"$*\" ended with $status"
    elif tr '\r' '\n' <out | harmless "$tool" |
        grep -iE 'error|sense|fail|warning|unimplemented|ignored option|sorry|fatal|cannot|abort|:-[[(]' >complaint; then
        wrong "\"$*\" complains: $(head -n 1 complaint)"
    fi
}

# As root growisofs may unmount file systems, so it never runs as root.
unprivileged() {
    if ((EUID == 0)); then
        chown -R $ordinary:$ordinary recorders
        HOME=$work peer setpriv --reuid=$ordinary --regid=$ordinary --clear-groups "$@"
    else
        peer "$@"
    fi
}

# burn OPTION… FILE: at the beginning of a blank or overwritable disc, or as one more session.
burn() {
    local file=$work/${*: -1} options=("${@:1:$#-1}")

    case $tool in
    cdrskin) run peer cdrskin -v dev=/dev/sr0 "${options[@]}" "$file" ;;
    xorriso) run peer xorriso -as cdrecord -v dev=/dev/sr0 padsize=0 "${options[@]}" "$file" ;;
    wodim) run peer wodim -v gracetime=2 dev=/dev/sr0 "${options[@]}" "$file" ;;
    # Without a terminal it replaces no file system, unless forced.
    growisofs)
        run unprivileged growisofs -use-the-force-luke=tty "${options[@]}" -Z "/dev/sr0=$file"
        ;;
    cdrdao)
        run peer cdrdao write --device /dev/sr0 -n "${options[@]}" "${file%.iso}.toc"
        ;;
    esac
}

# blank fast|all|format|manage|sequential
blank() {
    case $tool-$1 in
    cdrskin-manage) run peer cdrskin -v dev=/dev/sr0 blank=format_defectmgt ;;
    xorriso-manage) run peer xorriso -outdev /dev/sr0 -format as_needed ;;
    cdrskin-format) run peer cdrskin -v dev=/dev/sr0 blank=format_overwrite ;;
    xorriso-format) run peer xorriso -as cdrecord -v dev=/dev/sr0 blank=format_overwrite ;;
    wodim-format) run peer wodim -v gracetime=2 dev=/dev/sr0 -format ;;
    cdrskin-sequential) run peer cdrskin -v dev=/dev/sr0 blank=deformat_sequential ;;
    xorriso-sequential)
        run peer xorriso -as cdrecord -v dev=/dev/sr0 blank=deformat_sequential
        ;;
    growisofs-format) run unprivileged dvd+rw-format -force /dev/sr0 ;;
    cdrskin-*) run peer cdrskin -v dev=/dev/sr0 "blank=$1" ;;
    xorriso-*) run peer xorriso -as cdrecord -v dev=/dev/sr0 "blank=$1" ;;
    wodim-*) run peer wodim -v gracetime=2 dev=/dev/sr0 "blank=$1" ;;
    growisofs-all | growisofs-sequential) run unprivileged dvd+rw-format -blank=full /dev/sr0 ;;
    growisofs-*) run unprivileged dvd+rw-format -blank /dev/sr0 ;;
    cdrdao-fast) run peer cdrdao blank --device /dev/sr0 --blank-mode minimal ;;
    cdrdao-*) run peer cdrdao blank --device /dev/sr0 --blank-mode full ;;
    esac
}

# --- looking at what they left --------------------------------------------------------------------

# next: where the next session begins, as libburn reads it.
next() {
    peer cdrskin dev=/dev/sr0 -minfo 2>/dev/null | sed -n 's/^Next writable address: *\([0-9]*\) *$/\1/p'
}

# holds SECTOR FILE: the image file does, and so does what a reader of the block device gets.
holds() {
    local bytes file start=${1:-none}

    [[ -z $reason ]] || return 0
    file=$work/$2
    bytes=$(stat -c %s "$file")
    : >out
    if [[ $start == none ]]; then
        wrong "the disc has no next writable address"
    elif ! cmp -n "$bytes" -i "$((start * 2048)):0" recorders/disc.iso "$file" >out 2>&1; then
        wrong "the image file does not hold $2 from sector $start on"
    elif ! peer dd if=/dev/sr0 bs=2048 "skip=$start" count=$((bytes / 2048)) 2>out | cmp - "$file"; then
        wrong "$2 is not what is read from sector $start on"
    fi
}

# plays FILE…: the image files hold these samples.
plays() {
    [[ -z $reason ]] || return 0
    python3 - "$@" >out 2>&1 <<'END' || wrong "the image does not hold the sound"
import glob, sys
image = b"".join(open(name, "rb").read() for name in sorted(glob.glob("recorders/disc*")))
sys.exit(any(open(name, "rb").read() not in image for name in sys.argv[1:]))
END
}

# extracted_of_last, extracted_of_first NAME FILE: what the file system that was begun in the last,
# or first, session holds under that name.
extracted_of_last() {
    [[ -z $reason ]] || return 0
    rm -f got
    peer xorriso -indev /dev/sr0 -osirrox on -extract "/$1" got >out 2>&1 || true
    cmp -s got "$2" || wrong "the last session does not hold $1"
}

extracted_of_first() {
    [[ -z $reason ]] || return 0
    peer isoinfo -R -x "/$1" -i /dev/sr0 >got 2>out || true
    cmp -s got "$2" || wrong "the first session does not hold $1"
}

# status_by_another: "blank", "appendable", "complete" or, of random-writable media, "random".
status_by_another() {
    case $tool-$medium in
    cdrskin-cd* | xorriso-cd*)
        peer cdrdao disk-info --device /dev/sr0 2>&1 | tee out |
            sed -n 's/^Appendable *: yes/appendable/p; s/^Appendable *: no/complete/p'
        ;;
    cdrskin-* | xorriso-*)
        peer dvd+rw-mediainfo /dev/sr0 2>&1 | tee out |
            sed -n 's/^ Disc status: *//p' | sed 's/^other$/random/'
        ;;
    *-dvd-ram | *-bd-re* | *-dvd+rw)
        peer cdrskin dev=/dev/sr0 -minfo 2>&1 | tee out |
            sed -n 's/.*Media is overwriteable.*/random/p'
        ;;
    *)
        peer cdrskin dev=/dev/sr0 -minfo 2>&1 | tee out |
            sed -n 's/^disk status: *//p' | sed 's/^incomplete\/appendable$/appendable/'
        ;;
    esac
}

says_status() {
    local status

    [[ -z $reason ]] || return 0
    status=$(status_by_another)
    [[ $status == "$1" ]] || wrong "another tool says \"$status\", not \"$1\""
}

# --- what is done to a disc -----------------------------------------------------------------------

once() {
    burn "$@" one.iso
    holds 0 one.iso
}

# A first session that is left open for a second one. growisofs makes its own image of the latter.
sessions() {
    local start

    once "$@"
    start=$(next)
    if [[ $tool == growisofs ]]; then
        grow last "$@"
    else
        burn "$@" two.iso
        holds "$start" two.iso
    fi
    holds 0 one.iso
}

# grow SESSION OPTION…
grow() {
    run unprivileged growisofs "${@:2}" -M /dev/sr0 -R -quiet -graft-points \
        "more=$work/tree/two"
    "extracted_of_$1" more "$work/tree/two"
    "extracted_of_$1" one "$work/tree/one"
}

# growisofs' way with media that can be overwritten: the file system there is made larger, and its
# first volume descriptor with it. A BD-R can be, since it formats it for pseudo-overwrite; it
# closes the tracks of that one alone and leaves the session open.
once_and_grow() {
    once "$@"
    grow first "$@"
}

rewrite() {
    once "$@"
    blank fast
    burn "$@" two.iso
    holds 0 two.iso
}

overwrite() {
    once "$@"
    burn "$@" two.iso
    holds 0 two.iso
}

format_first() {
    blank format
    overwrite "$@"
}

# With spare areas.
manage_first() {
    blank manage
    overwrite "$@"
}

# Restricted overwrite and back to a sequential disc.
format_and_blank() {
    format_first "$@"
    blank sequential
    burn "$@" two.iso
    holds 0 two.iso
}

raw() {
    burn "$@" one.iso
    [[ -z $reason ]] || return 0
    peer dd if=/dev/sr0 bs=2048 count=$(($(stat -c %s "$work/one.iso") / 2048)) 2>out |
        cmp - "$work/one.iso" ||
        wrong "one.iso is not what is read"
}

audio() {
    case $tool in
    cdrskin)
        run peer cdrskin -v dev=/dev/sr0 -sao input_sheet_v07t="$work/text.v07t" \
            -audio "$work/first.wav" "$work/second.wav"
        ;;
    wodim) run peer wodim -v gracetime=2 dev=/dev/sr0 -dao -text cuefile="$work/audio.cue" ;;
    cdrdao) run peer cdrdao write --device /dev/sr0 -n --driver generic-mmc:0x10 "$work/audio.toc" ;;
    esac
    plays "$work/first.pcm" "$work/second.pcm"
    [[ -z $reason ]] || return 0
    if [[ $tool == cdrdao ]]; then
        peer cdrskin dev=/dev/sr0 cdtext_to_v07t=- >out 2>&1
    else
        rm -f got.toc
        peer cdrdao read-toc --device /dev/sr0 --driver generic-mmc:0x10 got.toc >out 2>&1
        cat got.toc >>out
    fi
    for word in Judges Nobody Alpha Omega; do
        [[ -n $reason ]] || grep -q "$word" out || wrong "another tool reads no \"$word\" in the text"
    done
}

# --- the table ------------------------------------------------------------------------------------

declare -A known
find_known() {
    local file=recorders/drive.ini

    rm -rf recorders
    mkdir recorders
    for medium in cd-r cd-rw dvd-r dvd-rw dvd+r dvd+rw dvd-ram bd-r bd-re; do
        printf 'medium = %s\nimage = disc.iso\n' "$medium" >$file
        ! peer dd if=/dev/sr0 of=/dev/null count=0 >out 2>&1 || known[$medium]=yes
    done
}

# Whether the tool takes the drive for a burner. Mode page 2Ah can name these kinds of disc alone,
# and to some tools a drive that writes none of them is a reader.
takes_drive() {
    [[ $tool == growisofs || $tool == cdrdao ]] ||
        [[ -n ${known[cd-r]-}${known[dvd-r]-} ]] ||
        [[ $tool != wodim && -n ${known[dvd-ram]-} ]]
}

# attempt NUMBER COMMAND…: in a folder of its own, with a new disc, beside others: nearly all of a
# burn is waiting. "result" there becomes the matrix' entry, "says" what is told.
attempt() {
    local folder=$work/attempt$1

    mkdir -p "$folder/recorders"
    cd "$folder" || exit
    export OPENIMAPI2_RECORDERS=$folder/recorders
    printf 'medium = %s\nimage = disc.iso\n' "$medium" >recorders/drive.ini
    "${@:2}" >says
}

# begin TOOL COLUMN MEDIUM: false when the burn is not to be tried.
begin() {
    tool=$1 column=$2 medium=$3
    [[ " ${columns[*]/%/;} " == *" $column; "* ]] || columns+=("$column")
    [[ $wanted != *[![:blank:]]* || $wanted == *" $tool "* || $wanted == *" $medium "* ]] ||
        return 1
    if [[ -z ${known[$medium]-} ]]; then
        printf 'skipped %s, %s: this medium is not there yet\n' "$tool" "$column"
    elif ! takes_drive; then
        printf 'skipped %s, %s: no medium is there yet by which it knows a burner\n' \
            "$tool" "$column"
    else
        return 0
    fi
    return 1
}

# in_background COMMAND…: no more of them at once than wait for each other's processor time.
in_background() {
    local most=6

    while (($(jobs -rp | wc -l) >= most)); do
        wait -n
    done
    attempt ${#attempts[@]} "$@" &
    attempts+=("$tool/$column")
}

try_burn() {
    "$2" "${@:3}"
    says_status "$1"
    if [[ -n $reason ]]; then
        printf 'not ok  %s, %s: %s\n' "$tool" "$column" "$reason"
        printf '**failed**\n' >result
    else
        printf 'ok      %s, %s\n' "$tool" "$column"
        printf 'ok\n' >result
    fi
}

# burns TOOL COLUMN MEDIUM STATUS WHAT [OPTION…]
burns() {
    ! begin "$1" "$2" "$3" || in_background try_burn "${@:4}"
}

try_refusal() {
    local note=$1 words=$2

    "$3" "${@:4}" >/dev/null
    if [[ -z $reason ]] || ! grep -qE -- "$words" out; then
        printf 'not ok  %s, %s: it does not refuse with "%s"\n' "$tool" "$column" "$words"
        sed 's/^/#   /' out
        printf '**failed**\n' >result
    else
        printf 'ok      %s, %s: refused, %s\n' "$tool" "$column" "$note"
        printf 'no: %s\n' "$note" >result
    fi
}

# refuses TOOL COLUMN MEDIUM REASON WORDS WHAT [OPTION…]: the tool fails, saying these words.
refuses() {
    ! begin "$1" "$2" "$3" || in_background try_refusal "${@:4}"
}

# note TEXT: its number, from 1, in the list below the matrix.
note() {
    for ((number = 0; number < ${#notes[@]}; number++)); do
        [[ ${notes[number]} != "$1" ]] || break
    done
    notes[number]=$1
    number=$((number + 1))
}

gather() {
    local i number result

    wait
    for ((i = 0; i < ${#attempts[@]}; i++)); do
        cat "attempt$i/says"
        result=$(cat "attempt$i/result" 2>/dev/null || printf '**failed**')
        if [[ $result == 'no: '* ]]; then
            note "${result#no: }"
            result="no ($number)"
        fi
        [[ $result != '**failed**' ]] || failed=1
        matrix[${attempts[i]}]=$result
    done
}

all() {
    local only_cds="it knows CDs only" no_cds="it knows no CDs" no_audio="it burns file systems only"
    # To it the disc is a CD without any room, or a full one.
    local too_large='exceeds capacity of CD-R|is not empty and not appendable'
    local one_session="it begins every DVD at sector 0"

    burns cdrskin 'CD-R TAO' cd-r complete once -tao
    burns cdrskin 'CD-R SAO' cd-r complete once -sao
    refuses cdrskin 'CD-R RAW' cd-r "libburn has no raw mode" 'unimplemented option.*raw96r' \
        once -raw96r
    burns cdrskin 'CD-RW' cd-rw complete rewrite -sao
    burns cdrskin 'audio, CD-Text' cd-r complete audio
    burns cdrskin 'DVD-R DAO' dvd-r complete once -sao
    burns cdrskin 'DVD-R incr.' dvd-r appendable sessions -tao -multi
    burns cdrskin 'DVD-RW' dvd-rw complete format_and_blank -sao
    burns cdrskin 'DVD+R' dvd+r appendable sessions -multi
    burns cdrskin 'DVD+RW' dvd+rw random overwrite
    burns cdrskin 'DVD-RAM' dvd-ram random manage_first
    burns cdrskin 'BD-R' bd-r appendable sessions -multi
    burns cdrskin 'BD-RE' bd-re random manage_first

    burns wodim 'CD-R TAO' cd-r complete once -tao
    burns wodim 'CD-R SAO' cd-r complete once -sao
    burns wodim 'CD-R RAW' cd-r complete raw -raw96r
    burns wodim 'CD-RW' cd-rw complete rewrite -sao
    burns wodim 'audio, CD-Text' cd-r complete audio
    burns wodim 'DVD-R DAO' dvd-r complete once -dao
    refuses wodim 'DVD-R incr.' dvd-r "it writes a DVD-R at once only" \
        'Qual 0x00 .write protected' sessions -multi -tao
    burns wodim 'DVD-RW' dvd-rw complete rewrite -dao
    refuses wodim 'DVD+R' dvd+r "$one_session" 'invalid address for write' sessions -multi -dao
    burns wodim 'DVD+RW' dvd+rw random format_first -dao
    refuses wodim 'DVD-RAM' dvd-ram "it knows no DVD-RAM" 'unsupported CD.DVD-Recorder' once -dao
    refuses wodim 'BD-R' bd-r "it knows no BD" 'Cannot open new session' once -dao
    refuses wodim 'BD-RE' bd-re "it knows no BD" 'Illegal write mode' once -dao

    refuses cdrdao 'CD-R TAO' cd-r "it writes disc at once only" 'llegal option|nrecognized' once --tao
    burns cdrdao 'CD-R SAO' cd-r complete once
    burns cdrdao 'CD-R RAW' cd-r complete raw --driver generic-mmc-raw
    burns cdrdao 'CD-RW' cd-rw complete rewrite
    burns cdrdao 'audio, CD-Text' cd-r complete audio
    refuses cdrdao 'DVD-R DAO' dvd-r "$only_cds" "$too_large" once
    refuses cdrdao 'DVD-R incr.' dvd-r "$only_cds" "$too_large" once
    refuses cdrdao 'DVD-RW' dvd-rw "$only_cds" "$too_large" once
    refuses cdrdao 'DVD+R' dvd+r "$only_cds" "$too_large" once
    refuses cdrdao 'DVD+RW' dvd+rw "$only_cds" "$too_large" once
    refuses cdrdao 'DVD-RAM' dvd-ram "$only_cds" "$too_large" once
    refuses cdrdao 'BD-R' bd-r "$only_cds" "$too_large" once
    refuses cdrdao 'BD-RE' bd-re "$only_cds" "$too_large" once

    refuses growisofs 'CD-R TAO' cd-r "$no_cds" ':-\(' once
    refuses growisofs 'CD-R SAO' cd-r "$no_cds" ':-\(' once
    refuses growisofs 'CD-R RAW' cd-r "$no_cds" ':-\(' once
    refuses growisofs 'CD-RW' cd-rw "$no_cds" ':-\(' once
    refuses growisofs 'audio, CD-Text' cd-r "$no_cds" ':-\(' once
    burns growisofs 'DVD-R DAO' dvd-r complete once -use-the-force-luke=dao -dvd-compat
    burns growisofs 'DVD-R incr.' dvd-r appendable sessions
    burns growisofs 'DVD-RW' dvd-rw complete format_and_blank -dvd-compat
    burns growisofs 'DVD+R' dvd+r appendable sessions
    burns growisofs 'DVD+RW' dvd+rw random once_and_grow
    burns growisofs 'DVD-RAM' dvd-ram random once_and_grow
    # What libburn says of discs for pseudo-overwrite: it does not write them.
    burns growisofs 'BD-R' bd-r 'unusable (POW)' once_and_grow
    burns growisofs 'BD-RE' bd-re random once_and_grow

    burns xorriso 'CD-R TAO' cd-r appendable sessions -multi -tao
    burns xorriso 'CD-R SAO' cd-r complete once -sao
    refuses xorriso 'CD-R RAW' cd-r "libburn has no raw mode" 'Ignored option .-raw96r' once -raw96r
    burns xorriso 'CD-RW' cd-rw complete rewrite -tao
    refuses xorriso 'audio, CD-Text' cd-r "$no_audio" 'audio' once -audio
    burns xorriso 'DVD-R DAO' dvd-r complete once -sao
    burns xorriso 'DVD-R incr.' dvd-r appendable sessions -multi -tao
    burns xorriso 'DVD-RW' dvd-rw complete format_and_blank
    burns xorriso 'DVD+R' dvd+r appendable sessions -multi
    burns xorriso 'DVD+RW' dvd+rw random overwrite
    burns xorriso 'DVD-RAM' dvd-ram random manage_first
    burns xorriso 'BD-R' bd-r appendable sessions -multi
    burns xorriso 'BD-RE' bd-re random manage_first
}

print_matrix() {
    local name

    printf '| |%s\n' "$(printf ' %s |' "${columns[@]}")"
    printf '|---|%s\n' "$(printf -- '---|%.0s' "${columns[@]}")"
    for tool in "${tools[@]}"; do
        printf '| %s |' "$tool"
        for name in "${columns[@]}"; do
            printf ' %s |' "${matrix[$tool/$name]:--}"
        done
        printf '\n'
    done
    printf '\nWhy a tool does not:\n\n'
    for ((i = 0; i < ${#notes[@]}; i++)); do
        printf '%d. %s\n' $((i + 1)) "${notes[i]}"
    done
}

# What is in the document between the two marks becomes the matrix.
put_into_document() {
    sed -e '/^<!-- peers: begin -->/,/^<!-- peers: end -->/ {
        /^<!-- peers: begin -->/ { r matrix
            b
        }
        /^<!-- peers: end -->/ !d
    }' "$document" >document && cat document >"$document"
}

is_in_document() {
    sed '1,/^<!-- peers: begin -->/d; /^<!-- peers: end -->/,$d' "$document" | cmp -s - matrix
}

document=$root/docs/virtual-recorder.md
find_known
all
gather
print_matrix | tee matrix
if $update; then
    put_into_document
elif [[ $wanted != *[![:blank:]]* ]] && ! is_in_document; then
    printf 'not ok  %s has another matrix; see --update-docs\n' "$document"
    failed=1
fi
exit $failed
