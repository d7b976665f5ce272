package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// Bounds of a picture: more operations cannot be looked at, nor is it worth waiting longer for one.
const (
	maxPictured = 2_000
	pictureTime = 5 * time.Second
)

// picture saves porcupine's picture of a violation, and returns its file: of the operations around it if they show it alone,
// else of the whole group if it is not too large.
func (g *group) picture(near []*operation) string {
	if g.c.o.Save == "" {
		return ""
	}
	near = slices.DeleteFunc(slices.Clone(near), func(p *operation) bool { return p.open })
	for _, ops := range [][]*operation{near, g.ops} {
		if len(ops) > maxPictured {
			continue
		}
		part := &group{
			c: g.c, ops: ops, numbers: g.numbers, rooms: g.rooms, ids: g.ids, sales: g.sales, buyers: g.buyers, cells: g.cells,
			stocks: g.stocks, blocks: g.blocks, marks: g.marks,
		}
		part.number()
		model := part.model()
		result, info := porcupine.CheckOperationsVerbose(model, part.history(), pictureTime)
		if result == porcupine.Ok {
			continue
		}
		if path, err := save(g.c.o.Save, g.c.event.Name, model, info); err == nil {
			return path
		}
		return ""
	}
	return ""
}

// save writes a picture to a new file; the events' names are good names for files but for the colon.
func save(folder, event string, model porcupine.Model, info porcupine.LinearizationInfo) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("judge: %w", err)
	}
	f, err := os.CreateTemp(folder, "judge-*.html")
	if err != nil {
		return "", fmt.Errorf("judge: %w", err)
	}
	defer f.Close()
	if err := porcupine.Visualize(model, info, f); err != nil {
		return "", fmt.Errorf("judge: the picture of %s: %w", event, err)
	}
	return filepath.Clean(f.Name()), nil
}
