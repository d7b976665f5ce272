package report

import (
	"fmt"
	"strings"
)

// score counts the pairs in which we, the peer and neither is ahead, over all works.
func (c *Comparison) score() (ahead, behind, neither int) {
	for i := range c.Works {
		for _, p := range c.Pairs(&c.Works[i]) {
			switch {
			case p.Tickets == nil:
			case p.Ahead() > 0:
				ahead++
			case p.Ahead() < 0:
				behind++
			default:
				neither++
			}
		}
	}
	return ahead, behind, neither
}

// standing is how a peer stands against our entries of one kind.
type standing struct {
	road  string    // "single requests"
	pairs int       // all
	ahead [3][]Pair // by who is ahead: the peer, neither, we
}

// standings are how a peer stands against our single requests, and against our batches and streams.
func standings(pairs []Pair, peer string) []standing {
	list := []standing{{road: "single requests"}, {road: "batches and streams"}}
	for _, p := range pairs {
		if p.Theirs.System != peer || p.Tickets == nil {
			continue
		}
		s := &list[0]
		if p.Ours.Batched() {
			s = &list[1]
		}
		s.pairs++
		s.ahead[1+p.Ahead()] = append(s.ahead[1+p.Ahead()], p)
	}
	return list
}

// winners says for each peer, in a sentence, where it wins, where there is no telling, and where we win: those that win first.
func (c *Comparison) winners(pairs []Pair) []para {
	var lists [3][]para // by who is ahead, as in standing
	for i := range c.Systems {
		peer := &c.Systems[i]
		if peer.Ours {
			continue
		}
		var by [3][]string
		for _, s := range standings(pairs, peer.Name) {
			for who, list := range s.ahead {
				if len(list) > 0 {
					by[who] = append(by[who], s.says(list, who == 0))
				}
			}
		}
		named := fmt.Sprintf("%s (%s)", peer.Name, count(peer.Copies, "copy", "copies"))
		if len(by[0]) > 0 {
			text := fmt.Sprintf("%s wins against Parterre's %s. What an answer is worth there: %s",
				named, join(by[0]), sentence(peer.Durability))
			lists[0] = append(lists[0], para{text, bad})
		}
		if len(by[1]) > 0 {
			lists[1] = append(lists[1], para{fmt.Sprintf(
				"Between Parterre and %s the rounds do not agree who wins: %s.", named, join(by[1])), doubt})
		}
		if len(by[2]) > 0 {
			lists[2] = append(lists[2], para{fmt.Sprintf("Parterre wins against %s with %s.", named, join(by[2])), good})
		}
	}
	return append(append(lists[0], lists[1]...), lists[2]...)
}

// says is a list of pairs in a few words: how many of how many, and how many times; the other way round where the peer is ahead.
func (s *standing) says(list []Pair, inverse bool) string {
	least, most := 0.0, 0.0
	for i, p := range list {
		times := p.Tickets.Median
		if inverse {
			times = 1 / times
		}
		if i == 0 {
			least, most = times, times
		}
		least, most = min(least, times), max(most, times)
	}
	times := ratio(least) + thin + "×"
	if ratio(most) != ratio(least) {
		times = ratio(least) + " to " + ratio(most) + thin + "×"
	}
	text := s.road + " (" + times + " as many tickets"
	if len(list) < s.pairs {
		text += fmt.Sprintf(", in %d of %s", len(list), count(s.pairs, "load", "loads"))
	}
	return text + ")"
}

// join lists words as a sentence does.
func join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
