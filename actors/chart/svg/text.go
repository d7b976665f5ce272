package svg

import (
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// palette are colours for categories that have none: those of Okabe and Ito, which the colour-blind tell apart.
var palette = [...]string{"#E69F00", "#56B4E9", "#009E73", "#D55E00", "#0072B2", "#CC79A7", "#F0E442", "#8A8A8A"}

var cssColor = regexp.MustCompile(`^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})|[a-zA-Z]{3,24}|(rgb|hsl)\([0-9., %]{5,40}\))$`)

// color is a colour as a document has it, if it is one and nothing that a style could be broken out of with.
func color(s string, i int) string {
	if cssColor.MatchString(s) {
		return s
	}
	return palette[i%len(palette)]
}

// ink is the colour of text on a colour.
func ink(s string) string {
	if len(s) == 4 && s[0] == '#' {
		s = string([]byte{'#', s[1], s[1], s[2], s[2], s[3], s[3]})
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if len(s) != 7 || s[0] != '#' || err != nil {
		return "#000"
	}
	if (n>>16)*299+(n>>8&255)*587+(n&255)*114 < 128_000 {
		return "#fff"
	}
	return "#000"
}

// esc writes a text of the document.
func (c *canvas) esc(s string) { _ = xml.EscapeText(&c.Buffer, []byte(s)) } // a buffer takes everything

// put writes texts that are markup, and numbers rounded to tenths.
func (c *canvas) put(parts ...any) {
	for _, p := range parts {
		switch v := p.(type) {
		case string:
			c.WriteString(v)
		case int:
			c.WriteString(strconv.Itoa(v))
		case float64:
			c.Write(appendTenths(c.AvailableBuffer(), tenths(v)))
		}
	}
}

// tenths is a length in tenths of a unit.
func tenths(v float64) int { return int(math.Round(v * 10)) }

// appendTenths writes tenths in the fewest bytes: 12.3, 12, -.3.
func appendTenths(b []byte, n int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	if n >= 10 || n == 0 {
		b = strconv.AppendInt(b, int64(n/10), 10)
	}
	if n%10 != 0 {
		b = append(b, '.', byte('0'+n%10))
	}
	return b
}

// textWidth is about how wide a text is, in font sizes: no font is measured.
func textWidth(s string) float64 { return 0.58 * float64(utf8.RuneCountInString(s)) }

// text writes one line of text about a point.
func (c *canvas) text(class string, p point, size, turn float64, s string) {
	c.put(`<text class="`, class, `" x="`, p.x, `" y="`, p.y+0.35*size, `" font-size="`, size, `"`)
	if turn != 0 {
		c.put(` transform="rotate(`, turn, " ", p.x, " ", p.y, `)"`)
	}
	c.WriteByte('>')
	c.esc(s)
	c.WriteString("</text>\n")
}

// thousands writes a number with thin groups, as people read it.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
