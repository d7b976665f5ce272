package postgres

import "errors"

// ErrNotSynchronous says that the standbys do not take part in commits.
var ErrNotSynchronous = errors.New("postgres: the standbys are not synchronous")
