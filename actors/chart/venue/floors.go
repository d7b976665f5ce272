package venue

import (
	"fmt"
	"strings"
)

// floor is a range of rows without a cross aisle.
type floor struct {
	name, key string
	rows      int
	before    float64 // metres of free ground before it
	letters   int     // of its first row
	stalls    bool
	last      bool // of the stalls or a balcony
}

// floors shares rows among stalls and balconies and splits them at cross aisles.
func (h *house) floors(rows int) (out []floor) {
	shares := [][]int{{100}, {72, 28}, {60, 23, 17}}[h.balconies]
	left := rows
	for i, share := range shares {
		n := max(2, rows*share/100)
		if i == len(shares)-1 {
			n = max(1, left)
		}
		left -= n
		most := balconyRows
		if i == 0 {
			most = stallsRows
		}
		parts := (n + most - 1) / most
		for k := range parts {
			f := floor{rows: (k+1)*n/parts - k*n/parts, letters: k * n / parts, before: crossAisle, stalls: i == 0, last: k == parts-1}
			f.name, f.key = floorName(i, k)
			switch {
			case i == 0 && k == 0:
				f.before = 0
			case k == 0:
				f.before = balconyGap
			}
			out = append(out, f)
		}
	}
	return out
}

func floorName(level, part int) (name, key string) {
	name, key = []string{"Stalls", "Circle", "Balcony"}[level], []string{"S", "C", "B"}[level]
	switch {
	case part == 1:
		return "Rear " + strings.ToLower(name), "R" + key
	case part > 1:
		return fmt.Sprintf("%s %d", name, part+1), fmt.Sprintf("%d%s", part+1, key)
	}
	return name, key
}

// fill makes a section of each lane of the stalls, and one of all lanes of a balcony that is not too wide.
func (h *house) fill(f floor, tier int, lanes []lane) []block {
	groups := make([][]lane, 0, len(lanes))
	if !f.stalls && len(lanes) <= 7 {
		groups = append(groups, lanes)
	} else {
		for i := range lanes {
			groups = append(groups, lanes[i:i+1])
		}
	}
	blocks := make([]block, len(groups))
	for i, group := range groups {
		b := &blocks[i]
		*b = block{key: f.key, name: f.name, tier: tier}
		if len(groups) > 1 {
			code, words := laneName(i, len(groups))
			b.key, b.name = f.key+code, f.name+" "+words
		}
		for n := range f.rows {
			r := row{
				key: letters(f.letters + n), offset: float64(n) * h.depth,
				stepFree: f.stalls && (n == 0 || n == f.rows-1) || !f.stalls && n == f.rows-1,
				pillar:   f.stalls && f.last && h.balconies > 0 && n >= f.rows-3 && len(group) == 1,
			}
			for _, l := range group {
				r.strips = append(r.strips, fillStrip(l, r.offset, h.pitch, 0))
			}
			b.rows = append(b.rows, r)
		}
	}
	return blocks
}

func laneName(i, n int) (code, words string) {
	switch {
	case n == 2:
		return "LR"[i : i+1], []string{"left", "right"}[i]
	case n == 3:
		return "LCR"[i : i+1], []string{"left", "centre", "right"}[i]
	}
	return fmt.Sprint(i + 1), fmt.Sprint(i + 1)
}

// letters names a row as theatres do: A to Z without I and O, which look like numbers, then AA, BB and so on.
func letters(i int) string {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	return strings.Repeat(alphabet[i%len(alphabet):i%len(alphabet)+1], i/len(alphabet)+1)
}
