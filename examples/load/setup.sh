#!/bin/sh
# Make the hall and the event that the load scripts sell. Needs curl. Running it again is harmless: the same hall and
# event are answered with 200.
#
#   ENDPOINTS  nodes, comma-separated; the first is asked   EVENT  the event to make
#   SECTIONS, ROWS, SEATS  the hall's shape; seats are called S<section>-<row>-<seat>, so scripts need no list of them
set -eu

ENDPOINTS=${ENDPOINTS:-http://127.0.0.1:8081,http://127.0.0.1:8082,http://127.0.0.1:8083}
EVENT=${EVENT:-load}
SECTIONS=${SECTIONS:-40} ROWS=${ROWS:-100} SEATS=${SEATS:-50}
NODE=${ENDPOINTS%%,*}
CHART=load-${SECTIONS}x${ROWS}x${SEATS}

# rows of one section: row 1 is at the stage, the seats of a row stand side by side
chart() {
  awk -v sections="$SECTIONS" -v rows="$ROWS" -v seats="$SEATS" 'BEGIN {
    printf "{\"name\": \"Load hall\", \"focal_point\": {\"x\": 0, \"y\": 0}, \"categories\": ["
    printf "{\"key\": \"1\", \"name\": \"Front\", \"color\": \"#c0392b\"}, {\"key\": \"2\", \"name\": \"Back\", \"color\": \"#2980b9\"}], \"sections\": ["
    for (s = 1; s <= sections; s++) {
      printf "%s{\"key\": \"S%d\", \"name\": \"Block %d\", \"category\": \"2\", \"rows\": [", (s > 1 ? "," : ""), s, s
      for (r = 1; r <= rows; r++)
        printf "%s{\"key\": \"%d\", \"category\": \"%d\", \"seats\": {\"count\": %d, \"first\": 1, \"x\": %d, \"y\": %d, \"dx\": 50, \"dy\": 0}}", \
          (r > 1 ? "," : ""), r, (r > rows / 4 ? 2 : 1), seats, int((s - (sections + 1) / 2) * (seats + 4) * 50 - seats * 25), 200 + 90 * r
      printf "]}"
    }
    printf "]}"
  }'
}

# put PATH: sends what stands on its input, and fails with the server's reason
put() {
  answer=$(curl -sS --fail-with-body -X PUT "$NODE/v1/$1" -H 'Content-Type: application/json' --data-binary @-) ||
    { echo "$1: $answer" >&2; exit 1; }
  echo "$1: ready on $NODE"
}

chart | put "charts/$CHART"
put "events/$EVENT" <<JSON
{"chart": "$CHART", "name": "Load test", "currency": "CHF", "prices": {"1": 12000, "2": 6500}, "state": "on_sale"}
JSON
