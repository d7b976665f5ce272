package client

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// errNodeLeaves says that the node ended the stream with a last word, or without one.
var errNodeLeaves = errors.New("client: the node ended the stream")

// run keeps a connection for as long as there is something to send.
func (s *Stream) run(ctx context.Context) {
	defer close(s.done)
	at, failures, pause := s.client.first.Load(), 0, firstWait
	for {
		if !s.waitForWork(ctx) {
			s.fail(ErrClosed)
			return
		}
		heard, err := s.converse(ctx, s.client.endpoints[int(at)%len(s.client.endpoints)])
		if ctx.Err() != nil {
			continue
		}
		if heard {
			failures, pause = 0, firstWait
		}
		failures++
		var p *Problem
		if errors.As(err, &p) && !(&call{}).retryable(p.Status) || failures >= s.client.attempts {
			s.fail(err)
			<-ctx.Done()
			return
		}
		at++
		if failures > len(s.client.endpoints) || p != nil && p.Status == http.StatusTooManyRequests {
			named := time.Duration(0)
			if p != nil {
				named = time.Duration(p.RetryAfterSeconds) * time.Second
			}
			_ = wait(ctx, s.client.pause(named, pause)) // its end is seen above
			pause = min(2*pause, lastWait)
		}
	}
}

// waitForWork waits until something is under way; false = the stream is closed.
func (s *Stream) waitForWork(ctx context.Context) bool {
	for {
		s.mu.Lock()
		some := len(s.underWay) > 0
		s.mu.Unlock()
		if ctx.Err() != nil || some {
			return ctx.Err() == nil
		}
		select {
		case <-s.work:
		case <-ctx.Done():
		}
	}
}

// converse opens a connection to a node, sends what is to be sent, and reads answers, until the connection ends. heard
// says that something was answered.
func (s *Stream) converse(ctx context.Context, endpoint string) (heard bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body, send := io.Pipe()
	defer func() { _ = send.Close() }()
	defer context.AfterFunc(ctx, func() { _ = body.Close() })() // see knock
	enough := knock(ctx, send)
	answer, err := s.open(ctx, cancel, endpoint, body)
	if err != nil {
		_ = body.Close() // a knock that waits ends
	}
	enough()
	if err != nil {
		return false, err
	}
	defer func() { _ = answer.Body.Close() }()
	s.sendAllAgain()
	sending := make(chan struct{})
	go func() {
		defer close(sending)
		s.sendAll(ctx, send)
	}()
	defer func() {
		cancel()
		_ = body.Close() // a Write that waits ends
		<-sending
	}()
	return s.hear(answer.Body)
}

// knockInterval is how often a stream that waits for its node's header finds out whether the connection still lives.
const knockInterval = 100 * time.Millisecond

// knock sends an empty line now and then, until the function that it returns is called. net/http gives a request whose
// connection broke back only once the body's reader has returned, and nothing else is written before the header comes:
// neither the loss of the connection nor the end of ctx would end the waiting.
func knock(ctx context.Context, w *io.PipeWriter) (enough func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if err := wait(ctx, knockInterval); err != nil {
				return
			}
			if _, err := w.Write([]byte{'\n'}); err != nil {
				return // the request is over
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// open waits for the node's header, but not longer than for any other answer.
func (s *Stream) open(ctx context.Context, cancel func(), endpoint string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/v1/stream", body)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	if s.client.agent != nil {
		r.Header["User-Agent"] = s.client.agent
	}
	var late atomic.Bool
	patience := time.AfterFunc(s.client.timeout, func() { late.Store(true); cancel() })
	answer, err := s.client.http.Do(r)
	patience.Stop()
	if late.Load() {
		err = errors.Join(err, context.DeadlineExceeded)
	}
	if err != nil {
		return nil, err
	}
	if answer.StatusCode == http.StatusOK {
		return answer, nil
	}
	read, err := readAll(answer)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	p := problemOf(answer.StatusCode, answer.Header, read)
	p.RetryAfterSeconds = int(retryAfter(answer.Header) / time.Second)
	return nil, p
}

// sendAllAgain puts everything that is under way before what is to be sent, in the order of its first sending.
func (s *Stream) sendAllAgain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsent = s.unsent[:0]
	for _, k := range s.underWay {
		s.unsent = append(s.unsent, k)
	}
	slices.SortFunc(s.unsent, func(a, b *sent) int { return cmp.Compare(a.id, b.id) })
}

// sendAll sends what is to be sent, all that waits in one piece, until ctx ends or the connection takes no more.
func (s *Stream) sendAll(ctx context.Context, w *io.PipeWriter) {
	var lines []byte
	for {
		lines = lines[:0]
		s.mu.Lock()
		for _, k := range s.unsent {
			lines = append(lines, k.line...)
		}
		clear(s.unsent)
		s.unsent = s.unsent[:0]
		s.mu.Unlock()
		if len(lines) > 0 {
			if _, err := w.Write(lines); err != nil {
				return
			}
			continue
		}
		select {
		case <-s.work:
		case <-ctx.Done():
			return
		}
	}
}

// hear reads answers until the connection ends.
func (s *Stream) hear(r io.Reader) (heard bool, err error) {
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := readLine(lines)
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errNodeLeaves
			}
			return heard, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue // it keeps the connection alive
		}
		var answer struct {
			ID   *uint64 `json:"id"`
			Last bool    `json:"last"`
			Outcome
		}
		if err := json.Unmarshal(line, &answer); err != nil {
			return heard, fmt.Errorf("client: answer: %w", err)
		}
		if answer.ID == nil {
			return heard, errors.Join(errNodeLeaves, answer.Err())
		}
		heard = true
		s.answered(*answer.ID, &answer.Outcome)
	}
}

// readLine reads a line of at most maxAnswerBytes.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	whole := append([]byte(nil), line...)
	for errors.Is(err, bufio.ErrBufferFull) && len(whole) <= maxAnswerBytes {
		line, err = r.ReadSlice('\n')
		whole = append(whole, line...)
	}
	return whole, err
}
