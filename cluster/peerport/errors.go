package peerport

import "errors"

// What Dial, Accept and the header's parser return; test with errors.Is.
var (
	// ErrClosed says that the port or the stream was closed on this side.
	ErrClosed = errors.New("peerport: closed")
	// ErrOtherCluster says that the node at that address belongs to another cluster.
	ErrOtherCluster = errors.New("peerport: the peer belongs to another cluster")
	// ErrVersion says that the two nodes do not share a version of the header.
	ErrVersion = errors.New("peerport: the peer speaks another version")
	// ErrUnknownKind says that the node does not serve that kind of connection.
	ErrUnknownKind = errors.New("peerport: the peer does not serve that kind of connection")
	// ErrUnknownPartition says that the node has no open stream of that partition (not yet, or no more).
	ErrUnknownPartition = errors.New("peerport: the peer does not run that partition")
	// ErrBusy says that too many connections wait for that partition on the node.
	ErrBusy = errors.New("peerport: the peer's backlog of that partition is full")
	// ErrRefused says that the connection was closed without an answer: too many connections, too slow, TLS on one
	// side only, or something else than a peer port.
	ErrRefused = errors.New("peerport: the peer closed the connection without an answer")
	// ErrRemoved says that this node was removed from the cluster, for ever.
	ErrRemoved = errors.New("peerport: this node was removed from the peer's cluster")
	// ErrStranger says that the peer knows no member of this node's name, or was not told a name.
	ErrStranger = errors.New("peerport: this node is no member that the peer knows")
	// ErrOtherNode says that another node listens at that address than the one that was meant.
	ErrOtherNode = errors.New("peerport: another node listens at that address")
	// ErrMagic says that a header does not begin as headers do.
	ErrMagic = errors.New("peerport: not a peer of ours: wrong magic")
)
