package peerport

import (
	"crypto/tls"
	"net"
)

// serverTLS is the accepting side of a node's configuration: the dialer must show a certificate, too.
func serverTLS(c *tls.Config) *tls.Config {
	c = modern(c)
	c.ClientAuth = tls.RequireAndVerifyClientCert
	if c.ClientCAs == nil {
		c.ClientCAs = c.RootCAs
	}
	if perClient := c.GetConfigForClient; perClient != nil {
		// A configuration picked per client must not be a way round the client's certificate.
		c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			picked, err := perClient(hello)
			if picked == nil || err != nil {
				return nil, err
			}
			picked = picked.Clone()
			picked.GetConfigForClient = nil
			return serverTLS(picked), nil
		}
	}
	return c
}

func clientTLS(c *tls.Config) *tls.Config { return modern(c) }

// modern is a copy of c without the versions that no node of ours needs.
func modern(c *tls.Config) *tls.Config {
	c = c.Clone()
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS13
	}
	return c
}

// nameServer says whose certificate is expected at addr: its host, unless the configuration names one for all.
func nameServer(c *tls.Config, addr string) *tls.Config {
	if c.ServerName != "" {
		return c
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	c = c.Clone()
	c.ServerName = host
	return c
}
