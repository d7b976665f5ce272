// Package hclogslog hands what HashiCorp's libraries log to a slog.Logger.
package hclogslog

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// New returns a logger for a library that wants hclog. Records carry the component's name as attribute "component".
// A nil logger discards everything.
func New(logger *slog.Logger, name string) hclog.Logger {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	bridge := hclog.NewInterceptLogger(&hclog.LoggerOptions{Name: name, Level: hclog.Off, Output: io.Discard})
	bridge.RegisterSink(sink{logger})
	return bridge
}

type sink struct{ logger *slog.Logger }

// Accept implements hclog.SinkAdapter.
func (s sink) Accept(name string, level hclog.Level, msg string, args ...any) {
	to := slogLevel(level)
	if !s.logger.Enabled(context.Background(), to) {
		return
	}
	attrs := make([]any, 0, len(args)+2)
	attrs = append(attrs, "component", name)
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
