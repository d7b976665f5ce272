package report

import "html/template"

// document is what a page says, once for both of its forms: writeHTML and writeMarkdown show the same blocks.
type document struct {
	Title    string
	Lead     []string
	Facts    []fact
	Sections []section
}

// fact is a figure at the head of the page.
type fact struct {
	Name, Value, Note string
	Tone              tone
}

type section struct {
	ID, Title string
	Blocks    []block
}

// block is one of its fields.
type block struct {
	Heading string // below the section's own
	Para    *para
	List    []para
	Table   *table
	Pairs   *table   // names and values, without a head: a list of what is what
	Figures []figure // beside each other where there is room
	Code    []string
}

type para struct {
	Text string
	Tone tone
}

// tone is how a reader should take something; it always stands beside words that say the same.
type tone string

const (
	plain tone = ""
	good  tone = "good"
	bad   tone = "bad"
	doubt tone = "doubt"
)

type table struct {
	Caption string
	Columns []column
	Rows    [][]cell
	Cards   bool // on a phone each row becomes a card
	Folded  bool // shown when asked for
}

type column struct {
	Name  string
	Right bool // figures
}

// cell is a value; the first cell of a row is its heading.
type cell struct {
	Text string
	Note string // smaller, below
	Tone tone
}

type figure struct {
	ID       string
	Title    string
	Says     string // what is drawn and how to read it
	Legend   []key
	Drawings []template.HTML // the same picture for several widths
	After    []para          // below the picture: what its marks mean
	Data     *table          // the figures behind the picture
	Half     bool
}

// key is an entry of a legend.
type key struct{ Class, Name string }

// cells makes cells of texts.
func cells(texts ...string) []cell {
	row := make([]cell, len(texts))
	for i, t := range texts {
		row[i].Text = t
	}
	return row
}

// columns makes columns of names; those that begin with ">" have figures.
func columns(names ...string) []column {
	list := make([]column, len(names))
	for i, n := range names {
		if n[0] == '>' {
			list[i] = column{n[1:], true}
		} else {
			list[i] = column{n, false}
		}
	}
	return list
}

func paragraph(text string) block { return block{Para: &para{Text: text}} }
