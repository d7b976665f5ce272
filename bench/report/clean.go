package report

import (
	"strings"
	"unicode/utf8"
)

// clean replaces what neither XML nor a reader can take: control characters and bytes that are no UTF-8.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return r
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return utf8.RuneError // also marks that turn the direction of what follows
		}
		return r
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// clean cleans every text of the document.
func (d *document) clean() {
	d.Title = clean(d.Title)
	for i := range d.Lead {
		d.Lead[i] = clean(d.Lead[i])
	}
	for i := range d.Facts {
		f := &d.Facts[i]
		f.Name, f.Value, f.Note = clean(f.Name), clean(f.Value), clean(f.Note)
	}
	for i := range d.Sections {
		d.Sections[i].Title = clean(d.Sections[i].Title)
		for j := range d.Sections[i].Blocks {
			d.Sections[i].Blocks[j].clean()
		}
	}
}

func (b *block) clean() {
	b.Heading = clean(b.Heading)
	if b.Para != nil {
		b.Para.Text = clean(b.Para.Text)
	}
	for i := range b.List {
		b.List[i].Text = clean(b.List[i].Text)
	}
	for i := range b.Code {
		b.Code[i] = clean(b.Code[i])
	}
	b.Table.clean()
	b.Pairs.clean()
	for i := range b.Figures {
		f := &b.Figures[i]
		f.Title, f.Says = clean(f.Title), clean(f.Says)
		for j := range f.Legend {
			f.Legend[j].Name = clean(f.Legend[j].Name)
		}
		f.Data.clean()
	}
}

func (t *table) clean() {
	if t == nil {
		return
	}
	t.Caption = clean(t.Caption)
	for i := range t.Columns {
		t.Columns[i].Name = clean(t.Columns[i].Name)
	}
	for _, row := range t.Rows {
		for i := range row {
			row[i].Text, row[i].Note = clean(row[i].Text), clean(row[i].Note)
		}
	}
}
