package httpapi

import (
	"net/http"
	"strconv"
)

// Routes whose operations are counted apart: "/v1/stream hold" and so on, beside the routes themselves.
const (
	batchRoute  = "/v1/batch"
	streamRoute = "/v1/stream"
)

// operationStatuses are the statuses that an operation's answer can have.
var operationStatuses = [...]int{
	http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict,
	http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusTooManyRequests,
	http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
}

// tally counts answers by operation and status, to be added to the series many at a time.
type tally struct {
	counts [len(operationKinds) + 1][len(operationStatuses)]int
	total  int
}

// count notes an answer; the kind is nil where the operation is not known.
func (t *tally) count(kind *operationKind, status int) {
	row := len(operationKinds)
	if kind != nil {
		row = kind.number
	}
	for i, s := range &operationStatuses {
		if s == status {
			t.counts[row][i]++
			break
		}
	}
	t.total++
}

// flush adds what was counted to the requests' series.
func (t *tally) flush(m *metrics, route string) {
	if t.total == 0 {
		return
	}
	for row := range t.counts {
		word := "unknown"
		if row < len(operationKinds) {
			word = operationKinds[row].word
		}
		for i, n := range t.counts[row] {
			if n > 0 {
				m.requests.WithLabelValues(route+" "+word, http.MethodPost, strconv.Itoa(operationStatuses[i])).Add(float64(n))
			}
		}
	}
	*t = tally{}
}
