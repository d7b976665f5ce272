package quality

// task is the moment at which a hold meets its fate.
type task struct {
	atMillis int64
	hold     int
}

// agenda is a heap of tasks by time, then by hold.
type agenda []task

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].atMillis < a[j].atMillis || a[i].atMillis == a[j].atMillis && a[i].hold < a[j].hold
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(task)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
