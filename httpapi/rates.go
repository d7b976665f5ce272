package httpapi

import (
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// rates keeps one token bucket per client address, in shards that are locked apart.
type rates struct {
	rate     Rate
	perShard int
	shards   [rateShards]rateShard
}

type rateShard struct {
	mu      sync.Mutex
	clients map[string]*caller
}

type caller struct {
	bucket *rate.Limiter
	seen   time.Time
}

// newRates is nil where the rate sets no bound.
func newRates(r Rate, clients int) *rates {
	if r.PerSecond <= 0 {
		return nil
	}
	r.Burst = max(r.Burst, 1)
	rs := &rates{rate: r, perShard: max(clients/rateShards, 1)}
	for i := range rs.shards {
		rs.shards[i].clients = make(map[string]*caller)
	}
	return rs
}

// allow takes a token of the client's, and tells the client what is left (draft-ietf-httpapi-ratelimit-headers-10).
func (rs *rates) allow(c *gin.Context, now time.Time) bool {
	ok, left := rs.take(c.ClientIP(), now)
	h := c.Writer.Header()
	h.Set("RateLimit-Policy", fmt.Sprintf(`"client";q=%d;w=%d`, rs.rate.Burst, rs.windowSeconds()))
	h.Set("RateLimit", fmt.Sprintf(`"client";r=%d;t=%d`, left, rs.retrySeconds()))
	return ok
}

func (rs *rates) take(address string, now time.Time) (ok bool, left int) {
	s := &rs.shards[xxhash.Sum64String(address)%rateShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	cl := s.caller(rs, address)
	cl.seen = now
	ok = cl.bucket.AllowN(now, 1)
	return ok, max(int(cl.bucket.TokensAt(now)), 0)
}

// takeMany takes n tokens if there is one at all; what is missing is owed, and later calls wait for it.
func (rs *rates) takeMany(address string, now time.Time, n int) bool {
	s := &rs.shards[xxhash.Sum64String(address)%rateShards]
	s.mu.Lock()
	defer s.mu.Unlock()
	cl := s.caller(rs, address)
	cl.seen = now
	if n == 0 || !cl.bucket.AllowN(now, 1) {
		return n == 0
	}
	for n--; n > 0; {
		some := min(n, rs.rate.Burst)
		cl.bucket.ReserveN(now, some)
		n -= some
	}
	return true
}

// caller is the client's bucket; s is locked.
func (s *rateShard) caller(rs *rates, address string) *caller {
	cl := s.clients[address]
	if cl == nil {
		if len(s.clients) >= rs.perShard {
			s.forgetIdlest()
		}
		cl = &caller{bucket: rate.NewLimiter(rate.Limit(rs.rate.PerSecond), rs.rate.Burst)}
		s.clients[address] = cl
	}
	return cl
}

// forgetIdlest drops the client that was seen longest ago among a few picked by the map's random order: exact enough,
// and its cost is bounded.
func (s *rateShard) forgetIdlest() {
	const sample = 16
	idlest, looked := "", 0
	for address, cl := range s.clients {
		if idlest == "" || cl.seen.Before(s.clients[idlest].seen) {
			idlest = address
		}
		if looked++; looked == sample {
			break
		}
	}
	delete(s.clients, idlest)
}

// retrySeconds is how long a token takes to come, in whole seconds.
func (rs *rates) retrySeconds() int {
	return max(int(math.Ceil(min(1/rs.rate.PerSecond, maxRetrySeconds))), 1)
}

// windowSeconds is how long an empty bucket takes to fill.
func (rs *rates) windowSeconds() int {
	return max(int(math.Ceil(min(float64(rs.rate.Burst)/rs.rate.PerSecond, maxRetrySeconds))), 1)
}
