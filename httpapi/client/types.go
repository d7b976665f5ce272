package client

import (
	"encoding/json"
	"time"
)

// Selection names places: chosen seats, whole tables, and numbers of places in areas.
type Selection struct {
	Seats  []string       `json:"seats,omitempty"`
	Areas  []AreaQuantity `json:"areas,omitempty"`
	Tables []Table        `json:"tables,omitempty"`
}

// AreaQuantity is a number of places in an area.
type AreaQuantity struct {
	Area     string `json:"area"`
	Quantity int    `json:"quantity"`
}

// Table is a table sold whole.
type Table struct {
	Table string `json:"table"`
}

// BestAvailable wishes for the best seats that fit, instead of naming them.
type BestAvailable struct {
	Quantity int `json:"quantity"`
	// Categories and Sections bound the choice to those keys; none = everywhere.
	Categories []string `json:"categories,omitempty"`
	Sections   []string `json:"sections,omitempty"`
	// Together is "prefer" (the default), "require" (neighbours in one row, or a problem) or "any".
	Together string `json:"together,omitempty"`
	// Accessible is how many of the seats must be accessible ones.
	Accessible int `json:"accessible,omitempty"`
	// MinPrice and MaxPrice bound the price of one seat, in minor units; 0 = no bound.
	MinPrice int64 `json:"min_price,omitempty"`
	MaxPrice int64 `json:"max_price,omitempty"`
}

// HoldRequest asks for a hold: of seats, or of the best available, either with areas and tables.
type HoldRequest struct {
	Buyer string `json:"buyer,omitempty"`
	Selection
	BestAvailable *BestAvailable `json:"best_available,omitempty"`
}

// SaleRequest asks for an order in one step.
type SaleRequest struct {
	Buyer     string `json:"buyer,omitempty"`
	Reference string `json:"reference,omitempty"`
	Selection
	BestAvailable *BestAvailable `json:"best_available,omitempty"`
}

// ConfirmRequest makes a hold an order.
type ConfirmRequest struct {
	Hold      string `json:"hold"`
	Reference string `json:"reference,omitempty"`
	// IfExpired is "refuse" (the default) or "retake".
	IfExpired string `json:"if_expired,omitempty"`
}

// ChangeRequest changes a hold in one step.
type ChangeRequest struct {
	Add    *Selection `json:"add,omitempty"`
	Remove *Selection `json:"remove,omitempty"`
}

// Place is one place of a hold or order: exactly one of Seat, Table and Area is set.
type Place struct {
	Seat     string `json:"seat,omitempty"`
	Table    string `json:"table,omitempty"`
	Area     string `json:"area,omitempty"`
	Quantity int    `json:"quantity,omitempty"` // of an area; a seat or table is one place
	Category string `json:"category"`
	Price    int64  `json:"price"` // of one, in minor units
	Ticket   string `json:"ticket,omitempty"`
}

// Hold is a claim on places.
type Hold struct {
	Hold           string     `json:"hold"`
	Event          string     `json:"event"`
	Buyer          string     `json:"buyer"`
	State          string     `json:"state"`
	Together       bool       `json:"together"`
	Places         []Place    `json:"places"`
	Total          int64      `json:"total"`
	Currency       string     `json:"currency"`
	ExpiresAt      *time.Time `json:"expires_at"`
	ExtensionsLeft int        `json:"extensions_left"`
	Revision       uint64     `json:"revision"`
}

// Order is a confirmed hold.
type Order struct {
	Order     string  `json:"order"`
	Event     string  `json:"event"`
	Hold      string  `json:"hold"`
	Buyer     string  `json:"buyer"`
	Reference string  `json:"reference"`
	State     string  `json:"state"`
	Together  bool    `json:"together"`
	Places    []Place `json:"places"`
	Total     int64   `json:"total"`
	Currency  string  `json:"currency"`
	Revision  uint64  `json:"revision"`
}

