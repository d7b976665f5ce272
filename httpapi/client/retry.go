package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Waits between attempts where the node names none.
const (
	firstWait = 25 * time.Millisecond
	lastWait  = 1 * time.Second
)

// run makes attempts until one ends the call. The first round over all nodes does not wait where a node just cannot be
// reached or has no leader: the next may do better.
func (c *Client) run(ctx context.Context, k *call) ([]byte, error) {
	at := c.first.Load()
	pause := firstWait
	var last error
	for tried := 1; ; tried++ {
		endpoint := c.endpoints[int(at)%len(c.endpoints)]
		k.meta.Attempts = tried
		answer, body, err := c.attempt(ctx, k, endpoint)
		named := time.Duration(0)
		moveOn := true
		if err == nil {
			k.note(answer, endpoint)
			if err = k.outcome(answer, body); err == nil || !k.retryable(answer.StatusCode) {
				c.first.Store(at)
				return body, err
			}
			named = retryAfter(answer.Header)
			moveOn = answer.StatusCode != http.StatusTooManyRequests
		}
		last = err
		if ctx.Err() != nil || tried >= c.attempts {
			return nil, ended(ctx, last)
		}
		if moveOn {
			at = (at + 1) % uint32(len(c.endpoints))
		}
		if moveOn && tried < len(c.endpoints) {
			continue
		}
		if err := wait(ctx, c.pause(named, pause)); err != nil {
			return nil, ended(ctx, last)
		}
		pause = min(2*pause, lastWait)
	}
}

// pause is how long to wait: what the node named, or a growing time; never the same for everybody who waits.
func (c *Client) pause(named, grown time.Duration) time.Duration {
	if named > 0 {
		return min(named, c.maxWait) + rand.N(50*time.Millisecond)
	}
	return grown/2 + rand.N(grown/2+1)
}

// outcome is nil for a success, ErrNotModified, or the problem.
func (k *call) outcome(answer *http.Response, body []byte) error {
	switch {
	case answer.StatusCode == http.StatusNotModified:
		return ErrNotModified
	case answer.StatusCode < http.StatusMultipleChoices, k.anyStatus:
		return nil
	}
	p := problemOf(answer.StatusCode, answer.Header, body)
	if p.Key = answer.Header.Get("Idempotency-Key"); p.Key == "" {
		p.Key = k.key
	}
	return p
}

// retryable says that asking again may do better, and does no harm: every write has its key.
func (k *call) retryable(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// ended is the error of a call that gave up. A problem stays one, so that its code can be asked for.
func ended(ctx context.Context, last error) error {
	if cause := ctx.Err(); cause != nil && !errors.Is(last, cause) {
		return fmt.Errorf("%w (%w)", last, cause)
	}
	return last
}
