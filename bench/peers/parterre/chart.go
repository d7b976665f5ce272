package parterre

import (
	"encoding/json"
	"strconv"

	"github.com/parterre/parterre/bench/peers"
)

const chartName = "compare"

// prices are of the categories, which the rows of a section share out among themselves.
var prices = map[string]int64{"front": 18_000, "middle": 12_000, "back": 6_500}

var categories = []string{"front", "middle", "back"}

const sectionGap = 4 // seats' widths between two sections

type (
	drawing struct {
		Name       string     `json:"name"`
		FocalPoint point      `json:"focal_point"`
		Categories []category `json:"categories"`
		Sections   []section  `json:"sections"`
	}
	point struct {
		X float64 `json:"x"`
		Y float64 `json:"y"`
	}
	category struct {
		Key   string `json:"key"`
		Name  string `json:"name"`
		Color string `json:"color"`
	}
	section struct {
		Key  string `json:"key"`
		Name string `json:"name"`
		Rows []row  `json:"rows"`
	}
	row struct {
		Key      string `json:"key"`
		Category string `json:"category"`
		Seats    line   `json:"seats"`
	}
	line struct {
		Count int     `json:"count"`
		First int     `json:"first"`
		X     float64 `json:"x"`
		Y     float64 `json:"y"`
		DX    float64 `json:"dx"`
		DY    float64 `json:"dy"`
	}
)

// chart draws the hall; labels are section-row-place, each from 1.
func chart(h peers.Hall) (json.RawMessage, error) {
	d := drawing{
		Name:       "Hall of " + strconv.Itoa(h.Seats()) + " seats",
		FocalPoint: point{X: float64(h.Sections*(h.SeatsPerRow+sectionGap)) / 2, Y: -10},
		Categories: []category{{"front", "Front", "#c0392b"}, {"middle", "Middle", "#e67e22"}, {"back", "Back", "#2980b9"}},
	}
	for s := range h.Sections {
		key := strconv.Itoa(s + 1)
		drawn := section{Key: key, Name: "Section " + key}
		for r := range h.RowsPerSection {
			drawn.Rows = append(drawn.Rows, row{
				Key: strconv.Itoa(r + 1), Category: categories[r*len(categories)/h.RowsPerSection],
				Seats: line{Count: h.SeatsPerRow, First: 1, X: float64(s * (h.SeatsPerRow + sectionGap)), Y: float64(2 * r), DX: 1},
			})
		}
		d.Sections = append(d.Sections, drawn)
	}
	return json.Marshal(d)
}

// appendLabel appends a seat's label.
func appendLabel(b []byte, h peers.Hall, seat int32) []byte {
	section, row, place := h.Place(seat)
	b = strconv.AppendInt(b, int64(section+1), 10)
	b = strconv.AppendInt(append(b, '-'), int64(row+1), 10)
	return strconv.AppendInt(append(b, '-'), int64(place+1), 10)
}

// parseLabel reads what appendLabel wrote.
func parseLabel[T []byte | string](h peers.Hall, label T) (seat int32, ok bool) {
	var parts [3]int
	at := 0
	for i := range len(label) {
		c := label[i]
		switch {
		case c == '-' && at < len(parts)-1:
			at++
		case '0' <= c && c <= '9' && parts[at] < 1<<20:
			parts[at] = parts[at]*10 + int(c-'0')
		default:
			return 0, false
		}
	}
	section, row, place := parts[0]-1, parts[1]-1, parts[2]-1
	if section < 0 || section >= h.Sections || row < 0 || row >= h.RowsPerSection || place < 0 || place >= h.SeatsPerRow {
		return 0, false
	}
	return h.Seat(section, row, place), true
}
