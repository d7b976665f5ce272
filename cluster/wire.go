package cluster

import (
	"encoding/json"
	"fmt"
)

// message is what one node asks of another over link.Exchange; exactly one field is set. reply is the answer. They are
// JSON: two a second per peer, and both versions of a rolling upgrade skip what they do not know.
type message struct {
	Report   *report        `json:"report,omitempty"`
	Transfer *transferOrder `json:"transfer,omitempty"`
	Order    *memberOrder   `json:"order,omitempty"`
}

type reply struct {
	Report *report `json:"report,omitempty"`
	Error  string  `json:"error,omitempty"`
	// Removed says that the asking node is no member any more, and never will be.
	Removed bool `json:"removed,omitempty"`
	// Refusal is why an order about members is not followed.
	Refusal *MemberError `json:"refusal,omitempty"`
}

// transferOrder asks the leader of a partition to hand it to a node.
type transferOrder struct {
	Partition uint32 `json:"partition"`
	To        string `json:"to"`
}

// report is what a node tells of itself, twice a second.
type report struct {
	Node        string            `json:"node"`
	HTTP        string            `json:"http"`
	Version     string            `json:"version"`
	ClockMillis int64             `json:"clock_ms"`
	Ready       bool              `json:"ready"`
	Draining    bool              `json:"draining"`
	ClockOff    bool              `json:"clock_off"`
	Partitions  []partitionReport `json:"partitions"`
	// Members says that this node's version knows that members change, and reads what the log then holds.
	Members bool `json:"members,omitempty"`
}

// partitionReport is a node's replica of one partition.
type partitionReport struct {
	Applied   uint64 `json:"applied"`
	Committed uint64 `json:"committed"`
	HashIndex uint64 `json:"hash_index"`
	Hash      uint64 `json:"hash"`
	Leader    string `json:"leader"` // whom this node takes for the leader
	Term      uint64 `json:"term"`
	Leads     bool   `json:"leads"` // this node leads and takes proposals
	Halted    string `json:"halted,omitempty"`
	// Settled is the version of the member directory that the partition's configuration agrees with, by the word of its
	// leader; 0 if this node does not lead.
	Settled uint64 `json:"settled,omitempty"`
	// Pinned is the node to which an operator moved the leadership, for PinnedMillis more.
	Pinned       string `json:"pinned,omitempty"`
	PinnedMillis int64  `json:"pinned_ms,omitempty"`
}

const (
	// maxMessageBytes bounds a message: a report is some 300 bytes per partition, and the reason of a halted one.
	maxMessageBytes = 64 << 10
	maxHaltedBytes  = 256
)

func encodeMessage(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err == nil && len(b) > maxMessageBytes {
		err = fmt.Errorf("cluster: a message of %d bytes, at most %d are sent", len(b), maxMessageBytes)
	}
	return b, err
}

func decodeMessage(b []byte, v any) error {
	if len(b) > maxMessageBytes {
		return fmt.Errorf("cluster: a message of %d bytes, at most %d are read", len(b), maxMessageBytes)
	}
	return json.Unmarshal(b, v)
}

// valid reports whether r is a report of node on that many partitions; what is not must not reach the table.
func (r *report) valid(node string, partitions int) bool {
	return r != nil && r.Node == node && len(r.Partitions) == partitions
}
