package report

import (
	"bytes"
	"io"
	"strings"
)

// writeMarkdown writes the document as Markdown: everything but the pictures.
func writeMarkdown(w io.Writer, d *document) error {
	m := &markdown{}
	m.line("# ", d.Title)
	for _, l := range d.Lead {
		m.line("", l)
	}
	for _, f := range d.Facts {
		m.item("**" + escapeMarkdown(f.Name) + ":** " + escapeMarkdown(f.Value) + note(f.Note, " (", ")"))
	}
	m.WriteString("\n")
	for _, s := range d.Sections {
		m.line("## ", s.Title)
		for _, b := range s.Blocks {
			m.block(&b)
		}
	}
	m.WriteString("The same with pictures: [index.html](index.html); every figure that was measured: [run.json](run.json).\n")
	_, err := w.Write(m.Bytes())
	return err
}

type markdown struct{ bytes.Buffer }

func (m *markdown) line(prefix, text string) { m.WriteString(prefix + escapeMarkdown(text) + "\n\n") }

func (m *markdown) item(escaped string) { m.WriteString("- " + escaped + "\n") }

func (m *markdown) block(b *block) {
	if b.Heading != "" {
		m.line("### ", b.Heading)
	}
	if b.Para != nil {
		if b.Para.Tone == plain {
			m.line("", b.Para.Text)
		} else {
			m.WriteString("**" + escapeMarkdown(b.Para.Text) + "**\n\n")
		}
	}
	for _, p := range b.List {
		m.item(escapeMarkdown(p.Text))
	}
	if len(b.List) > 0 {
		m.WriteString("\n")
	}
	for _, c := range b.Code {
		m.code(c)
	}
	if b.Table != nil {
		m.WriteString("**" + escapeMarkdown(b.Table.Caption) + "**\n\n")
		m.table(b.Table)
	}
	if b.Pairs != nil {
		m.table(b.Pairs)
	}
	for i := range b.Figures {
		if f := &b.Figures[i]; f.Data != nil {
			m.WriteString("**" + escapeMarkdown(f.Title) + "**" + note(f.Says, " ", "") + "\n\n")
			m.table(f.Data)
		}
	}
}

// code writes lines as they are, in a fence longer than any in them.
func (m *markdown) code(text string) {
	text = strings.NewReplacer("\n", " ", "\r", " ").Replace(clean(text))
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	m.WriteString(fence + "\n" + text + "\n" + fence + "\n\n")
}

func (m *markdown) table(t *table) {
	for _, c := range t.Columns {
		m.WriteString("| " + escapeMarkdown(c.Name) + " ")
	}
	m.WriteString("|\n")
	for _, c := range t.Columns {
		if c.Right {
			m.WriteString("|---:")
		} else {
			m.WriteString("|---")
		}
	}
	m.WriteString("|\n")
	for _, r := range t.Rows {
		for _, c := range r {
			m.WriteString("| " + escapeMarkdown(c.Text) + note(c.Note, " (", ")") + " ")
		}
		m.WriteString("|\n")
	}
	m.WriteString("\n")
}

func note(text, before, after string) string {
	if text == "" {
		return ""
	}
	return before + escapeMarkdown(text) + after
}

// escapeMarkdown makes a text a part of a line that shows as it is: no markup, no link, no HTML, no end of a table's cell.
func escapeMarkdown(text string) string { return markdownEscaper.Replace(clean(text)) }

var markdownEscaper = strings.NewReplacer(
	"\\", "\\\\", "|", "\\|", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "#", "\\#", "~", "\\~",
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "\n", " ", "\r", " ", "\t", " ", "://", ":\u200b//",
)
