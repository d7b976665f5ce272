package transport

import (
	"testing"
	"time"
)

func TestTheUpstreamTransportIsConfiguredAsDocumented(t *testing.T) {
	o := Options{}.withDefaults()
	c := networkConfig(nil, o)
	if c.MaxRPCsInFlight != 1 || c.Timeout != 5*time.Second || c.MaxPool != 3 {
		t.Fatalf("%+v", c)
	}
	const gib = 1 << 30
	if budget := o.Timeout * (gib / snapshotScaleBytes); budget < 10*time.Minute || budget > time.Hour {
		t.Fatalf("a snapshot of 1 GiB has %s", budget)
	}
}
