package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/parterre/parterre/bench/nodes"
)

// profile takes a CPU profile of every node for most of a measurement, if asked for. Read one with `go tool pprof`.
func profile(ctx context.Context, c benchHTTPConfig, cluster *nodes.Cluster, name string) error {
	if c.profiles == "" {
		return nil
	}
	if err := os.MkdirAll(c.profiles, 0o755); err != nil {
		return err
	}
	seconds := max(1, int(c.duration.Seconds())-1)
	errs := make([]error, len(cluster.Nodes))
	var all sync.WaitGroup
	for i, n := range cluster.Nodes {
		all.Go(func() {
			url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", n.Admin, seconds)
			errs[i] = download(ctx, url, filepath.Join(c.profiles, name+"-"+n.Name+".pprof"))
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func download(ctx context.Context, url, file string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: %s: status %s", url, answer.Status)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, answer.Body)
	return errors.Join(err, out.Close())
}
