package wire

import "errors"

// Why an answer cannot be read. The connection is closed after each of them.
var (
	ErrMalformed = errors.New("wire: not an HTTP/1.1 answer")
	ErrNoLength  = errors.New("wire: an answer without Content-Length that is not chunked")
	ErrTooLarge  = errors.New("wire: the answer is larger than allowed")
	// ErrNotSent says that no connection could be made: nothing of the request left this machine.
	ErrNotSent = errors.New("wire: no connection")
	// ErrEndpoint says that an endpoint is not a base address of a node.
	ErrEndpoint = errors.New("wire: an endpoint is host:port, http://host:port or https://host:port")
)
