package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// The words of operations.
const (
	OpHold     = "hold"      // HoldRequest
	OpConfirm  = "confirm"   // ConfirmRequest
	OpSale     = "sale"      // SaleRequest
	OpRelease  = "release"   // HoldName
	OpCancel   = "cancel"    // OrderCancel
	OpGetHold  = "get_hold"  // HoldName
	OpGetOrder = "get_order" // OrderName
)

// MaxBatch is the number of operations that one batch may have.
const MaxBatch = 1_000

// Operation is one of many in a batch or on a stream.
type Operation struct {
	Op    string `json:"op"`
	Event string `json:"event"`
	// Key is the operation's idempotency key (1 to 64 printable ASCII); "" = a random one is made.
	Key string `json:"key,omitempty"`
	// Pass is that of who is inside the event's waiting room.
	Pass string `json:"pass,omitempty"`
	// Body is what the operation's own route takes: see the words.
	Body any `json:"body"`
}

// HoldName is the body of release and get_hold.
type HoldName struct {
	Hold string `json:"hold"`
}

// OrderName is the body of get_order.
type OrderName struct {
	Order string `json:"order"`
}

// OrderCancel is the body of cancel; no tickets = all.
type OrderCancel struct {
	Order   string   `json:"order"`
	Tickets []string `json:"tickets,omitempty"`
}

// ensureKey gives a write its key before its first attempt.
func (o *Operation) ensureKey() {
	if o.Key == "" && o.Op != OpGetHold && o.Op != OpGetOrder {
		o.Key = newKey()
	}
}

// Outcome is what became of an operation.
type Outcome struct {
	Status   int             `json:"status"`
	Replayed bool            `json:"replayed"`
	Revision uint64          `json:"revision"` // where Body does not say it
	Key      string          `json:"-"`        // the operation's idempotency key; "" of a read
	Body     json.RawMessage `json:"body"`
}

// Err is the problem that the operation was answered with, or nil.
func (o *Outcome) Err() error {
	if o.Status < http.StatusMultipleChoices {
		return nil
	}
	p := &Problem{}
	if err := json.Unmarshal(o.Body, p); err != nil {
		return fmt.Errorf("client: outcome: %w", err)
	}
	p.Status, p.Key = o.Status, o.Key
	return p
}

// Hold is the hold that the operation was answered with, or its problem.
func (o *Outcome) Hold() (*Hold, error) { return outcomeOf[Hold](o) }

// Order is the order that the operation was answered with, or its problem.
func (o *Outcome) Order() (*Order, error) { return outcomeOf[Order](o) }

func outcomeOf[T any](o *Outcome) (*T, error) {
	if err := o.Err(); err != nil {
		return nil, err
	}
	out := new(T)
	if err := json.Unmarshal(o.Body, out); err != nil {
		return nil, fmt.Errorf("client: outcome: %w", err)
	}
	return out, nil
}

// retryable says that asking again may do better.
func (o *Outcome) retryable() bool { return (&call{}).retryable(o.Status) }

// Batch has up to MaxBatch operations decided, each on its own, and returns their outcomes in the same order. Those that
// were refused for overload or for want of a leader, or whose outcome is unknown, are asked again with the same keys, as a
// call of their own would be; what they came to last stands among the outcomes. An error means that no outcome is known.
//
// Operations on one event are decided in their order, but for those that had to be asked again.
func (c *Client) Batch(ctx context.Context, operations []Operation, options ...Option) ([]Outcome, error) {
	asked := append([]Operation(nil), operations...)
	places := make([]int, len(asked))
	for i := range asked {
		asked[i].ensureKey()
		places[i] = i
	}
	outcomes := make([]Outcome, len(operations))
	pause := firstWait
	for tried := 1; ; tried++ {
		var answer struct{ Results []Outcome }
		err := c.do(ctx, http.MethodPost, "/v1/batch", map[string]any{"operations": asked}, &answer, options)
		if err == nil && len(answer.Results) != len(asked) {
			err = fmt.Errorf("client: %d results for %d operations", len(answer.Results), len(asked))
		}
		if err != nil {
			if tried > 1 {
				return outcomes, nil
			}
			return nil, err
		}
		left := 0
		for i := range answer.Results {
			o := &answer.Results[i]
			o.Key = asked[i].Key
			outcomes[places[i]] = *o
			if o.retryable() {
				asked[left], places[left] = asked[i], places[i]
				left++
			}
		}
		asked, places = asked[:left], places[:left]
		if left == 0 || tried >= c.attempts || wait(ctx, c.pause(0, pause)) != nil {
			return outcomes, nil
		}
		pause = min(2*pause, lastWait)
	}
}
