package httpapi

// usualTexts is how many labels a selection has room for at first.
const usualTexts = 4

// room is where the lists of many requests come from, so that requests that are read into the same memory again allocate
// nothing. A nil room makes every list anew.
type room struct{ texts []string }

// reset takes all lists back; nothing may read them any more.
func (r *room) reset() { r.texts = r.texts[:0] }

// takeTexts is an empty list to append to. It is never nil. The next one may be taken when this one was kept.
func (r *room) takeTexts() []string {
	if r == nil {
		return make([]string, 0, usualTexts)
	}
	if r.texts == nil {
		r.texts = make([]string, 0, 16*usualTexts)
	}
	return r.texts[len(r.texts):]
}

// keepTexts ends a list that was taken, and returns it.
func (r *room) keepTexts(list []string) []string {
	if r == nil {
		return list
	}
	if n := len(r.texts) + len(list); len(list) <= cap(r.texts)-len(r.texts) {
		r.texts = r.texts[:n]
	} else { // the list has moved out: the lists to come get more room; those that were kept stay where they are
		r.texts = make([]string, 0, 2*n)
	}
	return list[:len(list):len(list)]
}
