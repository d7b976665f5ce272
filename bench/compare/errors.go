package compare

import "errors"

// ErrTwice says that a seat was acknowledged to two parties.
var ErrTwice = errors.New("compare: a seat was sold twice")

// ErrTotals says that a server's own count is not what its clients saw.
var ErrTotals = errors.New("compare: the server's totals are not what its clients saw")

// ErrNothingSold says that a measurement ended without one order.
var ErrNothingSold = errors.New("compare: not one order was sold")

// ErrPeers says that --peers names something that is not there.
var ErrPeers = errors.New("compare: unknown peer")
