package link

import "time"

// Limits of frames.
const (
	// MaxFrameCommands bounds the commands of a frame, and so of a batch: a batch is never divided.
	MaxFrameCommands = 1_024
	// MaxPackedBytes is when a frame takes no further batch. A batch that is larger by itself is a frame of its own.
	MaxPackedBytes = 256 << 10
	// MaxFrameBytes bounds a frame's body: one lone chart command of 34 MiB and the frame's head.
	MaxFrameBytes = 34<<20 + 4<<10
	// MaxExchangeBytes bounds a payload of Exchange and its answer.
	MaxExchangeBytes = 256 << 10
)

// Limits of what is under way.
const (
	defaultForwardCommands = 16_384 // ClientOptions.ForwardCommands
	defaultServeCommands   = 16_384 // ServeOptions.Commands
	maxExchanges           = 64     // of one client, waiting for their answers
	// maxUnread bounds the answers of one connection, refusals and exchanges, that wait for a peer that does not read.
	maxUnread = 16_384
	// flushBytes is when a writer stops packing and writes; a single frame may be longer.
	flushBytes = 512 << 10
	// keepBytes is how large a write buffer is kept; what a chart grew is given back.
	keepBytes = 1 << 20
	// chunkBytes is the size of the buffers that frames are read into, and minReadBytes the least room for a read.
	chunkBytes   = 64 << 10
	minReadBytes = 4 << 10
)

// Intervals.
const (
	sweepInterval = 50 * time.Millisecond
	// A peer that owes answers and is silent for pingAfter is sent a ping; at silenceLimit the connection is given up.
	pingAfter    = time.Second
	silenceLimit = 3 * time.Second
	// writeTimeout bounds one write of a flush, 34 MiB at the most.
	writeTimeout       = 15 * time.Second
	defaultDialTimeout = time.Second
	// The pause before the n-th redial is a random part of min(firstPause·2ⁿ, longestPause), at least half of it.
	firstPause   = 20 * time.Millisecond
	longestPause = time.Second
	// steadyAfter: a connection that lived as long was a good one, and is redialled at once.
	steadyAfter = time.Second
)
