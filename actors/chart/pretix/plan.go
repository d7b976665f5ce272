package pretix

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// What a seating plan has, as far as it matters here. Lists stay raw until they are walked, so that whatever is wrong in
// one of their elements is told with its index.
type (
	seatingPlan struct {
		Name       string            `json:"name"`
		Categories []json.RawMessage `json:"categories"`
		Zones      []json.RawMessage `json:"zones"`
	}
	position struct {
		X float64 `json:"x"`
		Y float64 `json:"y"`
	}
	category struct {
		Name  string `json:"name"`
		Color string `json:"color"`
	}
	zone struct {
		Name     string            `json:"name"`
		ZoneID   string            `json:"zone_id"`
		Position *position         `json:"position"`
		Rows     []json.RawMessage `json:"rows"`
		Areas    []json.RawMessage `json:"areas"`
	}
	row struct {
		RowNumber string            `json:"row_number"`
		Position  *position         `json:"position"`
		Seats     []json.RawMessage `json:"seats"`
	}
	seat struct {
		SeatNumber string    `json:"seat_number"`
		SeatGUID   string    `json:"seat_guid"`
		Category   string    `json:"category"`
		Position   *position `json:"position"`
	}
	area struct {
		Shape    string   `json:"shape"`
		Position position `json:"position"`
		Circle   *struct {
			Radius float64 `json:"radius"`
		} `json:"circle"`
		Ellipse *struct {
			Radius position `json:"radius"`
		} `json:"ellipse"`
		Rectangle *struct {
			Width  float64 `json:"width"`
			Height float64 `json:"height"`
		} `json:"rectangle"`
		Width  float64         `json:"width"` // before areas had shapes
		Height float64         `json:"height"`
		Text   json.RawMessage `json:"text"` // an object with a text, or a text before areas had shapes
	}
)

// words are the text that stands on an area, if any.
func (a *area) words() string {
	var object struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(a.Text, &object) == nil {
		return object.Text
	}
	_ = json.Unmarshal(a.Text, &object.Text) // anything else is no text
	return object.Text
}

// middle is the area's middle, from its zone's corner: a rectangle's position is its corner, a circle's its middle.
func (a *area) middle() position {
	p := a.Position
	switch {
	case a.Rectangle != nil:
		p.X, p.Y = p.X+a.Rectangle.Width/2, p.Y+a.Rectangle.Height/2
	case a.Shape == "" || a.Shape == "rectangle":
		p.X, p.Y = p.X+a.Width/2, p.Y+a.Height/2
	}
	return p
}

// round is the radius of a circle, or of an ellipse that is one.
func (a *area) round() (radius float64, ok bool) {
	switch {
	case a.Shape == "circle" && a.Circle != nil:
		return a.Circle.Radius, a.Circle.Radius > 0
	case a.Shape == "ellipse" && a.Ellipse != nil:
		return a.Ellipse.Radius.X, a.Ellipse.Radius.X > 0 && a.Ellipse.Radius.X == a.Ellipse.Radius.Y
	}
	return 0, false
}

// decode reads an element into v, or adds a problem that names the field in it.
func (r *reader) decode(field string, raw json.RawMessage, v any) bool {
	err := json.Unmarshal(raw, v)
	if err == nil && bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		return true
	}
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil: // Go reads null into anything
		r.problem(field, "want an object")
	case errors.As(err, &mismatch) && mismatch.Field != "":
		r.problem(join(field, mismatch.Field), "want %s, not %s", wanted(mismatch), mismatch.Value)
	case errors.As(err, &mismatch):
		r.problem(field, "want an object, not %s", mismatch.Value)
	default:
		r.problem(field, "%v", err)
	}
	return false
}

func join(field, rest string) string {
	if field == "" {
		return rest
	}
	return field + "." + rest
}

// wanted says in JSON's words what a field takes.
func wanted(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind().String() {
	case "string":
		return "a text"
	case "float64":
		return "a number"
	case "slice":
		return "a list"
	}
	return "an object"
}

func (r *reader) problem(field, format string, args ...any) {
	if len(r.problems) < MaxProblems {
		r.problems = append(r.problems, Problem{Field: field, Reason: fmt.Sprintf(format, args...)})
	}
}

func (r *reader) note(field, format string, args ...any) {
	r.notes = append(r.notes, Note{Field: field, Text: fmt.Sprintf(format, args...)})
}
