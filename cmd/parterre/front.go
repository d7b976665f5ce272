package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/httpapi"
)

// front is what a node shows to the outside: the HTTP API and the admin listener. Both answer from the first moment, so
// that an orchestrator sees a node that still waits for its peers as alive and not ready.
type front struct {
	http, admin               *http.Server
	httpHandler, adminHandler atomic.Pointer[http.Handler]
	draining                  atomic.Bool
	leaving                   chan struct{} // closed when streams must end
	registry                  *prometheus.Registry
	failed                    chan error // a listener that broke; one at most is kept
	all                       sync.WaitGroup
}

// adminWriteTimeout leaves time for a CPU profile.
const adminWriteTimeout = 2 * time.Minute

func startFront(l *listeners, registry *prometheus.Registry, log *slog.Logger) *front {
	f := &front{registry: registry, failed: make(chan error, 1), leaving: make(chan struct{})}
	starting := http.Handler(http.HandlerFunc(whileStarting))
	f.httpHandler.Store(&starting)
	f.adminHandler.Store(&starting)
	errorLog := slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	f.http = httpapi.NewServer(f.answer(&f.httpHandler))
	f.http.ErrorLog = errorLog
	f.serve(f.http, l.http)
	if l.admin != nil {
		f.admin = httpapi.NewServer(f.answer(&f.adminHandler))
		f.admin.ErrorLog, f.admin.WriteTimeout = errorLog, adminWriteTimeout
		f.serve(f.admin, l.admin)
	}
	return f
}

func (f *front) serve(server *http.Server, listener net.Listener) {
	f.all.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			select {
			case f.failed <- fmt.Errorf("listener %s: %w", listener.Addr(), err):
			default:
			}
		}
	})
}

// answer serves whatever the pointer holds now; while draining, /readyz says no whatever the node thinks.
func (f *front) answer(handler *atomic.Pointer[http.Handler]) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.draining.Load() && r.URL.Path == "/readyz" {
			http.Error(w, "draining", http.StatusServiceUnavailable)
			return
		}
		(*handler.Load()).ServeHTTP(w, r)
	})
}

// whileStarting answers before the node runs.
func whileStarting(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/healthz" {
		_, _ = w.Write([]byte("ok\n"))
		return
	}
	w.Header().Set("Retry-After", "1")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`{"type":"urn:parterre:problem:no_leader","title":"No leader","status":503,` +
		`"detail":"this node is starting: it waits for the other nodes","code":"no_leader"}`))
}

// serveNode puts the node's API in place.
func (f *front) serveNode(o httpapi.Options) {
	o.Draining = f.leaving
	api := httpapi.New(o)
	f.httpHandler.Store(&api)
	admin := httpapi.AdminHandler(o.Node, f.registry)
	f.adminHandler.Store(&admin)
}

// unready makes /readyz say no, so that load balancers turn away while requests are still served.
func (f *front) unready() { f.draining.Store(true) }

// endStreams ends the streams that are open, in order; their clients go on with another node.
func (f *front) endStreams() { close(f.leaving) }

// shutdown stops accepting, waits for requests under way, and for the listeners' goroutines.
func (f *front) shutdown(ctx context.Context) error {
	var errs []error
	for _, server := range []*http.Server{f.http, f.admin} {
		if server == nil {
			continue
		}
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, err, server.Close())
		}
	}
	f.all.Wait()
	return errors.Join(errs...)
}

// close severs everything at once.
func (f *front) close() {
	_ = f.http.Close()
	if f.admin != nil {
		_ = f.admin.Close()
	}
	f.all.Wait()
}
