package command

import (
	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

func appendChart(b []byte, c *Chart) []byte {
	if c == nil {
		return pack.AppendNil(b)
	}
	b = pack.AppendArray(b, chartLength)
	b = pack.AppendString(b, c.Name)
	b = pack.AppendBytes(b, c.Document)
	b = pack.AppendBytes(b, c.Content[:])
	b = pack.AppendBytes(b, c.Plan[:])
	b = pack.AppendBytes(b, c.PlanCode)
	return pack.AppendBytes(b, c.Key[:])
}

func appendCreate(b []byte, c *Create) []byte {
	if c == nil {
		return pack.AppendNil(b)
	}
	b = pack.AppendArray(b, createLength)
	b = pack.AppendString(b, c.Chart)
	b = pack.AppendBytes(b, c.Plan[:])
	b = appendConfig(b, &c.Config)
	return pack.AppendBytes(b, c.Key[:])
}

func appendPatch(b []byte, p *seatmap.ConfigPatch) []byte {
	b = pack.AppendArray(b, patchLength)
	b = pack.AppendUint(b, uint64(p.Set))
	return appendConfig(b, &p.Config)
}

func appendConfig(b []byte, c *seatmap.Config) []byte {
	b = pack.AppendArray(b, configLength)
	b = pack.AppendString(b, c.Name)
	b = pack.AppendInt(b, c.StartsAtMillis)
	b = pack.AppendString(b, c.Currency)
	b = pack.AppendArray(b, len(c.Prices))
	for i := range c.Prices {
		b = pack.AppendArray(b, pairLength)
		b = pack.AppendString(b, c.Prices[i].Category)
		b = pack.AppendInt(b, c.Prices[i].Price)
	}
	b = pack.AppendUint(b, uint64(c.State))
	b = pack.AppendInt(b, c.SaleOpensMillis)
	b = pack.AppendInt(b, c.SaleClosesMillis)
	b = pack.AppendInt(b, int64(c.HoldTTLSeconds))
	b = pack.AppendInt(b, int64(c.HoldExtensions))
	b = pack.AppendInt(b, int64(c.PlacesPerHold))
	b = pack.AppendInt(b, int64(c.PlacesPerBuyer))
	return pack.AppendUint(b, uint64(c.Orphans))
}
