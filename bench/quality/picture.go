package quality

import (
	"fmt"
	"io"

	"github.com/parterre/parterre/actors/chart"
	"github.com/parterre/parterre/actors/chart/svg"
)

// Draw writes the SVG picture of a sale when 80 % of the seats were first held or sold. Standing places and tables
// sold whole are shown free: nobody asked for them.
func Draw(w io.Writer, d *chart.Document, r *Result) error {
	state := &svg.State{
		Event: fmt.Sprintf("%s, %d %% taken,", r.Allocator, Shares[pictureShare]), Revision: r.Revision, Seats: r.States,
		Tables: make(map[string]byte), Areas: make(map[string]svg.Counts),
	}
	for i := range d.Tables {
		if d.Tables[i].Book == chart.BookWhole {
			state.Tables[d.Tables[i].Key] = 'f'
		}
	}
	for i := range d.Areas {
		state.Areas[d.Areas[i].Key] = svg.Counts{Free: d.Areas[i].Capacity}
	}
	return svg.Draw(w, d, svg.Options{State: state})
}
