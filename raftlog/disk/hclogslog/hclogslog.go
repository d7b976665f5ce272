// Package hclogslog hands what HashiCorp's libraries log to a slog.Logger.
package hclogslog

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
)

// New returns a logger for a library that wants hclog. Records carry the component's name as attribute "component".
// A nil logger discards everything.
//
// Of the same warning or error, one in five seconds is passed on, with the number of those that were not as attribute
// "repeated": while a peer is away, raft complains of every heartbeat.
func New(logger *slog.Logger, name string) hclog.Logger {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	bridge := hclog.NewInterceptLogger(&hclog.LoggerOptions{Name: name, Level: hclog.Off, Output: io.Discard})
	bridge.RegisterSink(&sink{logger: logger, troubles: map[string]*trouble{}})
	return bridge
}

type sink struct {
	logger *slog.Logger

	mu       sync.Mutex
	troubles map[string]*trouble
}

// Accept implements hclog.SinkAdapter.
func (s *sink) Accept(name string, level hclog.Level, msg string, args ...any) {
	to := slogLevel(level)
	if !s.logger.Enabled(context.Background(), to) {
		return
	}
	attrs := make([]any, 0, len(args)+4)
	attrs = append(attrs, "component", name)
	if to >= slog.LevelWarn {
		repeats, quiet := s.repeated(name+" "+msg, time.Now())
		if quiet {
			return
		}
		if repeats > 0 {
			attrs = append(attrs, "repeated", repeats)
		}
	}
	for _, arg := range args {
		attrs = append(attrs, plain(arg))
	}
	s.logger.Log(context.Background(), to, msg, attrs...)
}

// plain turns hclog's deferred formats into text: a slog handler does not know them.
func plain(arg any) any {
	format, ok := arg.(hclog.Format)
	if !ok || len(format) == 0 {
		return arg
	}
	layout, ok := format[0].(string)
	if !ok {
		return arg
	}
	return fmt.Sprintf(layout, format[1:]...)
}

func slogLevel(level hclog.Level) slog.Level {
	switch level {
	case hclog.Error:
		return slog.LevelError
	case hclog.Warn:
		return slog.LevelWarn
	case hclog.Info, hclog.NoLevel:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}
