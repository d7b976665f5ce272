package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parterre/parterre/actors"
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster"
)

// Cluster is what the handlers need of a node; *cluster.Node is one.
type Cluster interface {
	Submit(ctx context.Context, c *command.Command) (*command.Result, error)
	SubmitMany(m *cluster.Many)
	PutChart(ctx context.Context, c *command.Chart) (*command.Result, error)
	CreateEvent(ctx context.Context, event, chart string, config *seatmap.Config, key seatmap.Key) (*command.Result, error)
	ReadBarrier(ctx context.Context, event string) error
	ChartBarrier(ctx context.Context, chart string) error
	Event(key string) (*actors.Event, bool)
	Events(after string, limit int) []*actors.Event
	Chart(name string) (*actors.StoredChart, bool)
	Charts(after string, limit int) []*actors.StoredChart
	PartitionOf(event string) uint32
	LeaderOf(partition uint32) string
	Status() cluster.Status
	Checks() []cluster.Check
	Transfer(ctx context.Context, partition uint32, to string) error
	Snapshot(ctx context.Context) error
	Members() cluster.Membership
	AddMember(ctx context.Context, m cluster.NewMember) (cluster.MemberStatus, error)
	PromoteMember(ctx context.Context, node string) (cluster.MemberStatus, error)
	RemoveMember(ctx context.Context, node string) (cluster.MemberStatus, error)
	// Removed says that this node was removed from the cluster and shows nothing any more.
	Removed() bool
}

var _ Cluster = (*cluster.Node)(nil)

// Options is what the handlers are made of.
type Options struct {
	Node     Cluster
	NodeName string
	Version  string
	Limits   Limits
	// TrustedProxies are the addresses or CIDRs whose X-Forwarded-For names the client, for rate limits; none = nobody.
	TrustedProxies []string
	Logger         *slog.Logger          // nil = slog.Default()
	Registerer     prometheus.Registerer // nil = metrics are kept but not registered
	Recorder       Recorder              // nil = nobody records what shoppers do
	// PublicURLs are the origins at which shoppers' browsers reach the nodes, such as "https://a.example"; the waiting
	// room's page goes from one to the next. None = the nodes' own HTTP addresses.
	PublicURLs []string
	// Clock is the time of rate limits and metrics; nil = time.Now. It decides nothing about seats.
	Clock func() time.Time
	// Draining is closed when the node is about to leave: streams are then ended in order, and no new one begins.
	Draining <-chan struct{}
}

// Limits are the named bounds of one node's HTTP side; a zero field takes its default.
type Limits struct {
	// ConcurrentRequests bounds the requests at work at once; one more is refused with 429 at once. An eighth of them
	// (one at least) is kept for who holds or bought something and for readers, and another for reads of single holds and
	// orders. 8,192.
	ConcurrentRequests int
	// BulkRequests bounds requests with large bodies or answers (charts, blocks), beside the others. 16.
	BulkRequests int
	// NewRate and ExistingRate bound each client address by lane. Zero = no bound, which is the default.
	NewRate, ExistingRate Rate
	// RateClients bounds the client addresses that are remembered for rates; the longest idle is forgotten. 65,536.
	RateClients int
	// RequestTimeout bounds how long the cluster may take to decide, elections and retries included. 10 s.
	RequestTimeout time.Duration
	// RevisionWait bounds how long a read waits for min_revision. 2 s.
	RevisionWait time.Duration
	// BodyBytes, BlockBytes and ChartBytes bound bodies: 64 KiB, 1 MiB (block, unblock) and 16 MiB (charts).
	// BodyBytes bounds the body of one operation of a batch or stream, too, with what stands around it.
	BodyBytes, BlockBytes, ChartBytes int64
	// BatchRequests bounds the batches at work at once, BatchBytes the body of each: 256 and 2 MiB.
	BatchRequests int
	BatchBytes    int64
	// Streams bounds the streams that are open at once; one more is refused with 429. 256.
	Streams int
	// StreamOperations bounds the operations of one stream that are under way or whose answers are not written: a stream
	// that has so many is not read on, so that its sender has to wait. 8,192.
	StreamOperations int
	// StreamedOperations bounds those of all streams of this node; one more is answered with 429 overloaded. A quarter of
	// it is kept for who holds or bought something. 65,536.
	StreamedOperations int
	// RoomJoins bounds those who are joining a waiting room at once, RoomRequests those who ask for their place there, and
	// RoomEvents those to whom it is told as it changes; one more is refused with 429. 16,384, 4,096 and 16,384.
	RoomJoins, RoomRequests, RoomEvents int
	// StreamWrite bounds how long a stream's answers may wait for a client that does not read; then it is cut. 30 s.
	StreamWrite time.Duration
	// StreamKeepAlive is how long a stream is silent before the node writes an empty line (JSON) or nil (msgpack), so that
	// proxies keep it and dead clients are noticed. 15 s.
	StreamKeepAlive time.Duration
	// StreamIdle is how long a client may send nothing while nothing is under way; then the stream is ended. 10 min.
	StreamIdle time.Duration
}

