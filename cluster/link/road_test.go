package link_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/cluster/link"
	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

const patience = time.Minute

// granting grants everything at once.
type granting struct{}

func (granting) SubmitLocal(_ uint32, b *raftlog.Batch) error {
	b.Results = make([]command.Result, len(b.Commands))
	for i := range b.Commands {
		b.Results[i].Answer.Buyer = b.Commands[i].Request.Buyer
	}
	b.Decided = len(b.Commands)
	b.Done(b)
	return nil
}

// node is a peer port that serves links.
func node(t *testing.T, cluster uint32, config *tls.Config) *peerport.Port {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := peerport.New(l, peerport.Options{Cluster: cluster, TLS: config})
	p.Handle(peerport.KindLink, func(ctx context.Context, c net.Conn) {
		_ = link.Serve(ctx, c, granting{}, link.ServeOptions{})
	})
	go p.Serve()
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// forward sends one hold from one node to another and tells how it ended.
func forward(t *testing.T, from, to *peerport.Port) error {
	t.Helper()
	c := link.NewClient(link.ClientOptions{Peer: "to", Dial: func(ctx context.Context) (net.Conn, error) {
		return from.Dial(ctx, to.Addr().String(), peerport.KindLink, 0)
	}})
	defer c.Close()
	done := make(chan struct{})
	b := &raftlog.Batch{
		Commands: []command.Command{{Kind: command.KindEvent, Event: "e", Request: seatmap.Request{Op: seatmap.OpHold, Buyer: "b"}}},
		Done:     func(*raftlog.Batch) { close(done) },
	}
	if err := c.Forward(0, time.Now().Add(patience), b); err != nil {
		t.Fatal(err)
	}
	<-done
	if b.Err == nil && b.Results[0].Answer.Buyer != "b" {
		t.Errorf("result %+v", b.Results[0])
	}
	return b.Err
}

func TestLinkRunsThroughThePeerPort(t *testing.T) {
	if err := forward(t, node(t, 1, nil), node(t, 1, nil)); err != nil {
		t.Error(err)
	}
}

func TestLinkToAnotherClusterSaysSo(t *testing.T) {
	err := forward(t, node(t, 1, nil), node(t, 2, nil))
	if !errors.Is(err, link.ErrUnreachable) || !errors.Is(err, peerport.ErrOtherCluster) {
		t.Errorf("error %v, want unreachable, since it is another cluster's", err)
	}
}

func TestLinkRunsOverMutualTLS(t *testing.T) {
	config := certified(t)
	if err := forward(t, node(t, 1, config), node(t, 1, config)); err != nil {
		t.Error(err)
	}
	if err := forward(t, node(t, 1, certified(t)), node(t, 1, config)); !errors.Is(err, link.ErrUnreachable) {
		t.Errorf("with another authority's certificate: %v, want ErrUnreachable", err)
	}
}

func TestSeveredPortEndsItsLinks(t *testing.T) {
	from, to := node(t, 1, nil), node(t, 1, nil)
	c := link.NewClient(link.ClientOptions{Peer: "to", Dial: func(ctx context.Context) (net.Conn, error) {
		return from.Dial(ctx, to.Addr().String(), peerport.KindLink, 0)
	}})
	defer c.Close()
	if _, err := c.Exchange(t.Context(), []byte("x")); err != nil {
		t.Fatal(err)
	}
	_ = from.Sever() // our own port: outgoing links go with it
	for end := time.Now().Add(patience); c.Connected(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("still connected")
		}
	}
}

// certified is a node's TLS configuration from an authority of its own.
func certified(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, RootCAs: pool}
}
