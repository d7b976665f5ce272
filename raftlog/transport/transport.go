package transport

import (
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/hashicorp/raft"

	"github.com/parterre/parterre/raftlog/disk/hclogslog"
)

const (
	defaultTimeout    = 5 * time.Second
	defaultAsideLimit = 3 * time.Second
	// defaultMaxPool: one connection each for heartbeats, entries and votes, per peer.
	defaultMaxPool = 3
	// maxRPCsInFlight 1 turns pipelining off: a pipeline that meets a refusal can wait for itself for ever, while
	// heartbeats keep the leader in office (raft#612). It is also faster with batches (raft#541).
	maxRPCsInFlight = 1
	// snapshotScaleBytes: a snapshot may take one Timeout per so many bytes, receiving and restoring included: with
	// 5 s, a GiB may take 21 minutes, which is 0.8 MB/s.
	snapshotScaleBytes = 4 << 20
	// patience is how long a heartbeat waits for Raft's main loop before it is answered aside. It is a small part of
	// any leader lease, and in quiet times no heartbeat waits as long.
	patience = 10 * time.Millisecond
	// HandoverLimit is how long Raft waits for the answer of a follower that is told to stand for election at once. Until then
	// the leader takes no entries, whether or not the follower lives.
	HandoverLimit = time.Second
)

// ErrHandover says that a follower was told to stand for election, and did not answer in time.
var ErrHandover = errors.New("transport: the follower did not answer that it stands for election")

// Options are a transport's settings; zero = default.
type Options struct {
	Partition uint32 // for the logs
	Logger    *slog.Logger
	// Timeout is how long one RPC may take, dialling and the peer's fsync included; default 5 s. Snapshots get more.
	Timeout time.Duration
	// MaxPool is the number of idle connections kept per peer; default 3.
	MaxPool int
	// AsideLimit is how long Raft's main loop may have answered nothing before heartbeats are no longer answered in
	// its place; default 3 s. It should be shorter than disk.Options.StallLimit.
	AsideLimit time.Duration
	// SnapshotBytes is how many bytes of a snapshot are sent to a follower in a second; default DefaultSnapshotBytes.
	SnapshotBytes int64
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Logger = o.Logger.With("partition", o.Partition)
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.MaxPool <= 0 {
		o.MaxPool = defaultMaxPool
	}
	if o.SnapshotBytes <= 0 {
		o.SnapshotBytes = DefaultSnapshotBytes
	}
	if o.AsideLimit <= 0 {
		o.AsideLimit = defaultAsideLimit
	}
	return o
}

var (
	_ raft.Transport   = (*Transport)(nil)
	_ raft.WithPreVote = (*Transport)(nil)
	_ raft.WithClose   = (*Transport)(nil)
)

// Transport carries the RPCs of one Raft group. Make it with New, give it to raft.NewRaft, Close it before
// raft.Shutdown: then no RPC to a dead peer holds the shutdown up.
type Transport struct {
	net    *raft.NetworkTransport
	stream *stream
	aside  aside
	sends  sends
	rate   int64 // of a snapshot, bytes a second
	kept   int   // idle connections per peer, at the most

	toRaft     chan raft.RPC // what Raft's main loop reads
	heartbeats chan raft.RPC // that wait for the main loop
	copies     chan struct{} // a copy of a heartbeat answered aside waits in aside.copy

	asking    sync.WaitGroup // TimeoutNow under way
	askingMu  sync.Mutex     // guards closed, and beginning to ask
	closed    bool
	closing   chan struct{}
	pumpEnded chan struct{}
	closeOnce sync.Once
	closeErr  error
}

// New starts a transport over a group's streams of the peer port. It owns the stream layer from now on.
func New(layer raft.StreamLayer, o Options) *Transport {
	o = o.withDefaults()
	t := &Transport{
		stream:     newStream(layer),
		aside:      aside{limit: o.AsideLimit},
		rate:       o.SnapshotBytes,
		kept:       o.MaxPool,
		toRaft:     make(chan raft.RPC),
		heartbeats: make(chan raft.RPC),
		copies:     make(chan struct{}, 1),
		closing:    make(chan struct{}),
		pumpEnded:  make(chan struct{}),
	}
	t.net = raft.NewNetworkTransportWithConfig(networkConfig(t.stream, o))
	t.net.TimeoutScale = snapshotScaleBytes
	t.net.SetHeartbeatHandler(t.heartbeat)
	go t.pump()
	return t
}

func networkConfig(layer raft.StreamLayer, o Options) *raft.NetworkTransportConfig {
	return &raft.NetworkTransportConfig{
		Stream:                  layer,
		Logger:                  hclogslog.New(o.Logger, "transport"),
		MaxPool:                 o.MaxPool,
		MaxRPCsInFlight:         maxRPCsInFlight,
		Timeout:                 o.Timeout,
		MsgpackUseNewTimeFormat: true,
	}
}

