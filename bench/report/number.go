package report

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// thin is U+202F, the narrow space that does not break: it groups digits, and stands before a unit.
const thin = "\u202f"

// Grouped writes a whole number in groups of three digits.
func Grouped(v int64) string {
	s := strconv.FormatInt(v, 10)
	sign := ""
	if v < 0 {
		sign, s = "−", s[1:]
	}
	var b strings.Builder
	for i, digit := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(thin)
		}
		b.WriteRune(digit)
	}
	return sign + b.String()
}

// Number writes a figure with three digits that count, more if it is a thousand or more.
func Number(v float64) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case size >= 99.95 || v == math.Trunc(v) && size >= 10:
		return Grouped(int64(math.Round(v)))
	case size >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 0.0995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}

// round writes a number of an axis without digits that say nothing.
func round(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return Grouped(int64(v))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// ratio writes how many times: 2.41 ×.
func ratio(v float64) string {
	switch {
	case v >= 99.5:
		return Grouped(int64(math.Round(v)))
	case v >= 9.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// Micros writes a time given in microseconds with a unit in which it can be read, and three digits.
func Micros(v float64) string {
	switch {
	case v < 0 || math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case v < 999.5:
		return digits(v) + thin + "µs"
	case v < 999_500:
		return digits(v/1000) + thin + "ms"
	}
	return Seconds(v / 1e6)
}

// Seconds writes a length of time.
func Seconds(v float64) string {
	switch {
	case v < 0.9995:
		return Micros(v * 1e6)
	case v < 119.5:
		return digits(v) + thin + "s"
	case v < 7200:
		m, s := int(v)/60, int(math.Round(v))%60
		if s == 0 {
			return strconv.Itoa(int(math.Round(v))/60) + thin + "min"
		}
		return strconv.Itoa(m) + thin + "min " + strconv.Itoa(s) + thin + "s"
	}
	return digits(v/3600) + thin + "h"
}

// digits are three that count, without zeros at the end of a fraction.
func digits(v float64) string {
	decimals := 2
	switch {
	case v >= 99.95:
		decimals = 0
	case v >= 9.995:
		decimals = 1
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// at writes a moment of a replay.
func at(seconds float64) string {
	if seconds < 120 {
		return "T+" + digits(seconds) + thin + "s"
	}
	whole := int(math.Round(seconds))
	rest := strconv.Itoa(whole % 60)
	return "T+" + strconv.Itoa(whole/60) + ":" + strings.Repeat("0", 2-len(rest)) + rest
}

// gibibytes writes an amount of memory.
func gibibytes(bytes int64) string {
	return digits(float64(bytes)/(1<<30)) + thin + "GiB"
}

// percent writes a share.
func percent(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	share := 100 * float64(part) / float64(whole)
	switch {
	case part == 0:
		return "0" + thin + "%"
	case share < 0.01:
		return "< 0.01" + thin + "%"
	case share < 1:
		return strconv.FormatFloat(share, 'f', 2, 64) + thin + "%"
	}
	return strconv.FormatFloat(share, 'f', 1, 64) + thin + "%"
}

// count writes a number and its noun, in the singular if there is one.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Grouped(int64(n)) + " " + many
}

// percentileText writes a percentile with as many nines as it has.
func percentileText(p float64) string {
	if p >= 100 {
		return "100" + thin + "%"
	}
	decimals := 0
	for rest := 100 - p; rest < 50 && decimals < 6; rest *= 10 {
		decimals++
	}
	text := strconv.FormatFloat(p, 'f', decimals, 64)
	if decimals > 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + thin + "%"
}

// capital begins a text with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
