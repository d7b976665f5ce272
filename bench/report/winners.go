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

// winners says for each peer, in a sentence, where it wins, where there is no telling, and where we win: those that win first.
func (c *Comparison) winners(pairs []Pair) []para {
	var lists [3][]para // by who is ahead: a peer, neither, we
	for i := range c.Systems {
		peer := &c.Systems[i]
		var by [3][]string
		for j := range pairs {
			p := &pairs[j]
			if p.Theirs.System != peer.Name || p.Tickets == nil {
				continue
			}
			by[1+p.Ahead()] = append(by[1+p.Ahead()], p.says())
		}
		worth := fmt.Sprintf("%s, %s", peer.Name, count(peer.Copies, "copy", "copies"))
		if len(by[0]) > 0 {
			text := fmt.Sprintf("%s wins against %s.", peer.Name, join(by[0]))
			if peer.Durability != "" {
				text += fmt.Sprintf(" It keeps %s: %s", count(peer.Copies, "copy", "copies"), sentence(peer.Durability))
			}
			lists[0] = append(lists[0], para{text, bad})
		}
		if len(by[1]) > 0 {
			lists[1] = append(lists[1], para{fmt.Sprintf("Neither is ahead in every round: %s beside %s.", worth, join(by[1])), doubt})
		}
		if len(by[2]) > 0 {
			lists[2] = append(lists[2], para{fmt.Sprintf("Parterre is ahead of %s by %s.", worth, join(by[2])), good})
		}
	}
	return append(append(lists[0], lists[1]...), lists[2]...)
}

// says is a pair in a few words: our entry, and how many times the one that is ahead sells.
func (p *Pair) says() string {
	s := *p.Tickets
	if p.Ahead() < 0 {
		s = Spread{Median: 1 / s.Median, Least: 1 / s.Most, Most: 1 / s.Least, Rounds: s.Rounds}
	}
	text := fmt.Sprintf("%s (%s%s×", p.Ours.label(true), ratio(s.Median), thin)
	if s.Most > s.Least {
		text += fmt.Sprintf(", %s–%s", ratio(s.Least), ratio(s.Most))
	}
	if p.Theirs.Outstanding() != p.Ours.Outstanding() {
		text += ", it with " + p.Theirs.load()
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