// Settings makes or changes an event: a nil or empty field is left at its default or as it is.
type Settings struct {
	Chart             string           `json:"chart,omitempty"`
	Name              *string          `json:"name,omitempty"`
	StartsAt          *time.Time       `json:"starts_at,omitempty"`
	Currency          string           `json:"currency,omitempty"`
	Prices            map[string]int64 `json:"prices,omitempty"`
	State             string           `json:"state,omitempty"`
	SaleOpensAt       *time.Time       `json:"sale_opens_at,omitempty"`
	SaleClosesAt      *time.Time       `json:"sale_closes_at,omitempty"`
	HoldTTLSeconds    *int             `json:"hold_ttl_seconds,omitempty"`
	HoldExtensions    *int             `json:"hold_extensions,omitempty"`
	MaxPlacesPerHold  *int             `json:"max_places_per_hold,omitempty"`
	MaxPlacesPerBuyer *int             `json:"max_places_per_buyer,omitempty"`
	Orphans           string           `json:"orphans,omitempty"`
}

// Event is an event's settings and where it is.
type Event struct {
	Event             string           `json:"event"`
	Chart             string           `json:"chart"`
	Name              string           `json:"name"`
	StartsAt          *time.Time       `json:"starts_at"`
	Currency          string           `json:"currency"`
	Prices            map[string]int64 `json:"prices"`
	State             string           `json:"state"`
	SaleOpensAt       *time.Time       `json:"sale_opens_at"`
	SaleClosesAt      *time.Time       `json:"sale_closes_at"`
	HoldTTLSeconds    int              `json:"hold_ttl_seconds"`
	HoldExtensions    int              `json:"hold_extensions"`
	MaxPlacesPerHold  int              `json:"max_places_per_hold"`
	MaxPlacesPerBuyer int              `json:"max_places_per_buyer"`
	Orphans           string           `json:"orphans"`
	Revision          uint64           `json:"revision"`
	Partition         uint32           `json:"partition"`
	Leader            string           `json:"leader"` // "" = unknown just now
}

// EventPage is a page of events.
type EventPage struct {
	Events []Event `json:"events"`
	Next   string  `json:"next"` // the After of the next page; "" = this is the last
}

// Receipt says where an event stands after a change.
type Receipt struct {
	Event    string `json:"event"`
	Revision uint64 `json:"revision"`
}

// ChartReceipt is a chart's name and the SHA-256 of its canonical drawing.
type ChartReceipt struct {
	Chart   string `json:"chart"`
	Content string `json:"content"`
}

// ChartPage is a page of charts.
type ChartPage struct {
	Charts []ChartReceipt `json:"charts"`
	Next   string         `json:"next"`
}

// Counts are numbers of places by state.
type Counts struct {
	Free    int64 `json:"free"`
	Held    int64 `json:"held"`
	Sold    int64 `json:"sold"`
	Blocked int64 `json:"blocked"`
}

// CategoryCounts are the places of a category.
type CategoryCounts struct {
	Category string `json:"category"`
	Counts
}

// SectionCounts are the places of a section.
type SectionCounts struct {
	Section string `json:"section"`
	Counts
}

// AreaCounts are the places of an area.
type AreaCounts struct {
	Area     string `json:"area"`
	Capacity int64  `json:"capacity"`
	Counts
}

// Availability is how many places there are in each state.
type Availability struct {
	Event      string           `json:"event"`
	Revision   uint64           `json:"revision"`
	Total      Counts           `json:"total"`
	Categories []CategoryCounts `json:"categories"`
	Sections   []SectionCounts  `json:"sections"`
	Areas      []AreaCounts     `json:"areas"`
}

// SeatMap is the state of every place. States has one letter per seat in chart order: f, h, s or b.
type SeatMap struct {
	Event    string       `json:"event"`
	Revision uint64       `json:"revision"`
	States   string       `json:"states"`
	Tables   []TableState `json:"tables"`
	Areas    []AreaCounts `json:"areas"`
}

