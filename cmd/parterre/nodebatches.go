package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/bench/report"
)

// The histogram of how many commands share one entry of the log, and the bounds of scraping it.
const (
	batchSeries   = "parterre_raftlog_batch_commands"
	scrapeTimeout = 5 * time.Second
	maxScrape     = 16 << 20
)

// batches is how many commands shared an entry, over all partitions and nodes since they were started. A node that was
// killed has forgotten what it proposed before.
func batches(ctx context.Context, cluster *nodes.Cluster) (*report.Buckets, error) {
	ctx, cancel := context.WithTimeout(ctx, scrapeTimeout)
	defer cancel()
	upTo := map[float64]int64{} // cumulated, as Prometheus has them
	all := &report.Buckets{Name: "commands per entry"}
	for _, n := range cluster.Nodes {
		if err := scrapeBatches(ctx, n, all, upTo); err != nil {
			return nil, fmt.Errorf("metrics of %s: %w", n.Name, err)
		}
	}
	before, last := int64(0), 0.0
	for _, bound := range slices.Sorted(maps.Keys(upTo)) {
		all.Buckets = append(all.Buckets, report.Bucket{UpTo: bound, Count: upTo[bound] - before})
		before, last = upTo[bound], bound
	}
	if over := all.Count - before; over > 0 {
		all.Buckets = append(all.Buckets, report.Bucket{UpTo: last, Over: true, Count: over})
	}
	return all, nil
}

// scrapeBatches adds one node's histogram.
func scrapeBatches(ctx context.Context, n *nodes.Node, all *report.Buckets, upTo map[float64]int64) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Admin+"/metrics", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	lines := bufio.NewScanner(io.LimitReader(answer.Body, maxScrape))
	for lines.Scan() {
		rest, ours := strings.CutPrefix(lines.Text(), batchSeries+"_")
		if !ours {
			continue
		}
		name, text, _ := strings.Cut(rest, " ")
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(name, "sum"):
			all.Sum += value
		case strings.HasPrefix(name, "count"):
			all.Count += int64(value)
		case strings.HasPrefix(name, "bucket"):
			_, bound, _ := strings.Cut(name, `le="`)
			bound, _, _ = strings.Cut(bound, `"`)
			if limit, err := strconv.ParseFloat(bound, 64); err == nil && bound != "+Inf" {
				upTo[limit] += int64(value)
			}
		}
	}
	return lines.Err()
}
