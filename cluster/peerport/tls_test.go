package peerport

import (
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
)

// authority is a certificate authority for one test.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{certificate, key}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// config is a node's configuration: a certificate for 127.0.0.1 and trust in this authority.
func (a *authority) config(t *testing.T, node string) *tls.Config {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: node}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	key := newKey(t)
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, RootCAs: pool}
}

func securedPort(t *testing.T, config *tls.Config) (*Port, func(reason string, n float64)) {
	t.Helper()
	p, metrics := testPort(t, func(o *Options) {
		o.TLS = config
		o.HeaderTimeout = 500 * time.Millisecond
	}, echo)
	return p, func(reason string, n float64) {
		t.Helper()
		wantRefusals(t, metrics, reason, n)
	}
}

func TestNodesOfOneAuthorityTalkOverTLS(t *testing.T) {
	ca := newAuthority(t)
	a, _ := securedPort(t, ca.config(t, "n1"))
	b, _ := securedPort(t, ca.config(t, "n2"))
	c := dial(t, a, b, KindLink, 0)
	wantEcho(t, c)
	state := c.(*conn).Conn.(*tls.Conn).ConnectionState()
	if state.Version != tls.VersionTLS13 || state.PeerCertificates[0].Subject.CommonName != "n2" {
		t.Errorf("TLS version %x with %v", state.Version, state.PeerCertificates[0].Subject)
	}
}

func TestSeverIsQuickOverTLS(t *testing.T) {
	ca := newAuthority(t)
	a, _ := securedPort(t, ca.config(t, "n1"))
	b, _ := securedPort(t, ca.config(t, "n2"))
	c := dial(t, a, b, KindLink, 0)
	wantEcho(t, c)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	wantCut(t, c)
}

func TestWithoutACertificateOfOursNobodyComesIn(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	anonymous := ca.config(t, "nobody")
	anonymous.Certificates = nil
	foreign := other.config(t, "n1")
	foreign.RootCAs = ca.config(t, "n1").RootCAs // it trusts us, we do not trust it
	for name, config := range map[string]*tls.Config{"no certificate": anonymous, "another authority's": foreign} {
		t.Run(name, func(t *testing.T) {
			node, refused := securedPort(t, ca.config(t, "n2"))
			from, _ := securedPort(t, config)
			if _, err := from.Dial(testContext(t), node.Addr().String(), KindLink, 0); err == nil {
				t.Error("welcomed")
			}
			refused("tls", 1)
		})
	}
}

func TestDialerChecksThePeersCertificate(t *testing.T) {
	node, _ := securedPort(t, newAuthority(t).config(t, "n2"))
	from, _ := securedPort(t, newAuthority(t).config(t, "n1"))
	_, err := from.Dial(testContext(t), node.Addr().String(), KindLink, 0)
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		t.Errorf("Dial: %v, want an unknown authority", err)
	}
}

func TestTLSOnOneSideOnlyIsRefused(t *testing.T) {
	secured, tlsRefused := securedPort(t, newAuthority(t).config(t, "n1"))
	plain, plainRefused := securedPort(t, nil)
	if _, err := plain.Dial(testContext(t), secured.Addr().String(), KindLink, 0); err == nil {
		t.Error("a plain dialer was welcomed by a TLS port")
	}
	tlsRefused("tls", 1)
	if _, err := secured.Dial(testContext(t), plain.Addr().String(), KindLink, 0); err == nil {
		t.Error("a TLS dialer was welcomed by a plain port")
	}
	plainRefused("magic", 1)
}

func TestConfigPickedPerClientStillAsksForACertificate(t *testing.T) {
	ca := newAuthority(t)
	lax := ca.config(t, "n2")
	lax.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return ca.config(t, "n2"), nil }
	node, refused := securedPort(t, lax)
	anonymous := ca.config(t, "nobody")
	anonymous.Certificates = nil
	from, _ := securedPort(t, anonymous)
	if _, err := from.Dial(testContext(t), node.Addr().String(), KindLink, 0); err == nil {
		t.Error("welcomed without a certificate")
	}
	refused("tls", 1)
	good, _ := securedPort(t, ca.config(t, "n1"))
	wantEcho(t, dial(t, good, node, KindLink, 0))
}
