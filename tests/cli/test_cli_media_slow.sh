#!/usr/bin/env bash
# usage: tests/cli/test_cli_media_slow.sh
#
# Burns on every kind of disc that a virtual recorder knows, as a user would. Prints "ok" or "not ok"
# with a sentence for each behaviour; ends with 1 when one failed.
source "$(dirname "${BASH_SOURCE[0]}")/bench.sh"

write_once="cd-r dvd-r dvd-r-dl dvd+r dvd+r-dl bd-r"
blanked="cd-rw dvd-rw"
overwritten="dvd+rw bd-re dvd-ram"
# What differs from one of those by its size only is burned just once.
other_sizes="cd-r-74 cd-rw-74 bd-r-dl bd-r-tl bd-r-ql bd-re-dl"

# add DISC: the recorder "drive" with a blank one, that takes no time.
add() { gives 0 virtual add drive --media "$1" --image disc.iso --clock virtual; }

# --- one image after the other --------------------------------------------------------------------

for media in $write_once $blanked; do
    it "$media: two images become two sessions, each verified"
    add "$media"
    says "blank"
    image one.iso 1003
    image two.iso 501
    gives 0 write one.iso --verify
    says "Verified"
    gives 0 list
    says "open for more"
    gives 0 write two.iso --verify
    gives 0 verify two.iso
    gives 3 verify one.iso
    same disc.iso 0 one.iso
    gives 0 info
    narrow

    it "$media: --finalize closes the disc for good"
    add "$media"
    image one.iso 1003
    gives 0 write one.iso --finalize --verify
    gives 0 list
    says "closed"
    gives 5 write one.iso
    complains "is closed"
    gives 0 verify one.iso
done

for media in $overwritten; do
    it "$media: it is formatted, burned, and overwritten from the start"
    add "$media"
    image one.iso 1003
    image two.iso 501
    if [[ $media == dvd-ram ]]; then
        says "DVD-RAM, formatted"
        gives 0 write one.iso --verify
    else
        says "not formatted"
        gives 0 write one.iso --verify
        says "Formatting"
    fi
    gives 0 write two.iso --verify
    ! grep -q Formatting out || wrong "it was formatted again"
    same disc.iso 0 two.iso
    gives 3 verify one.iso

    it "$media: --finalize means nothing, and that is said"
    add "$media"
    image one.iso 100
    gives 0 write one.iso --finalize
    complains "--finalize changes nothing"
    gives 0 write one.iso
done

for media in $other_sizes; do
    it "$media: an image is burned, verified, and told of"
    add "$media"
    image one.iso 1003
    gives 0 write one.iso --verify
    same disc.iso 0 one.iso
    gives 0 info
    narrow
done

# --- what is too large ----------------------------------------------------------------------------

