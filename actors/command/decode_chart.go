package command

import (
	"math"

	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// missing reports whether nil stands where a part is required.
func missing(r *pack.Reader) bool {
	at := r.Offset()
	if !r.Nil() {
		return false
	}
	r.Fail(at, ErrMissing)
	return true
}

func readChart(r *pack.Reader) *Chart {
	if missing(r) {
		return nil
	}
	c := &Chart{}
	readLength(r, chartLength)
	c.Name = r.String(MaxChartNameBytes)
	c.Document = r.Bytes(MaxPackedDocumentBytes)
	r.Fixed(c.Content[:])
	r.Fixed(c.Plan[:])
	c.PlanCode = r.Bytes(MaxPackedPlanBytes)
	r.Fixed(c.Key[:])
	return c
}

func readCreate(r *pack.Reader) *Create {
	if missing(r) {
		return nil
	}
	c := &Create{}
	readLength(r, createLength)
	c.Chart = r.String(MaxChartNameBytes)
	r.Fixed(c.Plan[:])
	readConfig(r, &c.Config)
	r.Fixed(c.Key[:])
	return c
}

func readPatch(r *pack.Reader) *seatmap.ConfigPatch {
	p := &seatmap.ConfigPatch{}
	readLength(r, patchLength)
	at := r.Offset()
	p.Set = seatmap.ConfigField(r.Uint(math.MaxUint16))
	if p.Set&^patchBits != 0 {
		r.Fail(at, ErrUnknown)
	}
	readConfig(r, &p.Config)
	return p
}

// readConfig reads settings. Whether their values make sense is for the seat map to say.
func readConfig(r *pack.Reader, c *seatmap.Config) {
	readLength(r, configLength)
	c.Name = r.String(seatmap.MaxNameBytes)
	c.StartsAtMillis = readInt64(r)
	c.Currency = r.String(MaxCurrencyBytes)
	if n := r.Array(seatmap.MaxCategories); n > 0 {
		c.Prices = make([]seatmap.CategoryPrice, n)
		for i := range c.Prices {
			readLength(r, pairLength)
			c.Prices[i] = seatmap.CategoryPrice{Category: r.String(MaxCategoryKeyBytes), Price: readInt64(r)}
		}
	}
	c.State = seatmap.SaleState(r.Uint(math.MaxUint8))
	c.SaleOpensMillis = readInt64(r)
	c.SaleClosesMillis = readInt64(r)
	c.HoldTTLSeconds = readInt32(r)
	c.HoldExtensions = readInt32(r)
	c.PlacesPerHold = readInt32(r)
	c.PlacesPerBuyer = readInt32(r)
	c.Orphans = seatmap.OrphanRule(r.Uint(math.MaxUint8))
}

func readInt64(r *pack.Reader) int64 { return r.Int(math.MinInt64, math.MaxInt64) }
