package report

import (
	"html/template"

	"github.com/parterre/parterre/bench/report/plot"
)

// The sizes in which pictures are drawn. The style sheet shows narrow on phones, and wide or half, which stands beside another,
// everywhere else.
var (
	narrow = plot.Size{Name: "narrow", Width: 340, Height: 240, Letter: 11.5}
	wide   = plot.Size{Name: "wide", Width: 960, Height: 320, Letter: 13}
	half   = plot.Size{Name: "half", Width: 464, Height: 270, Letter: 12}
)

// drawn is a figure's picture in the sizes that it needs.
func (f figure) drawn(draw func(plot.Size) []byte) figure {
	second := wide
	if f.Half {
		second = half
	}
	for _, size := range []plot.Size{narrow, second} {
		f.Drawings = append(f.Drawings, template.HTML(draw(size))) //nolint:gosec // package plot escapes every text
	}
	return f
}

// points is how many points a line of a size may have: one for each three pixels.
func points(size plot.Size) int { return int(size.Width / 3) }

// labels is how many labels an axis of time has room for.
func labels(size plot.Size) int { return int(size.Width / 70) }
