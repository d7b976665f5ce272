package main

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/trace/record"
	"github.com/parterre/parterre/cluster"
	"github.com/parterre/parterre/httpapi"
)

// startRecorder begins to record what shoppers do at this node, if --record says so; else it is nil.
func (c *serveConfig) startRecorder(node *cluster.Node, registry *prometheus.Registry, log *slog.Logger) (*record.Recorder, error) {
	if c.Record == "" {
		return nil, nil
	}
	return record.Start(record.Options{
		Dir: c.Record, Node: c.Node, By: c.Node + " " + buildVersion(), FileBytes: c.RecordFileBytes, FileAge: c.RecordFileAge,
		Logger: log, Registerer: registry,
		Describe: func(event string) (trace.Chart, trace.Event, error) {
			d, err := httpapi.Describe(node, event)
			if err != nil {
				return trace.Chart{}, trace.Event{}, err
			}
			return trace.Chart{Name: d.Chart, Document: d.Document},
				trace.Event{Settings: d.Settings, HoldTTLSeconds: int64(d.HoldTTLSeconds)}, nil
		},
	})
}

// recorderOf keeps a nil pointer from looking like a recorder.
func recorderOf(r *record.Recorder) httpapi.Recorder {
	if r == nil {
		return nil
	}
	return r
}

// closeRecorder ends the last trace. That it could not be written is no reason to stop the node's end.
func closeRecorder(r *record.Recorder, log *slog.Logger) {
	if r == nil {
		return
	}
	if err := r.Close(); err != nil {
		log.Error("the recording did not end in order", "error", err)
	}
}
