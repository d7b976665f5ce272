package seatmap

import "strings"

// texts is a list of strings in one piece of memory, found by number.
type texts struct {
	all  string
	ends []uint32 // text i is all[ends[i-1]:ends[i]]
}

func (t *texts) at(i uint32) string {
	if i == 0 {
		return t.all[:t.ends[0]]
	}
	return t.all[t.ends[i-1]:t.ends[i]]
}

// textsBuilder gathers texts.
type textsBuilder struct {
	all  strings.Builder
	ends []uint32
}

func (b *textsBuilder) add(s string) {
	b.all.WriteString(s)
	b.ends = append(b.ends, uint32(b.all.Len()))
}

func (b *textsBuilder) texts() texts { return texts{all: strings.Clone(b.all.String()), ends: b.ends} }

// nameText is the text of a name in the index: a slot's label, an area's key, or a table's.
func (p *Plan) nameText(name uint32) string {
	slots, areas := uint32(p.slots), uint32(len(p.areas))
	switch {
	case name < slots:
		return p.labels.at(name)
	case name < slots+areas:
		return p.areas[name-slots].Key
	}
	return p.tableKey.at(name - slots - areas)
}

// name finds a label or key; see Plan.names for what the number means.
func (p *Plan) name(text string) (name uint32, ok bool) {
	for at := p.names.start(hashText(text)); ; {
		name, ok = p.names.next(&at)
		if !ok || p.nameText(name) == text {
			return name, ok
		}
	}
}

// addName puts a name into the index; false if another thing is called the same.
func (p *Plan) addName(name uint32) bool {
	text := p.nameText(name)
	if _, taken := p.name(text); taken {
		return false
	}
	p.names.place(hashText(text), name) // for which there is room: see compile
	p.names.used++
	return true
}
