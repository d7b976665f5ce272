package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var sizes = []Size{{Name: "narrow", Width: 340, Height: 240, Letter: 11.5}, {Name: "wide", Width: 960, Height: 320, Letter: 13}}

// drawn checks a picture and gives all letters in it.
func drawn(t interface{ Fatalf(string, ...any) }, picture []byte) (letters string) {
	var all strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(picture)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, picture)
		}
		switch token := token.(type) {
		case xml.CharData:
			all.Write(token)
		case xml.StartElement:
			for _, a := range token.Attr {
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Fatalf("%s: %s=%q", token.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
	return all.String()
}

func chartOf(points []Point, name string) *Chart {
	return &Chart{
		ID: "id", Title: name, Desc: name, X: Clock(100, 5), Y: FromZero(10, 5, func(float64) string { return name }), XTitle: name, YTitle: name,
		Bands: []Band{{0, 50, name, "band"}}, Areas: []Series{{Class: "a", Points: points}, {Class: "b", Points: points, Step: true}},
		Lines: []Series{{Class: "a", Points: points}, {Class: "b", Points: points, Step: true}}, Marks: []Mark{{30, name}},
	}
}

func TestAnyTextAndAnyNumberMakeAWellFormedPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name") + rapid.SampledFrom([]string{"", "</title><script>", `" onload="x`, "\x00\xff]]>", "&lt;"}).Draw(t, "hostile")
		value := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0}))
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point { return Point{value.Draw(t, "x"), value.Draw(t, "y")} }), 0, 8).Draw(t, "points")
		v := value.Draw(t, "v")
		bars := Bars{ID: "id", Title: name, Label: func(float64) string { return name }, Rows: []Bar{{Name: name, Value: v, Least: v, Most: v + 1, Dots: []float64{v}, Text: name}}}
		columns := Columns{ID: "id", Title: name, Label: func(float64) string { return name }, Columns: []Column{{name, v, name}}}
		for _, size := range sizes {
			for _, picture := range [][]byte{chartOf(points, name).Draw(size), bars.Draw(size), columns.Draw(size)} {
				drawn(t, picture)
				for _, markup := range []string{"<script", `" onload`} {
					if bytes.Contains(picture, []byte(markup)) {
						t.Fatalf("text became markup: %s", picture)
					}
				}
			}
		}
	})
}

func TestAPictureSaysWhatItShows(t *testing.T) {
	picture := (&Chart{ID: "x", Title: "Seats & rows", Desc: "30 sold.", X: Clock(60, 6), Y: FromZero(1, 5, number)}).Draw(sizes[0])
	letters := drawn(t, picture)
	if !strings.Contains(letters, "Seats & rows") || !strings.Contains(letters, "30 sold.") {
		t.Errorf("title or description missing: %s", letters)
	}
	for _, want := range []string{`role="img"`, `aria-labelledby="x-narrow-t x-narrow-d"`, `id="x-narrow-t"`, `id="x-narrow-d"`} {
		if !bytes.Contains(picture, []byte(want)) {
			t.Errorf("no %s", want)
		}
	}
}

func TestALineStopsWhereAValueIsMissing(t *testing.T) {
	line := Series{Class: "l", Points: []Point{{0, 1}, {20, 2}, {40, math.NaN()}, {60, 3}, {80, math.NaN()}, {90, 1}, {100, 2}}}
	c := chartOf(nil, "n")
	c.Areas, c.Lines = nil, []Series{line}
	picture := string(c.Draw(sizes[1]))
	_, path, _ := strings.Cut(picture, `class="line l" d="`)
	path, _, _ = strings.Cut(path, `"`)
	if n := strings.Count(path, "M"); n != 2 {
		t.Errorf("%d parts in %q, want 2", n, path)
	}
	if n := strings.Count(picture, "<circle"); n != 1 {
		t.Errorf("%d dots, want 1 for the value alone", n)
	}
}

func TestAreasStandOnEachOther(t *testing.T) {
	c := &Chart{
		ID: "x", X: Linear{To: 1, Step: 1, Label: number}, Y: Linear{To: 10, Step: 5, Label: number},
		Areas: []Series{{Class: "a", Points: []Point{{0, 4}, {1, 4}}}, {Class: "b", Points: []Point{{0, 6}, {1, 6}}}},
	}
	f := c.frame(&canvas{size: sizes[1]}, c.Y.Ticks(0))
	picture := string(c.Draw(sizes[1]))
	_, second, _ := strings.Cut(picture, `class="area b" d="`)
	second, _, _ = strings.Cut(second, `"`)
	for _, want := range []string{tenths(f.left) + " " + tenths(f.top), tenths(f.left) + " " + tenths(f.y(c.Y, 4))} {
		if !strings.Contains(second, want) {
			t.Errorf("the second area %q does not touch %q", second, want)
		}
	}
}

func TestLabelsOfAnAxisDoNotRunIntoEachOther(t *testing.T) {
	c := &Chart{ID: "x", X: Linear{To: 100, Step: 1, Label: func(float64) string { return "a long label" }}, Y: FromZero(1, 2, number)}
	if n := strings.Count(string(c.Draw(sizes[0])), "a long label"); n > 5 {
		t.Errorf("%d labels of 80 pixels beside each other on 340", n)
	}
}

func TestALongNameIsCutWithDots(t *testing.T) {
	name := strings.Repeat("very ", 40) + "long"
	picture := string((&Bars{ID: "x", Label: number, Rows: []Bar{{Name: name, Value: 1, Text: "1"}}}).Draw(sizes[0]))
	_, label, _ := strings.Cut(picture, `class="label"`)
	label, _, _ = strings.Cut(label, "</text>")
	if !strings.HasSuffix(label, "…") || len(label) > 120 {
		t.Errorf("label %q", label)
	}
	if !strings.Contains(picture, name+": 1</title>") {
		t.Error("the whole name is nowhere")
	}
}
