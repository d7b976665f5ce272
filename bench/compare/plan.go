package compare

import (
	"fmt"
	"slices"

	"github.com/parterre/parterre/bench/peers"
)

// Cell is one thing that is measured in every round.
type Cell struct {
	System  string // the system's name in tables
	Mode    peers.Mode
	Work    Work
	Clients int
}

// Width is how many parties one request carries.
func (c *Cell) Width() int { return max(1, c.Mode.Width) }

// String is for progress lines.
func (c *Cell) String() string {
	return fmt.Sprintf("%s, %s, %s, %d clients", c.System, c.Mode.Title, c.Work, c.Clients)
}

// systemName is what a mode of a peer is called in tables.
func systemName(f *peers.Facts, m *peers.Mode) string {
	if m.System != "" {
		return f.Title + ", " + m.System
	}
	return f.Title
}

// cells are those of one system, in the order of an even round.
func (o *Options) cells(s *System) []Cell {
	facts := s.Peer.Facts()
	var list []Cell
	for _, mode := range facts.Modes {
		if mode.Only == special || len(s.Modes) > 0 && !slices.Contains(s.Modes, mode.Name) {
			continue
		}
		for w, work := range o.Works {
			if mode.Only != "" && mode.Only != string(work) {
				continue
			}
			clients := o.Clients
			if mode.Clients > 0 {
				clients = []int{mode.Clients}
			}
			if o.Thin && w > 0 && len(clients) > 0 {
				clients = []int{slices.Min(clients)}
			}
			for _, n := range clients {
				list = append(list, Cell{System: systemName(&facts, &mode), Mode: mode, Work: work, Clients: n})
			}
		}
	}
	return list
}

// special marks modes that only special measurements use.
const special = "special"

// turns are 0 to n-1 in the order of a round: every second round goes backwards.
func turns(n, round int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
		if round%2 == 1 {
			order[i] = n - 1 - i
		}
	}
	return order
}

// fitting are the pools worth trying for so many clients: those that have no more connections than there are clients, or one
// connection for each.
func fitting(pools []int, clients int) []int {
	var list []int
	for _, n := range pools {
		if n <= clients {
			list = append(list, n)
		}
	}
	if len(list) == 0 && len(pools) > 0 {
		list = append(list, clients)
	}
	return list
}
