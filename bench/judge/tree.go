package judge

// tree is an immutable array: with copies the path to what it changes and shares the rest, so that the search may keep
// thousands of states that differ little.
type tree[T any] struct {
	root   *branch[T]
	height int // branches above the leaves
}

const (
	treeBits  = 4
	treeWidth = 1 << treeBits
)

type branch[T any] struct {
	down [treeWidth]*branch[T]
	leaf []T // of the lowest
}

// newTree is a tree of n zero values.
func newTree[T any](n int) tree[T] {
	t := tree[T]{}
	for room := treeWidth; room < n; room *= treeWidth {
		t.height++
	}
	return t
}

func (t *tree[T]) at(i int32) (v T) {
	b := t.root
	for level := t.height; b != nil; level-- {
		if level == 0 {
			return b.leaf[i&(treeWidth-1)]
		}
		b = b.down[i>>(treeBits*level)&(treeWidth-1)]
	}
	return v
}

func (t *tree[T]) with(i int32, v T) tree[T] {
	return tree[T]{root: t.root.with(t.height, i, v), height: t.height}
}

func (b *branch[T]) with(level int, i int32, v T) *branch[T] {
	c := &branch[T]{}
	if b != nil {
		*c = *b
	}
	if level == 0 {
		leaf := make([]T, treeWidth)
		copy(leaf, c.leaf)
		leaf[i&(treeWidth-1)] = v
		c.leaf = leaf
		return c
	}
	at := i >> (treeBits * level) & (treeWidth - 1)
	c.down[at] = c.down[at].with(level-1, i, v)
	return c
}
