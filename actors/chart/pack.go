package chart

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// Pack compiles doc and makes the content of a chart command of it, under the given name: canonical JSON and the plan's
// encoding, each gzip'd, with the hashes of what is inside. The same document gives the same bytes. The key is left for
// the caller to set. Errors: *Invalid, ErrTooLarge, or seatmap.ErrBadPlan.
func Pack(doc *Document, name string) (*command.Chart, error) {
	spec, err := doc.Compile()
	if err != nil {
		return nil, err
	}
	plan, err := seatmap.NewPlan(spec)
	if err != nil {
		return nil, fmt.Errorf("chart: compile: %w", err)
	}
	canonical := doc.Canonical()
	if len(canonical) > MaxDocumentBytes {
		return nil, fmt.Errorf("%w: %d bytes of canonical JSON, at most %d", ErrTooLarge, len(canonical), MaxDocumentBytes)
	}
	code := plan.AppendBinary(nil)
	if len(code) > seatmap.MaxPlanCodeBytes {
		return nil, fmt.Errorf("%w: %d bytes of compiled plan, at most %d", ErrTooLarge, len(code), seatmap.MaxPlanCodeBytes)
	}
	return &command.Chart{
		Name:     name,
		Document: compress(canonical),
		Content:  ContentHash(canonical),
		Plan:     plan.Hash(),
		PlanCode: compress(code),
	}, nil
}

// UnpackDocument is the canonical JSON that Pack compressed.
func UnpackDocument(packed []byte) ([]byte, error) { return expand(packed, MaxDocumentBytes) }

// UnpackPlanCode is the plan's encoding that Pack compressed, at most seatmap.MaxPlanCodeBytes of it. Whether it is the plan
// with a certain hash is for the caller to check.
func UnpackPlanCode(packed []byte) ([]byte, error) { return expand(packed, seatmap.MaxPlanCodeBytes) }

// compress never fails, since nothing that it writes to can.
func compress(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b) // no name and no time in the header: equal data, equal bytes
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// expand undoes compress. It reads no more than limit bytes, whatever the data claims to hold.
func expand(packed []byte, limit int) ([]byte, error) {
	in := bytes.NewReader(packed)
	r, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	r.Multistream(false)
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	case len(data) > limit:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	case in.Len() != 0:
		return nil, fmt.Errorf("%w: more bytes behind the data", ErrDamaged)
	}
	return data, nil
}
