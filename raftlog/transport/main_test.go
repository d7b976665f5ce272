package transport_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/raft"
	"go.uber.org/goleak"

	"github.com/parterre/parterre/raftlog/disk/hclogslog"
	"github.com/parterre/parterre/raftlog/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tcp is a stream layer of its own, as one partition has on the peer port.
type tcp struct{ net.Listener }

func (tcp) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	return net.DialTimeout("tcp", string(address), timeout)
}

func listen(t *testing.T) tcp {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return tcp{listener}
}

func newTransport(t *testing.T, o transport.Options) *transport.Transport {
	t.Helper()
	trans := transport.New(listen(t), o)
	t.Cleanup(func() { _ = trans.Close() })
	return trans
}

// bare is the upstream transport as Raft would use it without package transport.
type bare struct {
	*raft.NetworkTransport
	mu        sync.Mutex
	pipelines []raft.AppendPipeline
}

func newBare(t *testing.T) *bare {
	t.Helper()
	b := &bare{NetworkTransport: raft.NewNetworkTransportWithConfig(&raft.NetworkTransportConfig{
		Stream: listen(t), MaxPool: 3, Timeout: 5 * time.Second, Logger: hclogslog.New(nil, ""),
	})}
	t.Cleanup(func() { b.freePipelines(); _ = b.Close(); b.CloseStreams() })
	return b
}

// AppendEntriesPipeline keeps the pipeline, so that a test can free one that waits for itself.
func (b *bare) AppendEntriesPipeline(id raft.ServerID, target raft.ServerAddress) (raft.AppendPipeline, error) {
	p, err := b.NetworkTransport.AppendEntriesPipeline(id, target)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.pipelines = append(b.pipelines, p)
	}
	return p, err
}

func (b *bare) freePipelines() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.pipelines {
		_ = p.Close()
	}
}

// peer plays a node: it answers what it is asked, and sends what a test tells it to.
type peer struct {
	*bare
	id raft.ServerID
	// append answers entries; nil = success.
	append func(*raft.AppendEntriesRequest) *raft.AppendEntriesResponse
}

func newPeer(t *testing.T, id raft.ServerID) *peer {
	t.Helper()
	p := &peer{bare: newBare(t), id: id}
	return p
}

// serve answers until the test ends.
func (p *peer) serve(t *testing.T) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(stop); <-stopped })
	go func() {
		defer close(stopped)
		for {
			select {
			case rpc := <-p.Consumer():
				rpc.Respond(p.answer(rpc.Command), nil)
			case <-stop:
				return
			}
		}
	}()
}

func (p *peer) answer(command any) any {
	header := p.header()
	switch c := command.(type) {
	case *raft.RequestPreVoteRequest:
		return &raft.RequestPreVoteResponse{RPCHeader: header, Term: c.Term, Granted: true}
	case *raft.RequestVoteRequest:
		return &raft.RequestVoteResponse{RPCHeader: header, Term: c.Term, Granted: true}
	case *raft.AppendEntriesRequest:
		if p.append != nil {
			if answer := p.append(c); answer != nil {
				return answer
			}
		}
		last := c.PrevLogEntry + uint64(len(c.Entries))
		return &raft.AppendEntriesResponse{RPCHeader: header, Term: c.Term, LastLog: last, Success: true}
	default:
		return nil
	}
}

func (p *peer) header() raft.RPCHeader {
	return raft.RPCHeader{ProtocolVersion: 3, ID: []byte(p.id), Addr: []byte(p.LocalAddr())}
}

// beat sends a heartbeat of the term and returns the answer.
func (p *peer) beat(to raft.ServerAddress, term uint64) (raft.AppendEntriesResponse, error) {
	var answer raft.AppendEntriesResponse
	err := p.AppendEntries("", to, &raft.AppendEntriesRequest{RPCHeader: p.header(), Term: term}, &answer)
	return answer, err
}

// machine is a state machine without state.
type machine struct{}

func (machine) Apply(*raft.Log) any                 { return nil }
func (machine) Snapshot() (raft.FSMSnapshot, error) { return machine{}, nil }
func (machine) Restore(r io.ReadCloser) error       { _, err := io.Copy(io.Discard, r); return err }
func (machine) Persist(s raft.SnapshotSink) error   { return s.Close() }
func (machine) Release()                            {}

// closer is what every transport here also is.
type closer interface {
	raft.Transport
	Close() error
}

// startNode starts Raft as node n1 of n1 and the others.
func startNode(t *testing.T, trans closer, config *raft.Config, log raft.LogStore, others ...raft.Server) *raft.Raft {
	t.Helper()
	config.Logger = hclogslog.New(nil, "")
	stable, snapshots := raft.NewInmemStore(), raft.NewInmemSnapshotStore()
	members := raft.Configuration{Servers: append([]raft.Server{{ID: config.LocalID, Address: trans.LocalAddr()}}, others...)}
	if err := raft.BootstrapCluster(config, log, stable, snapshots, trans, members); err != nil {
		t.Fatal(err)
	}
	node, err := raft.NewRaft(config, machine{}, log, stable, snapshots, trans)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b, ok := trans.(*bare); ok {
			b.freePipelines()
		}
		if err := errors.Join(trans.Close(), node.Shutdown().Error()); err != nil {
			t.Error(err)
		}
	})
	return node
}

func config(id raft.ServerID, heartbeat time.Duration) *raft.Config {
	c := raft.DefaultConfig()
	c.LocalID = id
	c.HeartbeatTimeout, c.ElectionTimeout, c.LeaderLeaseTimeout = heartbeat, heartbeat, heartbeat/2
	c.CommitTimeout = 5 * time.Millisecond
	return c
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
	}
}
