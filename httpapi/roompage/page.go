package roompage

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"strings"
)

// MaxBytes bounds the document, uncompressed, apart from what it is told.
const MaxBytes = 30 << 10

// Data is what the page is told.
type Data struct {
	Event string `json:"event"`
	Name  string `json:"name"`
	Lang  string `json:"lang"` // one of Languages
	// Nodes are the origins of the nodes that it may go on to, such as "https://n2.example".
	Nodes []string `json:"nodes"`
	// Shop is the origin that may show the page in a frame; "" = none.
	Shop string `json:"-"`
}

var (
	//go:embed page.html
	frame string
	//go:embed page.css
	style string
	//go:embed words.js
	words string
	//go:embed page.js
	script string
)

var (
	module   = words + script
	policy   = "default-src 'none'; script-src " + hash(module) + "; style-src " + hash(style) + "; img-src data:; base-uri 'none'; form-action 'none'; connect-src 'self'"
	standing = strings.NewReplacer("{{style}}", style, "{{script}}", module).Replace(frame)
)

// Texts that stand in the document before, or without, its script.
var (
	titles    = map[string]string{"en": "Waiting room", "de": "Warteraum", "fr": "Salle d’attente"}
	noScripts = map[string]string{
		"en": "Please switch on JavaScript: this page holds your place in the line.",
		"de": "Bitte schalten Sie JavaScript ein: Diese Seite hält Ihren Platz in der Schlange.",
		"fr": "Veuillez activer JavaScript : cette page garde votre place dans la file.",
	}
)

// Languages are those of the page; the first is shown to who reads none of them.
var Languages = []string{"en", "de", "fr"}

// Policy is the Content-Security-Policy of a page with that data.
func Policy(d *Data) string {
	var b strings.Builder
	b.WriteString(policy)
	for _, node := range d.Nodes {
		if safeOrigin(node) {
			b.WriteString(" " + node)
		}
	}
	b.WriteString("; frame-ancestors 'self'")
	if safeOrigin(d.Shop) {
		b.WriteString(" " + d.Shop)
	}
	return b.String()
}

// safeOrigin reports whether the text can stand in a policy without changing the rest of it.
func safeOrigin(s string) bool { return s != "" && !strings.ContainsAny(s, " ;,'\"\t\r\n") }

// Write writes the document.
func Write(w io.Writer, d *Data) error {
	data, err := json.Marshal(d) // it escapes < and >, so that no text can end the element that holds it
	if err != nil {
		return err
	}
	name := d.Name
	if name == "" {
		name = d.Event
	}
	_, err = strings.NewReplacer(
		"{{lang}}", d.Lang, "{{title}}", titles[d.Lang], "{{name}}", html.EscapeString(name),
		"{{noscript}}", noScripts[d.Lang], "{{data}}", string(data),
	).WriteString(w, standing)
	return err
}

// hash is how a policy names a script or style.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