// TableState is the state of a table sold whole.
type TableState struct {
	Table string `json:"table"`
	State string `json:"state"`
}

// Seat is the state of one seat or whole table.
type Seat struct {
	Seat     string `json:"seat,omitempty"`
	Table    string `json:"table,omitempty"`
	State    string `json:"state"`
	Category string `json:"category"`
	Price    int64  `json:"price"`
	Revision uint64 `json:"revision"`
}

// ClusterStatus is the cluster as one node sees it.
type ClusterStatus struct {
	Cluster    string            `json:"cluster"`
	Nodes      []NodeStatus      `json:"nodes"`
	Partitions []PartitionStatus `json:"partitions"`
}

// NodeStatus is a member.
type NodeStatus struct {
	Node          string `json:"node"`
	HTTP          string `json:"http"`
	Peer          string `json:"peer"`
	Version       string `json:"version"`
	Reachable     bool   `json:"reachable"`
	ClockOffsetMS int64  `json:"clock_offset_ms"`
}

// PartitionStatus is one Raft group.
type PartitionStatus struct {
	Partition uint32          `json:"partition"`
	Leader    string          `json:"leader"`
	Term      uint64          `json:"term"`
	Replicas  []ReplicaStatus `json:"replicas"`
}

// ReplicaStatus is a node's replica of a partition.
type ReplicaStatus struct {
	Node      string `json:"node"`
	Applied   uint64 `json:"applied"`
	Committed uint64 `json:"committed"`
	HashIndex uint64 `json:"hash_index"`
	StateHash string `json:"state_hash"` // 16 hexadecimal digits, at HashIndex
	Halted    string `json:"halted"`     // the reason, "" = it runs
}

// Members are the voters, learners and gateways of a cluster, and the names that are used up.
type Members struct {
	Version uint64          `json:"version"`
	Members []Member        `json:"members"`
	Removed []RemovedMember `json:"removed"`
}

// Member is a member, or a removed name, of which only Node and State are told.
type Member struct {
	Node       string          `json:"node"`
	State      string          `json:"state"` // joining, learner, promoting, voter, gateway, leaving or removed
	Role       string          `json:"role"`  // voter or gateway
	Peer       string          `json:"peer"`
	HTTP       string          `json:"http"`
	Reachable  bool            `json:"reachable"`
	Ready      bool            `json:"ready"`
	Partitions []MemberReplica `json:"partitions"`
}

// UnderWay reports whether the member's change is not done yet.
func (m *Member) UnderWay() bool {
	return m.State == "joining" || m.State == "promoting" || m.State == "leaving"
}

// MemberReplica is a member's place in one partition.
type MemberReplica struct {
	Partition uint32 `json:"partition"`
	Suffrage  string `json:"suffrage"` // voter, learner or none
	Applied   uint64 `json:"applied"`
	Lag       uint64 `json:"lag"`
}

// RemovedMember is a name that is used up.
type RemovedMember struct {
	Node      string    `json:"node"`
	RemovedAt time.Time `json:"removed_at"`
}

// NewMember is a node that is to become a member.
type NewMember struct {
	Node string `json:"node"`
	Peer string `json:"peer"`
	HTTP string `json:"http,omitempty"`
	Role string `json:"role,omitempty"` // voter, the default, or gateway
}

// Health is the answer of /healthz.
type Health struct {
	Status  string `json:"status"`
	Node    string `json:"node"` // not on the admin listener
	Version string `json:"version"`
}

// Readiness is the answer of /readyz?verbose.
type Readiness struct {
	Status string  `json:"status"` // "ready" or "unready"
	Checks []Check `json:"checks"`
}

// Check is one condition of readiness.
type Check struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// Page is a window of a list: After is the Next of the page before, Limit 1 to 1,000 (0 = the server's default).
type Page struct {
	After string
	Limit int
}

// Drawing is a chart as JSON.
type Drawing = json.RawMessage
