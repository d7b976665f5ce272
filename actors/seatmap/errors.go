package seatmap

import "errors"

// ErrBadPlan says that a chart cannot be compiled, or that a plan's encoding is damaged.
var ErrBadPlan = errors.New("seatmap: bad plan")

// ErrDamaged says that a snapshot of a map is not what Encode wrote: truncated, altered, of another plan, or of a
// version that this program does not know.
var ErrDamaged = errors.New("seatmap: damaged snapshot")

// ErrBroken says that a map breaks one of its own invariants (Check).
var ErrBroken = errors.New("seatmap: broken invariant")

// ConfigError names a setting that breaks a rule, by its name in the HTTP contract ("hold_ttl_seconds", "prices.1").
type ConfigError struct{ Field, Reason string }

func (e *ConfigError) Error() string { return e.Field + ": " + e.Reason }
