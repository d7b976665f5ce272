package command

import (
	"reflect"
	"testing"

	"github.com/parterre/parterre/actors/seatmap"
)

// fill sets everything in v to something.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 5))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	default:
		v.Set(reflect.ValueOf(7).Convert(v.Type()))
	}
}

// wantEmpty finds what is neither zero nor a slice of length zero that kept its room.
func wantEmpty(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			wantEmpty(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		if v.Len() != 0 || v.Cap() != 5 {
			t.Errorf("%s has length %d and room for %d, want 0 and 5", path, v.Len(), v.Cap())
		}
	default:
		if !v.IsZero() {
			t.Errorf("%s is %v", path, v)
		}
	}
}

// A field that a reset forgets would be the next command's.
func TestResetEmptiesEveryFieldAndKeepsTheSlices(t *testing.T) {
	var c Command
	var r Result
	var q seatmap.Request
	for _, v := range []any{&c, &r, &q} {
		fill(reflect.ValueOf(v).Elem())
		v.(interface{ Reset() }).Reset()
		wantEmpty(t, reflect.TypeOf(v).String(), reflect.ValueOf(v).Elem())
	}
}
