package report

import (
	_ "embed"
	"html/template"
	"io"
)

var (
	//go:embed page/page.html
	pageText string
	//go:embed page/style.css
	style string

	page = template.Must(template.New("page").Parse(pageText))
)

// writeHTML writes the document as one page that is HTML and, for those who check it, well-formed XML.
func writeHTML(w io.Writer, d *document) error {
	return page.Execute(w, struct {
		*document
		Style template.CSS
	}{d, template.CSS(style)}) //nolint:gosec // our own file
}
