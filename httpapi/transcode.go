package httpapi

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/vmihailenco/msgpack/v5"
)

// msgpackOfJSON turns a stored drawing, which is JSON, into msgpack: the same values, whole numbers as integers.
func msgpackOfJSON(document []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	e.UseCompactInts(true)
	e.SetSortMapKeys(true)
	if err := e.Encode(withNumbers(value)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// withNumbers replaces numbers as text by numbers, in place.
func withNumbers(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, element := range v {
			v[key] = withNumbers(element)
		}
	case []any:
		for i, element := range v {
			v[i] = withNumbers(element)
		}
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n
		}
		f, _ := v.Float64() // beyond the range of a float it is infinite; drawings have no such numbers
		return f
	}
	return value
}
