package redis

import "errors"

// ErrProtocol says that an answer is not what the scripts give.
var ErrProtocol = errors.New("redis: not an integer answer")

// ErrServer is an error that the server answered with.
var ErrServer = errors.New("redis: the server says")
