package roompage

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func write(t *testing.T, d *Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThePageIsSmall(t *testing.T) {
	for _, lang := range Languages {
		page := write(t, &Data{Event: "opening", Name: "Opening night", Lang: lang})
		if len(page) >= MaxBytes {
			t.Errorf("%s: %d bytes", lang, len(page))
		}
		if strings.Contains(page, "{{") || titles[lang] == "" || noScripts[lang] == "" {
			t.Errorf("%s: something was left out", lang)
		}
	}
}

func TestThePolicyNamesWhatThePageRuns(t *testing.T) {
	d := &Data{Event: "e", Lang: "en", Nodes: []string{"http://n2:8080", "http://evil; script-src *"}, Shop: "https://shop.example"}
	page, got := write(t, d), Policy(d)
	for _, part := range []struct{ open, end string }{{"<script type=\"module\">", "</script>"}, {"<style>", "</style>"}} {
		_, rest, _ := strings.Cut(page, part.open)
		text, _, ok := strings.Cut(rest, part.end)
		if !ok || !strings.Contains(got, hash(text)) {
			t.Errorf("what stands in %s is not allowed by %s", part.open, got)
		}
	}
	if !strings.HasSuffix(got, "connect-src 'self' http://n2:8080; frame-ancestors 'self' https://shop.example") {
		t.Error(got)
	}
	if strings.Contains(page, "style=\"") || regexp.MustCompile(`\son[a-z]+=`).MatchString(page) {
		t.Error("the page has styles or handlers that its policy forbids")
	}
}

func TestNothingThatACallerChoseIsReadAsMarkup(t *testing.T) {
	const bad = `</script><script>alert(1)</script>{{script}}`
	page := write(t, &Data{Event: "e", Name: bad, Lang: "en"})
	if strings.Contains(page, "<script>alert") {
		t.Fatal("markup came through")
	}
	_, rest, _ := strings.Cut(page, `id="data">`)
	text, _, _ := strings.Cut(rest, "</script>")
	var d Data
	if err := json.Unmarshal([]byte(text), &d); err != nil || d.Name != bad {
		t.Fatal(d.Name, err)
	}
}

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	names := map[string][]string{}
	blocks := regexp.MustCompile(`(?s)\n(en|de|fr): \{(.*?)\n\},`).FindAllStringSubmatch(words, -1)
	for _, block := range blocks {
		for _, m := range regexp.MustCompile(`(\w+): "((?:[^"\\]|\\.)+)"`).FindAllStringSubmatch(block[2], -1) {
			names[m[1]] = append(names[m[1]], strings.Join(regexp.MustCompile(`\{\w+\}`).FindAllString(m[2], -1), ""))
		}
	}
	if len(blocks) != len(Languages) || len(names) < 40 {
		t.Fatalf("%d languages, %d texts", len(blocks), len(names))
	}
	for name, values := range names {
		if len(values) != len(Languages) {
			t.Errorf("%s is not there in every language", name)
		}
		for _, v := range values {
			if len(v) != len(values[0]) {
				t.Errorf("%s: the languages have different values in it: %v", name, values)
				break
			}
		}
	}
}
