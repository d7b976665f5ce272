package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// maxFileBytes bounds a file that is read: an hour at speed 1 with ten operations is about 10 MiB.
const maxFileBytes = 256 << 20

// Encode writes the run as indented JSON.
func Encode(w io.Writer, r *Run) error {
	r.Version = Version
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// Save writes the run to a file.
func Save(path string, r *Run) error {
	f, err := os.Create(path) //nolint:gosec // the caller's path
	if err != nil {
		return err
	}
	if err := Encode(f, r); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// Read reads a run that Encode wrote. Errors: ErrVersion, ErrInvalid.
func Read(r io.Reader) (*Run, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrInvalid, maxFileBytes)
	}
	var made struct{ Version int }
	if err := json.Unmarshal(text, &made); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if made.Version != Version {
		return nil, fmt.Errorf("%w: %d, not %d", ErrVersion, made.Version, Version)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var run Run
	if err := d.Decode(&run); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return &run, run.check()
}

// ReadFile reads a run from a file.
func ReadFile(path string) (*Run, error) {
	f, err := os.Open(path) //nolint:gosec // the caller's path
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	run, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}
