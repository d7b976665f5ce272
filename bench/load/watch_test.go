package load

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parterre/parterre/bench/history"
)

const watchedHold = "01HZXW3F8Q7V2K9M4N6P8R0S1T"

// A history has every operation with what was asked for and what came of it, retries within one of them.
func TestAHistoryGetsEveryOperation(t *testing.T) {
	holds := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if strings.HasSuffix(r.URL.Path, "/orders") {
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"order":%q,"state":"confirmed","places":[{"seat":"A-1"}],"reference":"bench","revision":2}`, watchedHold)
			return
		}
		switch holds++; holds {
		case 1:
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"hold":%q,"state":"held","places":[{"seat":"A-1"}],"expires_at":"2027-03-01T19:30:00.000Z","revision":1}`, watchedHold)
		default:
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"code":"seat_unavailable","seats":["A-1"]}`)
		}
	}))
	defer server.Close()
	run := history.New()
	run.AddEvent("e", run.AddChart(&history.Chart{Seats: []string{"A-0", "A-1"}}))
	parties := 0
	if _, err := Run(t.Context(), Work{
		Endpoints: []string{strings.TrimPrefix(server.URL, "http://")}, Connections: 1, Duration: time.Minute, Timeout: 10 * time.Second,
		History: run, Next: func(body []byte) (string, []byte, bool) {
			parties++
			return "e", append(body, `{"seats":["A-1"]}`...), parties <= 2
		},
	}); err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := run.Each(func(o *history.Op) bool {
		got = append(got, fmt.Sprint(o.Kind, " ", o.Outcome, " ", o.Code, " ", o.ID, " ", o.Revision, " ", o.Asked, o.Given, " attempts ", o.Attempts))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"hold done  " + watchedHold + " 1 [{1 1}] [{1 1}] attempts 2",
		"confirm done  " + watchedHold + " 2 [] [{1 1}] attempts 1",
		"hold refused seat_unavailable 00000000000000000000000000 0 [{1 1}] [{1 1}] attempts 1",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