// Consumer is what Raft's main loop reads.
func (t *Transport) Consumer() <-chan raft.RPC { return t.toRaft }

// LocalAddr is the stream layer's address.
func (t *Transport) LocalAddr() raft.ServerAddress { return t.net.LocalAddr() }

// SetHeartbeatHandler takes no handler: Raft's changes term and role beside its main loop (raft#695).
func (t *Transport) SetHeartbeatHandler(func(raft.RPC)) {}

// AppendEntriesPipeline always says that there is none (raft#612).
func (t *Transport) AppendEntriesPipeline(id raft.ServerID, target raft.ServerAddress) (raft.AppendPipeline, error) {
	return t.net.AppendEntriesPipeline(id, target)
}

// AppendEntries is sent again over another connection if the one that was kept is broken, as are the votes.
func (t *Transport) AppendEntries(id raft.ServerID, target raft.ServerAddress, args *raft.AppendEntriesRequest, resp *raft.AppendEntriesResponse) error {
	return t.again(func() error {
		*resp = raft.AppendEntriesResponse{}
		return t.net.AppendEntries(id, target, args, resp)
	})
}

func (t *Transport) RequestVote(id raft.ServerID, target raft.ServerAddress, args *raft.RequestVoteRequest, resp *raft.RequestVoteResponse) error {
	return t.again(func() error {
		t.aside.distrust() // before every attempt, see doc.go
		*resp = raft.RequestVoteResponse{}
		return t.net.RequestVote(id, target, args, resp)
	})
}

// RequestPreVote implements raft.WithPreVote.
func (t *Transport) RequestPreVote(id raft.ServerID, target raft.ServerAddress, args *raft.RequestPreVoteRequest, resp *raft.RequestPreVoteResponse) error {
	return t.again(func() error {
		t.aside.distrust() // before every attempt, see doc.go
		*resp = raft.RequestPreVoteResponse{}
		return t.net.RequestPreVote(id, target, args, resp)
	})
}

func (t *Transport) InstallSnapshot(id raft.ServerID, target raft.ServerAddress, args *raft.InstallSnapshotRequest, resp *raft.InstallSnapshotResponse, data io.Reader) error {
	t.sends.begin()
	defer t.sends.end()
	return t.net.InstallSnapshot(id, target, args, resp, &paced{from: data, rate: t.rate, closing: t.closing})
}

// TimeoutNow gives up after HandoverLimit; the message may still arrive, which does no harm.
func (t *Transport) TimeoutNow(id raft.ServerID, target raft.ServerAddress, args *raft.TimeoutNowRequest, resp *raft.TimeoutNowResponse) error {
	answered := make(chan error, 1)
	var answer raft.TimeoutNowResponse
	t.askingMu.Lock()
	if t.closed {
		t.askingMu.Unlock()
		return raft.ErrTransportShutdown
	}
	t.asking.Go(func() {
		answered <- t.again(func() error {
			answer = raft.TimeoutNowResponse{}
			return t.net.TimeoutNow(id, target, args, &answer)
		})
	})
	t.askingMu.Unlock()
	timer := time.NewTimer(HandoverLimit)
	defer timer.Stop()
	select {
	case err := <-answered:
		*resp = answer
		return err
	case <-timer.C:
		return ErrHandover
	}
}

func (t *Transport) EncodePeer(id raft.ServerID, addr raft.ServerAddress) []byte {
	return t.net.EncodePeer(id, addr)
}

func (t *Transport) DecodePeer(peer []byte) raft.ServerAddress { return t.net.DecodePeer(peer) }

// TermRaised ends answering aside for every term below this one. Wire it to disk.Options.OnTerm: then that happens
// before the new term is written, hence before Raft votes in it.
func (t *Transport) TermRaised(term uint64) { t.aside.raise(term) }

// Renew closes the connections that are kept for later and lets those under way end with their RPC; the next RPC dials anew. Raft's
// transport keeps connections and their buffers, half a megabyte each, for every address that it ever dialled: those to a
// peer that is gone for good for ever.
func (t *Transport) Renew() { t.net.CloseStreams() }

// Close ends the stream layer, every connection and every RPC under way, and waits for them. Later calls return what
// the first did.
func (t *Transport) Close() error {
	t.closeOnce.Do(func() {
		close(t.closing)
		t.askingMu.Lock()
		t.closed = true
		t.askingMu.Unlock()
		t.closeErr = t.net.Close()
		t.net.CloseStreams()
		t.stream.closeAll()
		<-t.pumpEnded
		t.stream.wait()
		t.asking.Wait()
	})
	return t.closeErr
}
