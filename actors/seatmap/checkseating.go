package seatmap

import "slices"

// checkSeating compares what best available keeps, brought up to date, with one made anew from the slots.
func (m *Map) checkSeating() error {
	s := m.seating
	if s == nil {
		return nil
	}
	again := newSeating(m)
	again.refuse = s.refuse
	if !slices.Equal(s.free, again.free) || !slices.Equal(s.standing, again.standing) || !slices.Equal(s.counts, again.counts) ||
		!slices.Equal(s.totals, again.totals) {
		return broken("free seats by row are not those of the slots")
	}
	for kind, c := range s.classes {
		if c == nil {
			continue
		}
		if err := c.clone().compare(again.class(kind)); err != nil {
			return err
		}
	}
	return nil
}

// clone is a copy that can be brought up to date while c stays as it is.
func (c *class) clone() *class {
	d := *c
	for size := range c.blocks {
		d.clean[size], d.blocks[size], d.splits[size] = c.clean[size].clone(), c.blocks[size].clone(), c.splits[size].clone()
	}
	for i := range c.dirty {
		d.dirty[i] = slices.Clone(c.dirty[i])
	}
	return &d
}

func (t *tree) clone() tree {
	return tree{size: t.size, blocks: slices.Clone(t.blocks), splits: slices.Clone(t.splits), nodes: slices.Clone(t.nodes)}
}

func (t *tree) equal(u *tree) bool {
	return slices.Equal(t.blocks, u.blocks) && slices.Equal(t.splits, u.splits) && slices.Equal(t.nodes, u.nodes)
}

// compare brings both up to date and finds the first tree that differs.
func (c *class) compare(again *class) error {
	for size := range c.blocks {
		if c.blocks[size].nodes == nil {
			continue
		}
		c.refresh(size)
		again.refresh(size)
		if !c.blocks[size].equal(&again.blocks[size]) || !c.clean[size].equal(&again.clean[size]) {
			return broken("class %d: blocks of %d are not those made anew", c.kind, size)
		}
	}
	for party := range c.splits {
		if c.splits[party].splits == nil {
			continue
		}
		c.refreshSplits(party)
		again.refreshSplits(party)
		if !c.splits[party].equal(&again.splits[party]) {
			return broken("class %d: splits of %d are not those made anew", c.kind, party)
		}
	}
	return nil
}
