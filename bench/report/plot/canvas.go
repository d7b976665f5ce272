package plot

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Size is how a picture is drawn: in CSS pixels, since it is shown as it was drawn.
type Size struct {
	Name   string // stands in the ids of the picture: "wide"
	Width  float64
	Height float64 // of the whole picture; bars have their own
	Letter float64 // size of the letters
}

// canvas writes SVG.
type canvas struct {
	bytes.Buffer
	size Size
}

// begin opens the element with its title and description, which screen readers say instead of the picture.
func (c *canvas) begin(id, title, desc string, height float64) {
	id += "-" + c.size.Name
	c.put(`<svg class="plot `, c.size.Name, `" viewBox="0 0 `, c.size.Width, " ", height, `" width="`, c.size.Width, `" height="`, height,
		`" role="img" aria-labelledby="`, id, `-t `, id, `-d"><title id="`, id, `-t">`)
	c.esc(title)
	c.put(`</title><desc id="`, id, `-d">`)
	c.esc(desc)
	c.put("</desc>\n")
}

func (c *canvas) end() []byte {
	c.WriteString("</svg>\n")
	return c.Bytes()
}

// put writes markup: strings as they are, numbers rounded to tenths.
func (c *canvas) put(parts ...any) {
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			c.WriteString(p)
		case float64:
			c.WriteString(tenths(p))
		case int:
			c.WriteString(strconv.Itoa(p))
		}
	}
}

// text writes letters; class says how they are aligned.
func (c *canvas) text(class string, x, y float64, text string) {
	c.put(`<text class="`, class, `" x="`, x, `" y="`, y, `">`)
	c.esc(text)
	c.put("</text>\n")
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.put(`<path class="`, class, `" d="M`, x1, " ", y1, "L", x2, " ", y2, "\"/>\n")
}

func (c *canvas) esc(text string) { c.WriteString(escape(text)) }

// escape makes text safe in an element and in a quoted attribute, and drops what XML cannot hold.
func escape(text string) string {
	return escaper.Replace(strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff || (r >= 0x80 && r < 0xa0):
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError))))
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func tenths(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "0"
	}
	v = math.Round(v*10) / 10
	if v == 0 {
		return "0" // not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// width is about how wide a text is.
func (c *canvas) width(text string) float64 {
	return letterWidth * c.size.Letter * float64(utf8.RuneCountInString(text))
}

// letterWidth is the mean width of a letter of a sans-serif font, on the safe side.
const letterWidth = 0.58

// fit shortens a text to a width.
func (c *canvas) fit(text string, width float64) string {
	if c.width(text) <= width {
		return text
	}
	runes := []rune(text)
	keep := max(1, int(width/(letterWidth*c.size.Letter))-1)
	return strings.TrimRight(string(runes[:min(keep, len(runes))]), " ,") + "…"
}
