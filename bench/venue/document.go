package venue

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// document is what a shopper's page needs of a chart. Unknown fields are not its business.
type document struct {
	Name       string `json:"name"`
	FocalPoint struct {
		X float64 `json:"x"`
		Y float64 `json:"y"`
	} `json:"focal_point"`
	Categories []struct {
		Key string `json:"key"`
	} `json:"categories"`
	Sections []section `json:"sections"`
	Areas    []struct {
		Key      string `json:"key"`
		Capacity int    `json:"capacity"`
	} `json:"areas"`
	Tables []table `json:"tables"`
}

type section struct {
	Key  string `json:"key"`
	Rows []row  `json:"rows"`
}

type row struct {
	Key   string `json:"key"`
	Seats seats  `json:"seats"`
}

type seat struct {
	Key        string  `json:"key"`
	X          float64 `json:"x"`
	Y          float64 `json:"y"`
	AisleAfter bool    `json:"aisle_after"`
}

type table struct {
	Key   string  `json:"key"`
	Seats int     `json:"seats"`
	Book  string  `json:"book"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
}

// seats are a row's seats, drawn as a list or as a run.
type seats []seat

// UnmarshalJSON reads either form.
func (s *seats) UnmarshalJSON(text []byte) error {
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, (*[]seat)(s))
	}
	run := struct {
		Count        int
		First        int
		X, Y, DX, DY float64
	}{First: 1}
	if err := json.Unmarshal(text, &run); err != nil {
		return err
	}
	if run.Count < 0 || run.Count > MaxSeats {
		return ErrSize
	}
	*s = make(seats, run.Count)
	for i := range *s {
		(*s)[i] = seat{
			Key: strconv.Itoa(run.First + i), X: run.X + float64(float64(i)*run.DX), Y: run.Y + float64(float64(i)*run.DY),
		}
	}
	return nil
}
