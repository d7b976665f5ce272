package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// peerTLS is mutual TLS for the peer port: every node shows a certificate of the same authority. nil if not configured.
func (c *serveConfig) peerTLS() (*tls.Config, error) {
	if c.PeerCert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.PeerCert, c.PeerKey)
	if err != nil {
		return nil, fmt.Errorf("--peer-cert: %w", err)
	}
	pem, err := os.ReadFile(c.PeerCA)
	if err != nil {
		return nil, fmt.Errorf("--peer-ca: %w", err)
	}
	authority := x509.NewCertPool()
	if !authority.AppendCertsFromPEM(pem) {
		return nil, errors.New("--peer-ca: no certificate in it")
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{pair},
		RootCAs: authority, ClientCAs: authority, ClientAuth: tls.RequireAndVerifyClientCert,
	}, nil
}
