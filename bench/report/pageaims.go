package report

// aimsSection is the table of what was to be shown, met or not.
func aimsSection(aims []Aim) section {
	t := &table{
		Caption: "Aims, what was measured, and whether they are met",
		Columns: columns("Work", ">Aim", ">Measured", "Verdict"), Cards: true,
	}
	for i := range aims {
		a := &aims[i]
		verdict := cell{Text: "✓ met", Tone: good}
		measured := cell{Text: "–"}
		if a.Measured != nil {
			measured = a.cell()
		}
		switch {
		case a.Measured == nil:
			verdict = cell{Text: "– not measured", Tone: doubt, Note: a.Limit}
		case !a.Met():
			verdict = cell{Text: "✗ not met", Tone: bad, Note: "no limit was named"}
			if a.Limit != "" {
				verdict.Note = "limit: " + a.Limit
			}
		case a.Limit != "":
			verdict.Note = a.Limit
		}
		for _, e := range a.Evidence {
			verdict.Note += " [" + e + "]"
		}
		bound := "≥ "
		if a.AtMost {
			bound = "≤ "
		}
		t.Rows = append(t.Rows, []cell{{Text: a.Work, Note: a.Figure}, {Text: bound + a.bound()}, measured, verdict})
	}
	return section{ID: "aims", Title: "What it set out to show", Blocks: []block{
		paragraph("The median over the rounds decides; of an even number of rounds the lower of the middle two. In brackets the least and the most."),
		{Table: t},
	}}
}

// bound writes what is wanted, without digits that say nothing.
func (a *Aim) bound() string {
	if a.Unit == "×" {
		return round(a.Want) + thin + "×"
	}
	return a.with(a.Want)
}

// with writes a value with the aim's unit.
func (a *Aim) with(v float64) string {
	switch a.Unit {
	case "":
		return Number(v)
	case "ms":
		return Micros(v * 1000)
	case "s":
		return Seconds(v)
	case "×":
		return ratio(v) + thin + "×"
	}
	return Number(v) + " " + a.Unit
}

func (a *Aim) cell() cell {
	c := cell{Text: a.with(a.Measured.Median)}
	if a.Measured.Rounds > 1 && a.Measured.Most > a.Measured.Least {
		c.Note = a.with(a.Measured.Least) + " to " + a.with(a.Measured.Most)
	}
	return c
}
