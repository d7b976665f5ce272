package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// hostile texts try to become markup, style, a link, or a broken file.
var hostile = []string{
	`</title></style></svg><script>alert(1)</script>`, `" onload="alert(1)`, `'><img src=x onerror=alert(1)>`, "]]>\x00\x1b[31m\xff\xfe", `javascript:alert(1)`,
	`| a | [x](javascript:alert(1)) ![y](http://example.org/z.png) <http://example.org>`, "# heading\n\n- list\n```\ncode", `&lt;b&gt; &#x3c;`, `}body{display:none`,
	"\u202egnirts\u202c", `https://example.org/`, `\`,
}

// hostileRun is smallRun with a text after every text of it.
func hostileRun(t *testing.T, text string) *Run {
	t.Helper()
	raw, err := json.Marshal(smallRun())
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	var replace func(key string, v any) any
	replace = func(key string, v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				v[k] = replace(k, v[k])
			}
		case []any:
			for i := range v {
				v[i] = replace(key, v[i])
			}
		case string:
			if key != "started_at" {
				return v + text // names stay unique
			}
		}
		return v
	}
	raw, err = json.Marshal(replace("", tree))
	if err != nil {
		t.Fatal(err)
	}
	run := &Run{}
	if err := json.Unmarshal(raw, run); err != nil {
		t.Fatal(err)
	}
	return run
}

// element is a start tag of a page.
type element struct {
	name       string
	attributes map[string]string
}

// elements are a page's start tags; a page that is not well-formed is an error.
func elements(t *testing.T, page string) []element {
	t.Helper()
	var list []element
	for d := xml.NewDecoder(strings.NewReader(page)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			e := element{start.Name.Local, map[string]string{}}
			for _, a := range start.Attr {
				if _, twice := e.attributes[a.Name.Local]; twice {
					t.Errorf("<%s> has two attributes %s", e.name, a.Name.Local)
				}
				e.attributes[a.Name.Local] = a.Value
			}
			list = append(list, e)
		}
	}
}

// tags are all elements that a page may have.
var tags = strings.Fields(`html head meta title style body header main footer section nav p span h1 h2 h3 ul li a dl div dt dd pre
	table caption thead tbody tr th td small figure figcaption strong i details summary svg desc path rect text circle`)

func TestNoTextBecomesMarkup(t *testing.T) {
	harmless := elements(t, read(t, pageOf(t, "harmless", hostileRun(t, "x")), PageFile))
	for _, text := range hostile {
		dir := pageOf(t, "hostile", hostileRun(t, text))
		list := elements(t, read(t, dir, PageFile))
		for _, e := range list {
			if !slices.Contains(tags, e.name) {
				t.Errorf("%q became <%s>", text, e.name)
			}
			for name := range e.attributes {
				if strings.HasPrefix(name, "on") || name == "src" || name == "style" {
					t.Errorf("%q became an attribute %s of <%s>", text, name, e.name)
				}
			}
			if href := e.attributes["href"]; e.name == "a" && !strings.HasPrefix(href, "#") && href != RunFile && href != MarkdownFile {
				t.Errorf("%q became a link to %q", text, href)
			}
		}
		count := func(list []element) (n int) {
			for _, e := range list {
				if e.name != "text" { // labels that do not fit are left out
					n++
				}
			}
			return n
		}
		if got, want := count(list), count(harmless); got != want {
			t.Errorf("%q changes the number of elements from %d to %d", text, want, got)
		}
	}
}

func TestNoTextBecomesMarkdown(t *testing.T) {
	lines := func(text string) int { return strings.Count(text, "\n") }
	want := lines(read(t, pageOf(t, "harmless", hostileRun(t, "x")), MarkdownFile))
	markup := regexp.MustCompile(`<[a-z/!]|[^\\]\]\(javascript|[^\\]\]\(http|https?://`)
	for _, text := range hostile {
		page := read(t, pageOf(t, "hostile", hostileRun(t, text)), MarkdownFile)
		if got := lines(page); got != want {
			t.Errorf("%q makes %d lines, want %d", text, got, want)
		}
		var fenced bool
		for line := range strings.Lines(page) {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if found := markup.FindString(line); found != "" && !fenced {
				t.Errorf("%q: %q stands in %q", text, found, line)
			}
		}
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	page := read(t, pageOf(t, "long", longRun()), PageFile)
	for _, e := range elements(t, page) {
		switch e.name {
		case "script", "link", "img", "iframe", "object", "image", "use", "base", "form":
			t.Errorf("there is a <%s>", e.name)
		}
	}
	for _, text := range []string{"url(", "@import", "@font-face", "//cdn"} {
		if strings.Contains(page, text) {
			t.Errorf("%q stands in the page", text)
		}
	}
	if rest := strings.ReplaceAll(page, "http://www.w3.org/1999/xhtml", ""); strings.Contains(rest, "http:") || strings.Contains(rest, "https:") {
		t.Error("there is an address in the page")
	}
}

func TestThePageIsAccessible(t *testing.T) {
	list := elements(t, read(t, pageOf(t, "long", longRun()), PageFile))
	ids := map[string]int{}
	for _, e := range list {
		if id, ok := e.attributes["id"]; ok {
			ids[id]++
		}
	}
	for id, n := range ids {
		if n > 1 || id == "" || strings.ContainsAny(id, " \t\n") {
			t.Errorf("id %q is used %d times", id, n)
		}
	}
	level := 0
	for _, e := range list {
		for _, id := range append(strings.Fields(e.attributes["aria-labelledby"]), strings.TrimPrefix(e.attributes["href"], "#")) {
			if id != "" && ids[id] == 0 && id != RunFile && id != MarkdownFile {
				t.Errorf("<%s> points to %q, which is not there", e.name, id)
			}
		}
		switch e.name {
		case "svg":
			if e.attributes["role"] != "img" || e.attributes["aria-labelledby"] == "" {
				t.Errorf("a picture without a name: %v", e.attributes)
			}
		case "th":
			if e.attributes["scope"] == "" {
				t.Error("a heading of a table without a scope")
			}
		case "h1", "h2", "h3":
			if next := int(e.name[1] - '0'); next > level+1 {
				t.Errorf("<%s> follows <h%d>", e.name, level)
			} else {
				level = next
			}
		case "html":
			if e.attributes["lang"] == "" {
				t.Error("the page has no language")
			}
		}
	}
}

func TestBothFormsOfThePageHaveTheSameFigures(t *testing.T) {
	run := smallRun()
	d := compose(run)
	dir := pageOf(t, "small", run)
	page := read(t, dir, PageFile)
	text := strings.ReplaceAll(read(t, dir, MarkdownFile), `\`, "")
	unescaped := strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&")
	page, text = unescaped.Replace(page), unescaped.Replace(text)
	checked := 0
	check := func(shown *table) {
		for _, row := range shown.Rows {
			for _, c := range row {
				for _, s := range []string{c.Text, c.Note} {
					checked++
					if !strings.Contains(page, s) || !strings.Contains(text, s) {
						t.Errorf("%q of %q is not in both", s, shown.Caption)
					}
				}
			}
		}
	}
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			for _, table := range []*table{b.Table, b.Pairs} {
				if table != nil {
					check(table)
				}
			}
			for i := range b.Figures {
				if b.Figures[i].Data != nil {
					check(b.Figures[i].Data)
				}
			}
		}
	}
	if checked < 300 {
		t.Errorf("only %d values looked at", checked)
	}
}
