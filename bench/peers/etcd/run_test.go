//go:build peers

package etcd

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/parterre/parterre/bench/peers/peertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestThreeNodesKeepThePromises(t *testing.T) { peertest.Promises(t, Peer{}) }

func TestAHoldLapses(t *testing.T) { peertest.Lapse(t, Peer{}) }