// Rate is a token bucket: PerSecond tokens a second, at most Burst of them saved.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Bounds that are not settings.
const (
	maxHeaderBytes   = 32 << 10
	maxListLimit     = 1_000
	defaultListLimit = 100
	maxIdempotency   = 64 // bytes of an Idempotency-Key
	maxBodyErrors    = 16 // refusals of one body that are collected before reading stops
	maxBodyDepth     = 16 // nesting of one body
	maxPooledBytes   = 1 << 20
	trustedBytes     = 8 << 10 // announced body lengths for which memory is taken at once
	rateShards       = 64
	maxRetrySeconds  = 3_600

	maxBatchOperations = 1_000
	maxStreamID        = 64      // bytes of an operation's id, as it is sent
	maxEnvelopeBytes   = 4 << 10 // of an operation, around its body
	maxStreamChunks    = 64      // buffers of one stream that hold what is under way
	maxSpareBunches    = 16      // of one stream, kept for other operations
	gatherOperations   = 1_024   // of a stream, that are submitted together at most
	maxStreamWrite     = 256 << 10
)

func (l Limits) withDefaults() Limits {
	setInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	setBytes := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	setDuration := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	setInt(&l.ConcurrentRequests, 8_192)
	setInt(&l.BulkRequests, 16)
	setInt(&l.RateClients, 65_536)
	setDuration(&l.RequestTimeout, 10*time.Second)
	setDuration(&l.RevisionWait, 2*time.Second)
	setBytes(&l.BodyBytes, 64<<10)
	setBytes(&l.BlockBytes, 1<<20)
	setBytes(&l.ChartBytes, command.MaxDocumentBytes)
	setBytes(&l.BatchBytes, 2<<20)
	setInt(&l.BatchRequests, 256)
	setInt(&l.Streams, 256)
	setInt(&l.StreamOperations, 8_192)
	setInt(&l.StreamedOperations, 65_536)
	setInt(&l.RoomJoins, 16_384)
	setInt(&l.RoomRequests, 4_096)
	setInt(&l.RoomEvents, 16_384)
	setDuration(&l.StreamWrite, 30*time.Second)
	setDuration(&l.StreamKeepAlive, 15*time.Second)
	setDuration(&l.StreamIdle, 10*time.Minute)
	return l
}

// The server's bounds on connections: for a header, a body, an answer, and silence. An answer's bound counts from the end
// of the header and so holds the body's bound and Limits.RequestTimeout: who waited that long is still told the outcome.
const (
	ReadHeaderTimeout = 5 * time.Second
	ReadTimeout       = 30 * time.Second
	WriteTimeout      = 60 * time.Second
	IdleTimeout       = 2 * time.Minute
)

// NewServer makes the server that New's handler is meant to run under: HTTP/1.1 and HTTP/2 without TLS by prior
// knowledge, bounded headers and timeouts. The caller serves it, may set its ErrorLog before, and shuts it down.
func NewServer(h http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: h, Protocols: protocols, MaxHeaderBytes: maxHeaderBytes,
		ReadHeaderTimeout: ReadHeaderTimeout, ReadTimeout: ReadTimeout, WriteTimeout: WriteTimeout, IdleTimeout: IdleTimeout,
	}
}