for row in "cd-r-74 332851" "dvd-r 2298497" "bd-r 12219393" "bd-re 11826177" "dvd-ram 2236705"; do
    it "${row% *}: an image larger than the disc is refused before anything is written"
    add "${row% *}"
    truncate -s $((${row#* } * 2048)) one.iso
    gives 5 write one.iso
    complains "nothing was written"
    [[ ! -s disc.iso ]] || wrong "something was written"
done

it "a CD takes two sectors less than it has, and the reason is told"
add cd-r-74
truncate -s $((332849 * 2048)) one.iso
gives 5 write one.iso
complains "room for 332848"
complains "two sectors of its own"
truncate -s $((332851 * 2048)) one.iso
gives 5 write one.iso
silent_about "two sectors of its own"

# --- blank and format -----------------------------------------------------------------------------

for media in $blanked; do
    for full in "" --full; do
        it "$media: blank $full makes it take another image from the start"
        add "$media"
        image one.iso 1003
        image two.iso 501
        gives 0 write one.iso --finalize
        gives 5 write two.iso
        complains "openimapi2 blank drive"
        # An option or none.
        # shellcheck disable=SC2086
        gives 0 blank $full
        says "blank"
        gives 0 write two.iso --verify
        same disc.iso 0 two.iso
    done
done

it "a DVD-RW that was blanked in the quick way is written in one go, which is said"
add dvd-rw
image one.iso 1003
gives 0 write one.iso
gives 0 blank
says "in one go"
gives 0 write one.iso --verify
says "in one go"
gives 0 list
says "closed"

it "a DVD-RW can be formatted, is overwritten then, and becomes sequential when blanked"
add dvd-rw
image one.iso 1003
image two.iso 5007
gives 0 format
says "DVD-RW (restricted overwrite), formatted"
gives 0 write one.iso --verify
gives 0 write two.iso --verify
gives 0 write one.iso --verify
gives 5 format
complains "--full"
gives 0 blank --full
says "DVD-RW (sequential), blank"
gives 0 write two.iso --verify

for media in $overwritten; do
    it "$media: format prepares it, and --full is needed to do so again"
    add "$media"
    [[ $media == dvd-ram ]] || gives 0 format
    image one.iso 1003
    gives 0 write one.iso --verify
    gives 5 format
    complains "--full"
    gives 0 format --full
    gives 0 write one.iso --verify
    gives 5 blank
    complains "overwrites"
done

it "blank and format tell machines what they do"
add dvd-rw
gives 0 format --json
is "$(events)" "start done" events
says '"disc":"DVD-RW (restricted overwrite), formatted"'
gives 5 format --json
is "$(events)" error events
gives 0 blank --full --json
is "$(events)" "start done" events
says '"full":"yes"'
gives 0 blank --json
is "$(events)" done events

it "a DVD+RW whose background format was broken off is told to go on with it"
gives 0 virtual add drive --media dvd+rw --image disc.iso --clock virtual --speed 4
image one.iso 1003
gives 0 write one.iso --verify
gives 0 list
says "partly formatted"
gives 0 write one.iso --verify
says "Going on with the disc's format"

it "what can be neither blanked nor formatted is refused, with the reason"
add dvd+r
gives 5 blank
complains "written once"
gives 5 format
complains "Only a"
gives 0 virtual remove drive
add cd-rw
gives 5 format
complains "openimapi2 blank drive"

# --- what an interrupted burn leaves --------------------------------------------------------------

for media in cd-r cd-rw dvd-r dvd-rw dvd+r-dl bd-r; do
    it "$media: after a burn that failed the next one closes the session and goes behind it"
    printf 'write lba 2000: fail 3/0C/00\n' >faults.txt
    add "$media"
    gives 0 virtual set drive --faults faults.txt
    image one.iso 4000
    image two.iso 500
    gives 1 write one.iso
    complains "hold no complete image"
    promised=$(sed -n 's/.*about \([0-9]*\) sectors are free then.*/\1/p' err)
    gives 0 virtual set drive --faults off
    # As large as promised, but for the drive's own two and a unit: just not refused.
    truncate -s $(((${promised:-0} + 33) * 2048)) large.iso
    gives 5 write large.iso
    rest=$(sed -nE 's/.* ha(s|ve) room for ([0-9]+).*/\2/p' err)
    ((${rest:-0} <= promised && ${rest:-0} + 33 > promised)) ||
        wrong "$promised sectors were promised, there is room for ${rest:-none}"
    gives 0 write two.iso --verify
    says "Closing the session that was left open"
done

it "what failed outside of WriteSection is told with command, sense in words and code, and place"
add dvd+r
image one.iso 1000
printf 'close track/session: fail 3/72/00\n' >faults.txt
gives 0 virtual set drive --faults faults.txt
gives 1 write one.iso
complains "closing the track failed: CLOSE TRACK/SESSION failed: medium error, session fixation error (3/72/00)"
printf 'read lba 777: fail 3/11/00\n' >faults.txt
gives 0 virtual remove drive
rm disc.iso disc.iso.disc
add dvd+r
gives 0 virtual set drive --faults faults.txt
gives 3 write one.iso --verify
complains "READ (10) of"
complains "blocks at LBA 768 failed: medium error, "
complains "(3/11/00) at LBA 777"

it "a disc whose file may not be written is told of, and refused before anything is written"
if ((EUID == 0)) && touch own.txt && chattr +i own.txt 2>/dev/null; then
    chattr -i own.txt
    protect() { chattr +i "$1"; }
    unprotect() { chattr -i "$1"; }
else
    protect() { chmod a-w "$1"; }
    unprotect() { chmod u+w "$1"; }
fi
add dvd+rw
image one.iso 1000
gives 0 write one.iso
for file in disc.iso disc.iso.disc; do
    protect $file
    if ! { : >>$file; } 2>/dev/null; then
        gives 0 list
        says "write-protected"
        gives 5 write one.iso
        complains "is write-protected: its file \"$work/$file\" may not be written"
        gives 5 format --full
    fi
    unprotect $file
done
gives 0 write one.iso

# --- discs that are pressed -----------------------------------------------------------------------

for media in cd-rom dvd-rom bd-rom; do
    it "$media: it is made from an image, verified, and not written"
    image disc.iso 1000
    cp disc.iso copy.iso
    gives 0 virtual add drive --media "$media" --image disc.iso
    gives 0 verify copy.iso
    gives 5 write copy.iso
    complains "can't write the kind of disc"
    cmp -s disc.iso copy.iso || wrong "the image was changed"
done

finish
