package client

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Options is what a Client is made of.
type Options struct {
	// Endpoints are the nodes' base addresses, such as "http://10.0.0.1:8080"; a bare host:port is http.
	Endpoints []string
	// HTTP makes the requests; nil = a client of its own with pooled connections.
	HTTP *http.Client
	// Attempts bounds how often one call is tried in all; default 16.
	Attempts int
	// AttemptTimeout bounds one attempt; default 15 s, which is longer than a node's own bound of 10 s, so that a node
	// has the time to say what it knows.
	AttemptTimeout time.Duration
	// MaxWait bounds the wait between two attempts, whatever Retry-After says; default 5 s.
	MaxWait time.Duration
	// ConnectionsPerNode bounds the pooled connections to one node; default 512.
	ConnectionsPerNode int
	UserAgent          string
}

// Client talks to a cluster.
type Client struct {
	endpoints []string
	http      *http.Client
	own       *http.Transport // nil if the caller brought HTTP
	attempts  int
	timeout   time.Duration
	maxWait   time.Duration
	agent     []string
	// first is the endpoint that calls start with: the one that answered last. Shared with clients made by At.
	first *atomic.Uint32
}

// ErrNoEndpoint says that a client was given no node to talk to.
var ErrNoEndpoint = errors.New("client: no endpoint")

// New makes a client. It connects to nothing yet.
func New(o Options) (*Client, error) {
	c := &Client{
		http: o.HTTP, attempts: o.Attempts, timeout: o.AttemptTimeout, maxWait: o.MaxWait, first: new(atomic.Uint32),
	}
	for _, endpoint := range o.Endpoints {
		if !strings.Contains(endpoint, "://") {
			endpoint = "http://" + endpoint
		}
		u, err := url.Parse(endpoint)
		if err != nil {
			return nil, err
		}
		if u.Host == "" {
			return nil, &url.Error{Op: "parse", URL: endpoint, Err: errors.New("no host")}
		}
		c.endpoints = append(c.endpoints, strings.TrimRight(u.String(), "/"))
	}
	if len(c.endpoints) == 0 {
		return nil, ErrNoEndpoint
	}
	setDefault(&c.attempts, 16)
	setDefault(&c.timeout, 15*time.Second)
	setDefault(&c.maxWait, 5*time.Second)
	if o.UserAgent != "" {
		c.agent = []string{o.UserAgent}
	}
	if c.http == nil {
		c.own = newTransport(o.ConnectionsPerNode)
		c.http = &http.Client{Transport: c.own}
	}
	return c, nil
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// newTransport keeps enough idle connections that a busy client opens none anew: the default of two per host makes
// every further one a handshake.
func newTransport(connections int) *http.Transport {
	setDefault(&connections, 512)
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 2 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		MaxIdleConns:        0,
		MaxIdleConnsPerHost: connections,
		MaxConnsPerHost:     connections,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 5 * time.Second,
		ForceAttemptHTTP2:   false,
		DisableCompression:  false,
		WriteBufferSize:     8 << 10,
		ReadBufferSize:      8 << 10,
	}
}

// Endpoints are the nodes' base addresses.
func (c *Client) Endpoints() []string { return append([]string(nil), c.endpoints...) }

// At is a client that asks only the i-th node and goes on to no other. It shares c's connections.
func (c *Client) At(i int) *Client {
	at := *c
	at.endpoints = c.endpoints[i : i+1]
	at.first = new(atomic.Uint32)
	return &at
}

// From is a client that starts with the i-th node and goes on to the others. It shares c's connections.
func (c *Client) From(i int) *Client {
	from := *c
	from.first = new(atomic.Uint32)
	from.first.Store(uint32(i % len(c.endpoints)))
	return &from
}

// Close closes idle connections.
func (c *Client) Close() {
	if c.own != nil {
		c.own.CloseIdleConnections()
	}
}
