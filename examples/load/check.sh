#!/bin/sh
# Starts three nodes, lets every tool sell a hall of its own for a few seconds, and checks that orders were sold through
# every node and that nothing failed. Stops and removes all of it. A tool that is missing is a failure unless it is named:
#
#   SKIP="k6" examples/load/check.sh      after `make build`
#
#   PARTERRE  the binary   DURATION  seconds for each tool   PORT  the first of the nine ports taken
set -eu
cd "$(dirname "$0")"
PARTERRE=${PARTERRE:-../../bin/parterre} DURATION=${DURATION:-5} PORT=${PORT:-28081} SKIP=${SKIP:-}
debian_jmeter=/usr/share/jmeter/lib/ext/ApacheJMeter_http.jar

fail() { echo "check: $*" >&2; exit 1; }

tools=''
for tool in wrk locust jmeter k6; do
  case " $SKIP " in
    *" $tool "*) echo "skipped, as SKIP says: $tool" ;;
    *) command -v $tool >/dev/null || fail "$tool is not installed (README.md names its package); or SKIP=\"$tool\""
       tools="$tools $tool" ;;
  esac
done
[ -x "$PARTERRE" ] || fail "there is no $PARTERRE; make build"

work=$(mktemp -d)
nodes=''
stop() {
  if [ -n "$nodes" ] && kill "$nodes" 2>/dev/null; then wait "$nodes" || true; fi # SIGTERM drains them
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

"$PARTERRE" dev --data "$work/data" --http-port "$PORT" --peer-port $((PORT + 3)) --admin-port $((PORT + 6)) >"$work/nodes" 2>&1 &
nodes=$!
waited=0
until grep -q 'nodes are ready' "$work/nodes"; do
  if ! kill -0 $nodes 2>/dev/null || [ $((waited += 1)) -gt 60 ]; then
    cat "$work/nodes" >&2
    fail "the nodes did not start"
  fi
  sleep 1
done
export ENDPOINTS="http://127.0.0.1:$PORT,http://127.0.0.1:$((PORT + 1)),http://127.0.0.1:$((PORT + 2))"

# run TOOL: what README.md says, for a few seconds; fails where the tool saw something other than 2xx, 409 and "not now"
run() {
  case $1 in
    wrk) wrk -t16 -c16 -d"${DURATION}s" -s order.lua "${ENDPOINTS%%,*}" && grep -q 'unexpected: 0$' "$work/$1" ;;
    locust) locust -f locustfile.py --headless --only-summary -u 16 -r 16 -t "${DURATION}s" ;;
    jmeter)
      jmeter=jmeter
      [ ! -e $debian_jmeter ] || jmeter=./jmeter-debian.sh
      $jmeter -n -t order.jmx -Jthreads=16 -Jseconds="$DURATION" -j "$work/jmeter.log" -l "$work/jtl" &&
        ! grep -v ',true,' "$work/jtl" | grep -v '^timeStamp' ;;
    k6) VUS=64 DURATION="${DURATION}s" k6 run --quiet script.js ;;
  esac
}

# orders PORT: orders that this node has answered with 201
orders() {
  curl -sS "http://127.0.0.1:$1/metrics" |
    awk '/^parterre_http_requests_total.*POST.*\/orders".*"201"/ { n = $2 } END { print n + 0 }'
}

for tool in $tools; do
  export EVENT="check-$tool"
  ./setup.sh >/dev/null
  before="$(orders $((PORT + 6))) $(orders $((PORT + 7))) $(orders $((PORT + 8)))"
  run "$tool" >"$work/$tool" 2>&1 || { cat "$work/$tool" >&2; fail "$tool failed"; }
  sold=$(curl -sS "${ENDPOINTS##*,}/v1/events/$EVENT/availability?consistency=strong" |
    sed -n 's/.*"total":{[^}]*"sold":\([0-9]*\).*/\1/p')
  [ "${sold:-0}" -gt 0 ] || { cat "$work/$tool" >&2; fail "$tool sold nothing"; }
  through=''
  for i in 0 1 2; do
    new=$(($(orders $((PORT + 6 + i))) - ${before%% *}))
    before=${before#* }
    [ $new -gt 0 ] || fail "$tool sold nothing through node $((i + 1))"
    through="$through $new"
  done
  echo "$tool: $sold places sold; orders through each node:$through"
done
