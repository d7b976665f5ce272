package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Meta is what an answer says besides its body.
type Meta struct {
	Status   int
	Revision uint64 // Parterre-Revision; 0 where there is none
	Replayed bool   // the key was used before: this is the first answer again
	ETag     string
	Endpoint string // the node that answered
	Key      string // the idempotency key of a write
	Attempts int
}

// Option changes one call.
type Option func(*call)

// WithKey sets the idempotency key of a write (1 to 64 printable ASCII) instead of a random one.
func WithKey(key string) Option { return func(k *call) { k.key = key } }

// WithMeta fills m when the call ends, also with a problem.
func WithMeta(m *Meta) Option { return func(k *call) { k.meta = m } }

// Strong makes a read show everything that was decided before it was asked.
func Strong() Option { return func(k *call) { k.set("consistency", "strong") } }

// MinRevision makes a read wait until the node shows that revision.
func MinRevision(revision uint64) Option {
	return func(k *call) { k.set("min_revision", strconv.FormatUint(revision, 10)) }
}

// IfNoneMatch makes a read answer ErrNotModified where the ETag still holds.
func IfNoneMatch(etag string) Option { return func(k *call) { k.etag = etag } }

// WithPass shows the pass of who is inside the event's waiting room; Hold, Change, Extend and Sell need it where there is one.
func WithPass(pass string) Option {
	return func(k *call) { k.headers = append(k.headers, [2]string{"Parterre-Pass", pass}) }
}

// withToken says which visitor asks.
func withToken(token string) Option {
	return func(k *call) { k.headers = append(k.headers, [2]string{"Parterre-Visitor", token}) }
}

// ErrNotModified says that what the caller has, by IfNoneMatch, is still so.
var ErrNotModified = errors.New("client: not modified")

// maxAnswerBytes bounds what is read of an answer: a chart is the largest.
const maxAnswerBytes = 64 << 20

// call is one request on its way through its attempts.
type call struct {
	method, path string
	query        []byte
	body         []byte
	key          string
	etag         string
	meta         *Meta
	headers      [][2]string
	anyStatus    bool // 503 is an answer, not a reason to ask elsewhere (readyz)
}

func (k *call) set(name, value string) {
	sep := byte('?')
	if len(k.query) > 0 {
		sep = '&'
	}
	k.query = append(k.query, sep)
	k.query = append(append(append(k.query, name...), '='), value...)
}

// do makes a call: in is sent as JSON (raw JSON as it is), and the answer's body is read into out (or raw into *[]byte).
func (c *Client) do(ctx context.Context, method, path string, in, out any, options []Option) error {
	k := &call{method: method, path: path}
	for _, o := range options {
		o(k)
	}
	if method != http.MethodGet && k.key == "" {
		k.key = newKey()
	}
	switch v := in.(type) {
	case nil:
	case json.RawMessage:
		k.body = v
	default:
		var err error
		if k.body, err = json.Marshal(v); err != nil {
			return fmt.Errorf("client: %w", err)
		}
	}
	if k.meta == nil {
		k.meta = &Meta{}
	}
	*k.meta = Meta{Key: k.key}
	body, err := c.run(ctx, k)
	if err != nil || out == nil {
		return err
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = body
		return nil
	}
	if len(body) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("client: %s %s: answer: %w", method, path, err)
	}
	return nil
}

// newKey is 128 random bits.
func newKey() string { return rand.Text() }

// attempt asks one node once.
func (c *Client) attempt(ctx context.Context, k *call, endpoint string) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var body io.Reader
	if k.body != nil {
		body = bytes.NewReader(k.body)
	}
	r, err := http.NewRequestWithContext(ctx, k.method, endpoint+k.path+string(k.query), body)
	if err != nil {
		return nil, nil, fmt.Errorf("client: %w", err)
	}
	if k.body != nil {
		r.Header["Content-Type"] = contentType
	}
	if k.key != "" {
		r.Header["Idempotency-Key"] = []string{k.key}
	}
	if k.etag != "" {
		r.Header["If-None-Match"] = []string{k.etag}
	}
	for _, h := range k.headers {
		r.Header[h[0]] = []string{h[1]}
	}
	if c.agent != nil {
		r.Header["User-Agent"] = c.agent
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	read, err := readAll(answer)
	return answer, read, err
}

var contentType = []string{"application/json"}

func readAll(answer *http.Response) ([]byte, error) {
	if n := answer.ContentLength; n >= 0 && n <= maxAnswerBytes {
		b := make([]byte, n)
		_, err := io.ReadFull(answer.Body, b)
		return b, err
	}
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes+1))
	if err == nil && len(b) > maxAnswerBytes {
		err = errors.New("client: the answer is too large")
	}
	return b, err
}

func (k *call) note(answer *http.Response, endpoint string) {
	h := answer.Header
	k.meta.Status, k.meta.Endpoint = answer.StatusCode, endpoint
	k.meta.Revision, _ = strconv.ParseUint(h.Get("Parterre-Revision"), 10, 64) // absent is 0
	k.meta.Replayed = h.Get("Idempotent-Replayed") == "true"
	k.meta.ETag = h.Get("ETag")
}

// wait sleeps for d or until ctx ends.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
