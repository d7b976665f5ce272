package chart

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
)

// Canonical is the document as JSON without space, fields in the order of the structs' tags, empty ones left out, numbers
// in their shortest form: equal content, equal bytes. d must be valid; a document with infinite coordinates has no
// canonical form, and yields nil.
func (d *Document) Canonical() []byte {
	b, err := marshal(d)
	if err != nil {
		return nil
	}
	return b
}

// ContentHash is the hash that names a drawing's content: the SHA-256 of its canonical form.
func ContentHash(canonical []byte) [32]byte { return sha256.Sum256(canonical) }

// MarshalJSON writes the form that the row was drawn in.
func (s Seats) MarshalJSON() ([]byte, error) { return marshal(s.form()) }

func (s *Seats) form() any {
	switch {
	case s.Run != nil:
		return s.Run
	case s.List == nil:
		return []Seat{}
	}
	return s.List
}

// marshal writes v without escaping what only matters in HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
