package seatmap

// treeFan is how many children a node has: wide enough that the inner nodes take little memory beside the leaves, and
// that the scores of all children are one line of the cache.
const treeFan = 8

// tree is a tournament over the banks of each category: a node is the best score below it. Leaves are blocks (the first
// slot of the bank's best one) or splits (the score of the best one that begins in the bank). A score says whose it is:
// that of a block has its slot, that of a split the row.
type tree struct {
	size   uint32   // seats of a block
	blocks []uint32 // by bank; none where there is no block
	splits []uint64 // by bank; noScore where there is none; nil in a tree of blocks
	nodes  []uint64 // level by level for each category, the root last
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
	t := tree{size: uint32(size), nodes: noScores(int(l.firstNode[len(l.firstNode)-1]))}
	if split {
		t.splits = noScores(len(l.banks))
		return t
	}
	t.blocks = make([]uint32, len(l.banks))
	for i := range t.blocks {
		t.blocks[i] = none
	}
	return t
}

func noScores(n int) []uint64 {
	scores := make([]uint64, n)
	for i := range scores {
		scores[i] = noScore
	}
	return scores
}

// score is the score of a bank's leaf.
func (t *tree) score(l *layout, number uint32) uint64 {
	if t.splits != nil {
		return t.splits[number]
	}
	return l.blockScore(t.blocks[number], t.size)
}

func (t *tree) setBlock(l *layout, number, slot uint32) {
	if was := t.blocks[number]; was != slot {
		t.blocks[number] = slot
		t.climb(l, number, l.blockScore(was, t.size), l.blockScore(slot, t.size))
	}
}

func (t *tree) setSplit(l *layout, number uint32, score uint64) {
	if was := t.splits[number]; was != score {
		t.splits[number] = score
		t.climb(l, number, was, score)
	}
}

// climb plays the tournament again above a leaf whose score was another.
func (t *tree) climb(l *layout, number uint32, was, score uint64) {
	category := l.banks[number].category
	first := l.firstBank[category]
	width, at := l.firstBank[category+1]-first, number-first
	var below []uint64
	for level := t.nodes[l.firstNode[category]:]; width > 1; {
		at /= treeFan
		node := level[at]
		switch {
		case score < node: // a new winner
		case was != node: // another child wins, as before
			return
		default: // the winner lost
			from, to := at*treeFan, min(at*treeFan+treeFan, width)
			if below == nil {
				for child := from; child < to; child++ {
					score = min(score, t.score(l, first+child))
				}
			} else {
				for _, other := range below[from:to] {
					score = min(score, other)
				}
			}
		}
		was, level[at] = node, score
		width = (width + treeFan - 1) / treeFan
		below, level = level, level[width:]
	}
}

// best is the best score of a span.
func (t *tree) best(l *layout, s span) uint64 {
	first := l.firstBank[s.category]
	width := l.firstBank[s.category+1] - first
	from, to := s.from-first, s.to-first
	level := t.nodes[l.firstNode[s.category]:l.firstNode[s.category+1]]
	if from == 0 && to == width && width > 1 {
		return level[len(level)-1]
	}
	best := noScore
	for ; from < to && from%treeFan != 0; from++ {
		best = min(best, t.score(l, first+from))
	}
	for ; from < to && to%treeFan != 0; to-- {
		best = min(best, t.score(l, first+to-1))
	}
	for from < to {
		from, to, width = from/treeFan, to/treeFan, (width+treeFan-1)/treeFan
		for ; from < to && from%treeFan != 0; from++ {
			best = min(best, level[from])
		}
		for ; from < to && to%treeFan != 0; to-- {
			best = min(best, level[to-1])
		}
		level = level[width:]
	}
	return best
}

func (t *tree) heapBytes() int { return 4*cap(t.blocks) + 8*cap(t.splits) + 8*cap(t.nodes) }
