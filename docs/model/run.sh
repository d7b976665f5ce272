#!/bin/sh
# Checks the model of the protocol (README.md). Needs spin 6.5 and a C compiler: apt-get install -y spin gcc
#
#   docs/model/run.sh                      all of what follows; exit status 0 only if everything came out as it must
#   docs/model/run.sh sound                the sound model, every state: no property may fail
#   docs/model/run.sh mutants              each planted fault must break the property that guards against it
#   docs/model/run.sh witnesses            what the properties are about must be reachable at all
#   docs/model/run.sh trail MUTANT         the shortest way in which a mutant fails, step by step
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 2

BOUNDS="-DROADS=2 -DTRIES=2 -DUNDERWAY=2 -DENDTIME=1"
SMALL="-DROADS=1 -DTRIES=1 -DUNDERWAY=1 -DENDTIME=1"
MEGABYTES=3900
failed=0

# Name, property that must fail, request in focus, bounds (where small ones do, they are much quicker).
mutants() { cat <<'LIST'
NO_KEYS               3 SALE    full
NO_KEYS               4 SALE    full
KEYS_LOST             3 SALE    full
KEYS_LOST             8 SALE    full
KEYS_FORGOTTEN        3 SALE    full
REFUSALS_FORGOTTEN    4 SALE    full
OVERLOAD_BELIEVED     4 SALE    full
OVERLOADED_ONE_BY_ONE 4 SALE    full
LOST_LEAD_BELIEVED    4 SALE    full
VERDICT_FORGETS       4 SALE    full
FASTFAIL_ANY_KEY      4 SALE    full
FASTFAIL_HELD         7 SALE    small
ALWAYS_UNKNOWN        5 SALE    small
ANSWER_EARLY          2 SALE    small
TWO_LEADERS           1 SALE    small
TWO_LEADERS           2 SALE    small
LOCAL_CLOCK           1 CONFIRM small
LOCAL_CLOCK           8 SALE    small
TIME_RUNS_BACK        6 CONFIRM small
NO_LAPSE_FIRST        6 CONFIRM small
NO_LAPSE_FIRST        7 SALE    small
RETAKE_UNCHECKED      1 CONFIRM small
LIST
}

# Number, request in focus, what must happen in some run of the sound model.
witnesses() { cat <<'LIST'
1 SALE    an entry of a lost lead is committed by a later leader
2 SALE    a sale is told "unknown" and takes effect
3 HOLD    a hold is told "unknown", takes effect, and is found again under its key
4 CONFIRM a lapsed hold is taken again and confirmed
5 SALE    a key is known and its answer is given again
6 SALE    a seat is sold whose hold lapsed
7 CONFIRM a confirm comes too late, and the seat is sold to the other client
8 SALE    a remembered refusal meets an attempt that comes after it
LIST
}

# build DEFINES FLAGS: pan, the verifier that spin makes of the model.
build() {
	# shellcheck disable=SC2086
	spin -a $1 "$here/parterre.pml" >spin.log 2>&1 && ${CC:-cc} -w $2 -DSAFETY -DMEMLIM=$MEGABYTES -o pan pan.c 2>cc.log && return
	cat spin.log cc.log 2>/dev/null
	echo "run.sh: cannot build with $1" >&2
	exit 2
}

complain() { echo "run.sh: $*" >&2; failed=1; }
figure() { sed -n "s/$1/\\1/p" out | head -1 | tr -d ' '; }

sound() {
	echo "sound model, every state ($BOUNDS):"
	printf '  %-8s %10s %12s %7s %8s %9s\n' focus states transitions depth MB seconds
	for focus in HOLD CONFIRM SALE; do
		build "$BOUNDS -DFOCUS=$focus" "-O2"
		./pan -m100000 -w24 >out 2>&1
		printf '  %-8s %10s %12s %7s %8s %9s\n' $focus "$(figure '^ *\([0-9.e+]*\) states, stored.*')" \
			"$(figure '^ *\([0-9.e+]*\) transitions.*')" "$(figure '.*depth reached \([0-9]*\),.*')" \
			"$(figure '^ *\([0-9.]*\).total actual memory usage')" "$(figure '^pan: elapsed time \([0-9.e+-]*\) seconds')"
		grep -q 'errors: 0' out || complain "the sound model fails with focus on $focus: $(grep '^pan:1' out)"
		grep -q -e 'max search depth too small' -e 'Search not completed' -e 'out of memory' -e 'reached -DMEMLIM' out &&
			complain "the search with focus on $focus is not complete"
	done
}

# hunt DEFINES: breadth first, so that what is found is shortest.
hunt() {
	build "$1" "-O1 -DBFS"
	./pan -w24 >out 2>&1
	grep -q 'errors: 1' out && grep -q 'assertion violated' out
}

# replay DEFINES: the trail in words.
replay() {
	cp "$here/parterre.pml" . || exit 2
	# shellcheck disable=SC2086
	spin -T -t $1 parterre.pml 2>/dev/null | awk '
		BEGIN {
			split("hold,confirm,sale", request, ",")
			split("asking,OK,seat_unavailable,hold_expired,invalid,429 or 503: nothing was changed,504 outcome_unknown,overloaded", answer, ",")
		}
		/^\t\t/ { exit }
		/^spin:|^#processes/ { next }
		{
			if (match($0, /request [0-9]/)) $0 = substr($0, 1, RSTART - 1) "the " request[substr($0, RSTART + 8, 1) + 1] substr($0, RSTART + 9)
			if (match($0, /(told|committed:) [0-9]/)) $0 = substr($0, 1, RSTART + RLENGTH - 2) answer[substr($0, RSTART + RLENGTH - 1, 1)] substr($0, RSTART + RLENGTH)
			print
		}'
}

steps() { replay "$1" | grep -vc '^ '; }

# defines_of NAME PROPERTY FOCUS BOUNDS
defines_of() {
	bounds=$BOUNDS
	[ "$4" = small ] && bounds=$SMALL
	echo "$bounds -DFOCUS=$3 -DPROPERTY=$2 -DM_$1"
}

mutant() {
	defines=$(defines_of "$@")
	if hunt "$defines"; then
		n=$(steps "$defines")
		printf '  %-22s P%s  caught in %2s steps\n' "$1" "$2" "$n"
	else
		printf '  %-22s P%s  NOT CAUGHT\n' "$1" "$2"
		complain "mutant $1 keeps property $2"
	fi
}

all_mutants() {
	echo "mutants, each against the property that must catch it:"
	mutants >list
	while read -r name property focus bounds; do mutant "$name" "$property" "$focus" "$bounds"; done <list
}

all_witnesses() {
	echo "witnesses:"
	witnesses >list
	while read -r number focus what; do
		if hunt "$BOUNDS -DFOCUS=$focus -DPROPERTY=0 -DWITNESS=$number"; then
			printf '  %s  reached: %s\n' "$number" "$what"
		else
			complain "witness $number is out of reach: $what"
		fi
	done <list
}

case "${1:-all}" in
sound) sound ;;
mutants) all_mutants ;;
witnesses) all_witnesses ;;
trail)
	line=$(mutants | grep "^${2:?name a mutant} " | head -1)
	[ -n "$line" ] || { echo "run.sh: no mutant $2" >&2; exit 2; }
	# shellcheck disable=SC2086
	set -- $line
	defines=$(defines_of "$@")
	hunt "$defines" || complain "mutant $1 keeps property $2"
	replay "$defines"
	;;
all)
	sound
	all_mutants
	all_witnesses
	;;
*) sed -n '2,9p' "$0"; exit 2 ;;
esac
exit $failed
