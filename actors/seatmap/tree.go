package seatmap

// treeFan is how many children a node has: wide enough that the inner nodes take little memory beside the leaves.
const treeFan = 8

// tree is a tournament over the banks of each category: a node is the bank of the best leaf below it. Leaves are blocks
// (the first slot of the bank's best one) or splits (the score of the best one that begins in the bank).
type tree struct {
	size   uint32   // seats of a block
	blocks []uint32 // by bank; none where there is no block
	splits []uint64 // by bank; noScore where there is none; nil in a tree of blocks
	nodes  []uint32 // level by level for each category, the root last; none where nothing is below
}

// treeNodes is the number of inner nodes over so many leaves.
func treeNodes(leaves uint32) (nodes uint32) {
	for leaves > 1 {
		leaves = (leaves + treeFan - 1) / treeFan
		nodes += leaves
	}
	return nodes
}

func newTree(l *layout, size int, split bool) tree {
	t := tree{size: uint32(size), nodes: make([]uint32, l.firstNode[len(l.firstNode)-1])}
	for i := range t.nodes {
		t.nodes[i] = none
	}
	if split {
		t.splits = make([]uint64, len(l.banks))
		for i := range t.splits {
			t.splits[i] = noScore
		}
		return t
	}
	t.blocks = make([]uint32, len(l.banks))
	for i := range t.blocks {
		t.blocks[i] = none
	}
	return t
}

// score is the score of a bank's leaf.
func (t *tree) score(l *layout, number uint32) uint64 {
	switch {
	case number == none:
		return noScore
	case t.splits != nil:
		return t.splits[number]
	case t.blocks[number] == none:
		return noScore
	}
	return l.blockScore(t.blocks[number], t.size)
}

func (t *tree) setBlock(l *layout, number, slot uint32) {
	if t.blocks[number] != slot {
		t.blocks[number] = slot
		t.climb(l, number)
	}
}

func (t *tree) setSplit(l *layout, number uint32, score uint64) {
	if t.splits[number] != score {
		t.splits[number] = score
		t.climb(l, number)
	}
}

// climb plays the tournament again above a leaf that changed.
func (t *tree) climb(l *layout, number uint32) {
	category := l.banks[number].category
	first := l.firstBank[category]
	width, at := l.firstBank[category+1]-first, number-first
	var below []uint32
	for level := t.nodes[l.firstNode[category]:]; width > 1; {
		at /= treeFan
		winner, best := none, noScore
		for child := at * treeFan; child < min(at*treeFan+treeFan, width); child++ {
			candidate := first + child
			if below != nil {
				candidate = below[child]
			}
			if score := t.score(l, candidate); score < best {
				winner, best = candidate, score
			}
		}
		if level[at] == winner && winner != number {
			return
		}
		level[at] = winner
		width = (width + treeFan - 1) / treeFan
		below, level = level, level[width:]
	}
}

// best is the bank with the best leaf among from..to-1, banks of one category, and its score.
func (t *tree) best(l *layout, s span) (winner uint32, best uint64) {
	winner, best = none, noScore
	first := l.firstBank[s.category]
	width := l.firstBank[s.category+1] - first
	from, to := s.from-first, s.to-first
	level, below := t.nodes[l.firstNode[s.category]:l.firstNode[s.category+1]], []uint32(nil)
	if from == 0 && to == width && width > 1 {
		winner = level[len(level)-1]
		return winner, t.score(l, winner)
	}
	try := func(child uint32) {
		candidate := first + child
		if below != nil {
			candidate = below[child]
		}
		if score := t.score(l, candidate); score < best {
			winner, best = candidate, score
		}
	}
	for from < to {
		for ; from < to && from%treeFan != 0; from++ {
			try(from)
		}
		for ; from < to && to%treeFan != 0; to-- {
			try(to - 1)
		}
		if from == to {
			break
		}
		from, to, width = from/treeFan, to/treeFan, (width+treeFan-1)/treeFan
		below, level = level, level[width:]
	}
	return winner, best
}

func (t *tree) heapBytes() int { return 4*cap(t.blocks) + 8*cap(t.splits) + 4*cap(t.nodes) }
