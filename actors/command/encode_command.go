package command

import (
	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
	"github.com/parterre/parterre/actors/waitroom"
)

// AppendCommand appends c's encoding to b. Only what c's kind uses is written. A command that Validate refuses is
// written too, but no decoder will take it: validate before proposing.
func AppendCommand(b []byte, c *Command) []byte {
	switch c.Kind {
	case KindEvent:
		return appendRequest(b, c)
	case KindPutChart, KindInstallChart:
		return appendChart(appendEnvelope(b, c, envelopeLength+1), c.Chart)
	case KindCreateEvent:
		return appendCreate(appendEnvelope(b, c, envelopeLength+1), c.Create)
	case KindRoom:
		return appendRoom(appendEnvelope(b, c, envelopeLength+1), c.Room)
	}
	return appendEnvelope(b, c, envelopeLength)
}

func appendEnvelope(b []byte, c *Command, length int) []byte {
	b = pack.AppendArray(b, length)
	b = pack.AppendUint(b, Version)
	b = pack.AppendUint(b, uint64(c.Kind))
	return pack.AppendString(b, c.Event)
}

// presentIn says which values of a request are to be written.
func presentIn(r *seatmap.Request) present {
	return hasKey.when(r.Key != seatmap.Key{}) | hasFingerprint.when(r.Fingerprint != 0) |
		hasID.when(!r.ID.IsZero()) | hasBuyer.when(r.Buyer != "") | hasReference.when(r.Reference != "") |
		isCallerKey.when(r.CallerKey) | isRetake.when(r.Retake) |
		hasTTL.when(r.TTLSeconds != 0) | hasLimit.when(r.Limit != 0) |
		hasAddSeats.when(len(r.Add.Seats) != 0) | hasAddAreas.when(len(r.Add.Areas) != 0) |
		hasAddTables.when(len(r.Add.Tables) != 0) | hasRemoveSeats.when(len(r.Remove.Seats) != 0) |
		hasRemoveAreas.when(len(r.Remove.Areas) != 0) | hasRemoveTables.when(len(r.Remove.Tables) != 0) |
		hasTickets.when(len(r.Tickets) != 0) | hasPatch.when(r.Patch != nil) | hasWish.when(wished(&r.Wish))
}

func appendRequest(b []byte, c *Command) []byte {
	r := &c.Request
	p := presentIn(r) | hasPass.when(c.Pass != waitroom.Pass{})
	b = appendEnvelope(b, c, requestLength+p.values(requestFlags))
	b = pack.AppendUint(b, uint64(r.Op))
	b = pack.AppendUint(b, uint64(p))
	if p&hasKey != 0 {
		b = pack.AppendBytes(b, r.Key[:])
	}
	if p&hasFingerprint != 0 {
		b = pack.AppendUint(b, r.Fingerprint)
	}
	if p&hasID != 0 {
		b = pack.AppendBytes(b, r.ID[:])
	}
	if p&hasBuyer != 0 {
		b = pack.AppendString(b, r.Buyer)
	}
	if p&hasAddSeats != 0 {
		b = appendTexts(b, r.Add.Seats)
	}
	if p&hasReference != 0 {
		b = pack.AppendString(b, r.Reference)
	}
	if p >= hasAddAreas {
		b = appendRare(b, r, p)
	}
	if p&hasPass != 0 {
		b = appendPass(b, &c.Pass)
	}
	return b
}

// appendRare writes the values that holds of seats, confirmations and sales do not have.
func appendRare(b []byte, r *seatmap.Request, p present) []byte {
	if p&hasAddAreas != 0 {
		b = appendAreas(b, r.Add.Areas)
	}
	if p&hasAddTables != 0 {
		b = appendTexts(b, r.Add.Tables)
	}
	if p&hasTTL != 0 {
		b = pack.AppendInt(b, int64(r.TTLSeconds))
	}
	if p&hasRemoveSeats != 0 {
		b = appendTexts(b, r.Remove.Seats)
	}
	if p&hasRemoveAreas != 0 {
		b = appendAreas(b, r.Remove.Areas)
	}
	if p&hasRemoveTables != 0 {
		b = appendTexts(b, r.Remove.Tables)
	}
	if p&hasTickets != 0 {
		b = pack.AppendArray(b, len(r.Tickets))
		for _, ticket := range r.Tickets {
			b = pack.AppendUint(b, uint64(ticket))
		}
	}
	if p&hasPatch != 0 {
		b = appendPatch(b, r.Patch)
	}
	if p&hasLimit != 0 {
		b = pack.AppendInt(b, int64(r.Limit))
	}
	if p&hasWish != 0 {
		b = appendWish(b, &r.Wish)
	}
	return b
}

func appendTexts(b []byte, texts []string) []byte {
	b = pack.AppendArray(b, len(texts))
	for _, text := range texts {
		b = pack.AppendString(b, text)
	}
	return b
}

func appendAreas(b []byte, areas []seatmap.AreaQuantity) []byte {
	b = pack.AppendArray(b, len(areas))
	for i := range areas {
		b = pack.AppendArray(b, pairLength)
		b = pack.AppendString(b, areas[i].Area)
		b = pack.AppendInt(b, int64(areas[i].Quantity))
	}
	return b
}
