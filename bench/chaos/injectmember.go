package chaos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/parterre/parterre/bench/nodes"
	"github.com/parterre/parterre/httpapi/client"
)

// memberPatience bounds one step of a change of members. Steps wait for other faults to be over: a step needs a majority.
const memberPatience = 90 * time.Second

// membership stands for the list of members where nodes are claimed: one change of it at a time. A node that is lost takes its
// disk with it, and no log survives the loss of a majority's.
var membership = &nodes.Node{Name: "the members"}

// replace loses a node with its disk: it is killed, removed, and another under a new name joins in its place, which takes its
// HTTP address, so that the load goes on to the same addresses.
func (w *world) replace(ctx context.Context, f Fault) (string, error) {
	lost := w.whom(ctx, f)[0]
	if !w.claim(f.place, lost, membership) {
		return "", errSkipped
	}
	defer w.unclaim(lost, membership)
	w.kill(lost)
	sleep(ctx, f.For)
	met := lost.Name
	if err := w.remove(ctx, lost.Name); err != nil {
		return met, err
	}
	next, err := w.join(ctx, lost)
	if next == nil {
		return met, err
	}
	met += " by " + next.Name
	err = errors.Join(err, w.bury(lost))
	w.mu.Lock()
	w.members = slices.Clone(w.members)
	w.members[slices.Index(w.members, lost)] = next
	w.mu.Unlock()
	return met, err
}

// extra has one more node join and vote, and removes it again.
func (w *world) extra(ctx context.Context, f Fault) (string, error) {
	if !w.claim(f.place, membership) {
		return "", errSkipped
	}
	defer w.unclaim(membership)
	n, err := w.join(ctx, nil)
	if n == nil {
		return "", err
	}
	if err != nil {
		return n.Name, err
	}
	w.expect(n.Name) // a node that is removed stops itself
	if err := w.remove(ctx, n.Name); err != nil {
		return n.Name, err
	}
	w.kill(n)
	return n.Name, w.bury(n)
}

// join starts a node under a new name and makes it a voter. The node is told as soon as it runs, whatever follows.
func (w *world) join(ctx context.Context, at *nodes.Node) (*nodes.Node, error) {
	w.mu.Lock()
	w.joined++
	name := fmt.Sprintf("n%d", w.o.Nodes+w.joined)
	w.mu.Unlock()
	var members []string
	for _, n := range w.nodes() {
		if n != at {
			members = append(members, n.Advertised)
		}
	}
	n, err := w.plan.PlanJoin(name, at, members)
	if err != nil {
		return nil, err
	}
	if at != nil {
		n.Use(at.Binary()) // a lost node's successor is of its version, until all are brought to the newer
	}
	err = w.order(ctx, name+" is not added",
		func(m *client.Members) bool { return stateOf(m, name) != "" },
		func(ctx context.Context) error {
			_, err := w.api.AddMember(ctx, client.NewMember{Node: name, Peer: n.Advertised, HTTP: n.HTTP, Role: "voter"})
			return err
		})
	if err != nil {
		return nil, err
	}
	if err := w.start(n); err != nil {
		return nil, err
	}
	return n, w.order(ctx, name+" gets no vote",
		func(m *client.Members) bool { return stateOf(m, name) == "voter" },
		func(ctx context.Context) error {
			_, err := w.api.PromoteMember(ctx, name)
			return err
		})
}

func (w *world) remove(ctx context.Context, name string) error {
	return w.order(ctx, name+" is not removed",
		func(m *client.Members) bool {
			return stateOf(m, name) == "" && slices.ContainsFunc(m.Removed, func(r client.RemovedMember) bool { return r.Node == name })
		},
		func(ctx context.Context) error {
			_, err := w.api.RemoveMember(ctx, name)
			return err
		})
}

func stateOf(m *client.Members, name string) string {
	for _, n := range m.Members {
		if n.Node == name {
			return n.State
		}
	}
	return ""
}

// order gives an order again and again until it is followed. Orders are refused for good reasons while others are under
// way or a node is not caught up, and it is harmless to give one again.
func (w *world) order(ctx context.Context, otherwise string, done func(*client.Members) bool, give func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, memberPatience)
	defer cancel()
	var last error
	for {
		m, err := w.api.Members(ctx)
		if err == nil && done(m) {
			return nil
		}
		if err == nil {
			err = give(ctx)
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			last = err
		}
		if !sleep(ctx, 100*time.Millisecond) {
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				w.problem("A CHANGE OF MEMBERS IS NOT DONE: %s after %s: %v", otherwise, memberPatience, last)
			}
			return fmt.Errorf("chaos: %s: %w", otherwise, errors.Join(ctx.Err(), last))
		}
	}
}
