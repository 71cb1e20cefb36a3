#!/usr/bin/env bash
# usage: tests/bench/test_judge.sh
#
# Whether judge.py judges as scripts/bench promises, on samples made up here. Prints "ok" or
# "not ok" with a sentence for each behaviour; ends with 1 when one failed.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
set +e

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# judged [OPTION…]: with the samples of standard input.
judged() {
    cat >"$work/samples"
    "$root/tests/bench/judge.py" "$work/samples" 2 0.00 "$@" >"$work/out" 2>&1
}

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

# says GOAL VERDICT: in the table.
says() {
    grep -qE "^$1 .* $2\$" "$work/out"
}

# json EXPRESSION: of the report r, with the goals by their ids in g.
json() {
    python3 -c "import json; r = json.load(open('$work/json')); g = {x['id']: x for x in r['goals']}
exit(not ($1))"
}

judged --json "$work/json" <<'END'
speed.dd-null 1
speed.dd-null 10
speed.dd-null 5
speed.engine-null 3.5
speed.engine-null 9
cpu.engine-null 0.25
END
expect "the load of the machine and the rounds stand above the tables" \
    grep -qE '^[0-9-]{10}, 2 rounds, load before the run 0\.00\. .*GiB of memory' "$work/out"
expect "a goal is met when our worst reaches the share of the peer's median" \
    json 'g["G1"]["value"] == 0.7 and g["G1"]["met"] is True'
expect "a bound that is just reached is reached" json 'g["G2"]["met"] is True'
expect "the report has the machine, the rounds, the date and every sample" \
    json 'r["machine"] and r["rounds"] == 2 and r["date"] and len(r["samples"]["speed.dd-null"]) == 3'
expect "what was not measured is not judged" json 'set(g) == {"G1", "G2"}'

judged <<'END'
speed.dd-null 5
speed.engine-null 3.49
speed.engine-null 9
cpu.engine-null 0.1
cpu.engine-null 0.26
END
status=$?
expect "one bad round misses a goal that more is better for" says G1 MISSED
expect "one bad round misses a goal that less is better for" says G2 MISSED
expect "a missed goal is the exit code" test "$status" -eq 1

judged <<'END'
ask.com 4
ask.com 4
ask.com 4000
gap99.com 9999
END
status=$?
expect "a goal of nanoseconds is judged by its median" says G10b-w met
expect "a figure without a goal is told, not judged" says G7w-p99 -
expect "with all goals met the exit code is 0" test "$status" -eq 0

printf 'before\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nafter\n' >"$work/page"
judged --markdown "$work/page" <<'END'
speed.memcpy 8
dll.kib 200
END
expect "the page keeps all but what stands between its markers" \
    diff <(sed '/begin -->/,/end -->/d' "$work/page") <(printf 'before\nafter\n')
expect "the old figures are gone from the page" test "$(grep -c '^old$' "$work/page")" -eq 0
expect "the new figures are on the page" grep -q '^| G14 | .* | met |$' "$work/page"

printf 'no markers\n' >"$work/page"
judged --markdown "$work/page" <<<'dll.kib 200'
expect "a page without markers is an error" test "$?" -ne 0

judged </dev/null
expect "no samples at all is an error" test "$?" -ne 0
exit "$failed"
