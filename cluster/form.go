package cluster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parterre/parterre/cluster/peerport"
	"github.com/parterre/parterre/raftlog"
)

const (
	formPollInterval = 100 * time.Millisecond
	formTellInterval = 5 * time.Second
)

// founder takes one node through the formation of its cluster; doc.go has the protocol and why it is safe.
type founder struct {
	folder *folder
	own    meta // of the folder, but for its stage: greetings read it while the stage changes
	log    *slog.Logger
	others []raftlog.Member
	dial   func(ctx context.Context, m raftlog.Member) (net.Conn, error)
	// told is the stage that greetings tell: never more than what is on disk.
	told atomic.Value
	// seen is what each other founder told this process last, or why it could not be asked.
	mu   sync.Mutex
	seen map[string]sighting
}

type sighting struct {
	hello hello
	err   error
}

func newFounder(f *folder, log *slog.Logger, dial func(context.Context, raftlog.Member) (net.Conn, error)) *founder {
	fo := &founder{folder: f, own: *f.meta, log: log, dial: dial, seen: map[string]sighting{}}
	for _, m := range f.meta.Members {
		if m.Node != f.meta.Node {
			fo.others = append(fo.others, m)
		}
	}
	fo.told.Store(f.stage)
	return fo
}

// hello is this node's own greeting.
func (f *founder) hello() hello {
	return hello{
		Format: helloFormat, Node: f.own.Node, Cluster: f.own.Cluster, Partitions: f.own.Partitions,
		Stage: f.told.Load().(stage),
	}
}

// handle answers greetings, for as long as the node runs.
func (f *founder) handle(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	if err := answerGreeting(ctx, conn, f.hello); err != nil && !errors.Is(err, io.EOF) {
		f.log.Debug("a greeting failed", "from", conn.RemoteAddr().String(), "error", err)
	}
}

// form returns when the folder is formed, so that its groups may be opened.
func (f *founder) form(ctx context.Context) error {
	if f.folder.stage == stageJoining {
		return nil // it is formed, and this node was not among the founders
	}
	if !f.folder.stage.settled() {
		if err := f.await(ctx, "for all founding members to be there", f.allUnformed); err != nil {
			return err
		}
		if err := f.advance(stageFounding); err != nil {
			return err
		}
		if err := f.folder.bootstrapGroups(); err != nil {
			return err
		}
		if err := f.advance(stageBootstrapped); err != nil {
			return err
		}
	}
	if f.folder.stage == stageBootstrapped {
		if err := f.await(ctx, "for all founding members to have written their groups", f.allSettled); err != nil {
			return err
		}
		if err := f.advance(stageFormed); err != nil {
			return err
		}
		f.log.Info("the cluster is formed", "cluster", f.folder.meta.Cluster, "members", memberList(f.folder.meta.Members))
	}
	return nil
}

func (f *founder) advance(s stage) error {
	if err := f.folder.advance(s); err != nil {
		return err
	}
	f.told.Store(s)
	return nil
}

// await greets the others until done says so, or ctx ends, or a greeting forbids to go on.
func (f *founder) await(ctx context.Context, what string, done func() (bool, error)) error {
	tell := time.Now().Add(formTellInterval)
	for {
		f.greetAll(ctx)
		if ok, err := done(); ok || err != nil {
			return err
		}
		if time.Now().After(tell) {
			f.log.Warn("waiting "+what, "seen", f.describe())
			tell = time.Now().Add(formTellInterval)
		}
		if !sleep(ctx, formPollInterval) {
			return &StartError{
				Problem: "the cluster was not formed: waited in vain " + what + " (" + f.describe() + ")", Err: ctx.Err(),
				Remedy: "Start all founding members with the same --cluster and --partitions",
			}
		}
	}
}

// allUnformed is the end of phase 1: every founder answered, and none ever opened a group.
func (f *founder) allUnformed() (bool, error) {
	all := true
	for _, m := range f.others {
		s, ok := f.sighting(m)
		if !ok {
			if f.wasRemoved(m) {
				return false, removedError(f.own.Node, f.folder.dir)
			}
			all = false
			continue
		}
		if !s.Stage.unformed() {
			return false, f.lostDisk(m)
		}
	}
	return all, nil
}

// allSettled is the end of phase 2: every founder's groups are on disk. One that is formed saw that of all.
func (f *founder) allSettled() (bool, error) {
	all := true
	for _, m := range f.others {
		s, ok := f.sighting(m)
		if ok && s.Stage == stageFormed {
			return true, nil
		}
		all = all && ok && s.Stage.settled()
	}
	return all, nil
}

func (f *founder) sighting(m raftlog.Member) (hello, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.seen[m.Node]
	return s.hello, ok && s.err == nil
}

// wasRemoved reports whether a founder says that this node was removed.
func (f *founder) wasRemoved(m raftlog.Member) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Is(f.seen[m.Node].err, peerport.ErrRemoved)
}

// greetAll asks every other founder once, all at the same time.
func (f *founder) greetAll(ctx context.Context) {
	var wg sync.WaitGroup
	for _, m := range f.others {
		wg.Go(func() {
			h, err := f.greet(ctx, m)
			f.mu.Lock()
			defer f.mu.Unlock()
			f.seen[m.Node] = sighting{hello: h, err: err}
		})
	}
	wg.Wait()
}

func (f *founder) greet(ctx context.Context, m raftlog.Member) (hello, error) {
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	conn, err := f.dial(ctx, m)
	if errors.Is(err, peerport.ErrOtherCluster) {
		return hello{}, fmt.Errorf("%w: it runs with another --cluster or --partitions", err)
	}
	if err != nil {
		return hello{}, err
	}
	defer conn.Close()
	own := f.hello()
	h, err := greet(ctx, conn, own)
	switch {
	case err != nil:
		return hello{}, err
	case h.Cluster != own.Cluster || h.Partitions != own.Partitions:
		return hello{}, fmt.Errorf("it belongs to another cluster (%s, %d partitions)", h.Cluster, h.Partitions)
	case h.Node != m.Node:
		return hello{}, fmt.Errorf("it is node %s", h.Node)
	}
	return h, nil
}

// describe tells for each other founder what was seen of it last.
func (f *founder) describe() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	parts := make([]string, 0, len(f.others))
	for _, m := range f.others {
		switch s, ok := f.seen[m.Node]; {
		case !ok:
			parts = append(parts, m.Node+": not asked yet")
		case s.err != nil:
			parts = append(parts, m.Node+": "+s.err.Error())
		default:
			parts = append(parts, m.Node+": "+string(s.hello.Stage))
		}
	}
	return strings.Join(parts, "; ")
}

// lostDisk is the refusal to start from nothing under a name that the running cluster counts.
func (f *founder) lostDisk(m raftlog.Member) error {
	own := f.own
	return &StartError{
		Problem: fmt.Sprintf("the data folder %s of node %s is empty, but %s says that their cluster %s is formed and counts %s as a voter: "+
			"its disk was lost or replaced, or the wrong --data was given", f.folder.dir, own.Node, m.Node, own.Cluster, own.Node),
		Remedy: "This node will not start from nothing under its old name: it may have voted for a leader and acknowledged orders " +
			"that nobody else remembers it for, and forgetting that could sell a seat twice. " +
			"If its folder is still there, start with it (an older copy of it will not do). " +
			"If it is lost, replace it under a new name, while the others go on serving: " +
			"`parterre member remove " + own.Node + "`, `parterre member add NEW --peer HOST:PORT`, " +
			"then start it with --node NEW --join and an empty folder, and `parterre member promote NEW`",
	}
}
