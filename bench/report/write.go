package report

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
)

// Files that Write makes.
const (
	PageFile     = "index.html"
	MarkdownFile = "report.md"
	RunFile      = "run.json"
)

// Write makes dir, if it is not there, and writes the run's page into it: PageFile, which needs nothing else, its twin
// MarkdownFile, and RunFile with everything that was measured. Errors: ErrInvalid, and those of the disk.
func Write(dir string, r *Run) error {
	if err := r.check(); err != nil {
		return err
	}
	d := compose(r)
	d.clean()
	var html, text, raw bytes.Buffer
	if err := errors.Join(writeHTML(&html, d), writeMarkdown(&text, d), Encode(&raw, r)); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a report is no secret
		return err
	}
	for _, f := range []struct {
		name string
		text *bytes.Buffer
	}{{PageFile, &html}, {MarkdownFile, &text}, {RunFile, &raw}} {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.text.Bytes(), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	return nil
}
