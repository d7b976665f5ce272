package simulator

import (
	"fmt"
	"strings"
)

// add sums nights up.
func (c *Counts) add(o *Counts) {
	c.Steps += o.Steps
	c.Requests += o.Requests
	c.Told += o.Told
	c.Errors += o.Errors
	c.Retries += o.Retries
	c.Entries += o.Entries
	c.Decided += o.Decided
	c.Crashes += o.Crashes
	c.TornTails += o.TornTails
	c.Elections += o.Elections
	c.Leads += o.Leads
	c.Truncations += o.Truncations
	c.Snapshots += o.Snapshots
	c.Installs += o.Installs
	c.Virtual += o.Virtual
	for kind, n := range o.Faults {
		c.Faults[kind] += n
	}
}

// String is the counts as a text.
func (c *Counts) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d steps, %d requests, %d answers, %d errors, %d retries, %d entries of %d commands; %d crashes, %d torn tails, "+
		"%d elections for %d leads, %d truncated logs, %d snapshots, %d installs", c.Steps, c.Requests, c.Told, c.Errors, c.Retries,
		c.Entries, c.Decided, c.Crashes, c.TornTails, c.Elections, c.Leads, c.Truncations, c.Snapshots, c.Installs)
	for kind := range faults {
		fmt.Fprintf(&b, "; %s %d", faults[kind].name, c.Faults[kind])
	}
	return b.String()
}
