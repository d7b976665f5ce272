package command

import (
	"github.com/parterre/parterre/actors/command/pack"
	"github.com/parterre/parterre/actors/seatmap"
)

// AppendResult appends r's encoding to b.
func AppendResult(b []byte, r *Result) []byte {
	a := &r.Answer
	p := presentInAnswer(a) | hasRoom.when(r.Room != nil)
	b = pack.AppendArray(b, resultLength+p.values(resultFlags))
	b = pack.AppendUint(b, Version)
	b = pack.AppendUint(b, r.Index)
	b = pack.AppendInt(b, r.NowMillis)
	b = pack.AppendUint(b, uint64(a.Code))
	b = pack.AppendUint(b, uint64(p))
	b = appendOwner(b, a, p)
	if p&hasExpiresAt != 0 {
		b = pack.AppendInt(b, a.ExpiresAtMillis)
	}
	if p&hasTotal != 0 {
		b = pack.AppendInt(b, a.Total)
	}
	if p&hasPlaces != 0 {
		b = appendPlaces(b, a.Places)
	}
	if p&hasLabels != 0 {
		b = appendTexts(b, a.Labels)
	}
	if p&hasReason != 0 {
		b = pack.AppendString(b, a.Reason)
	}
	if p&hasField != 0 {
		b = pack.AppendString(b, a.Field)
	}
	if p&hasLapsed != 0 {
		b = pack.AppendInt(b, int64(a.Lapsed))
	}
	if p&hasRoom != 0 {
		b = appendRoomAnswer(b, r.Room)
	}
	return b
}

// presentInAnswer says which values of an answer are to be written.
func presentInAnswer(a *seatmap.Answer) present {
	return isReplayed.when(a.Replayed) | isCreated.when(a.Created) | isTogether.when(a.Together) |
		hasState.when(a.State != 0) | hasExtensionsLeft.when(a.ExtensionsLeft != 0) |
		hasRevision.when(a.Revision != 0) | hasAnswerID.when(!a.ID.IsZero()) |
		hasAnswerBuyer.when(a.Buyer != "") | hasAnswerReference.when(a.Reference != "") |
		hasCurrency.when(a.Currency != "") | hasExpiresAt.when(a.ExpiresAtMillis != 0) |
		hasTotal.when(a.Total != 0) | hasPlaces.when(len(a.Places) != 0) | hasLabels.when(len(a.Labels) != 0) |
		hasReason.when(a.Reason != "") | hasField.when(a.Field != "") | hasLapsed.when(a.Lapsed != 0)
}

// appendOwner writes the values that say whose hold or order it is and how it stands.
func appendOwner(b []byte, a *seatmap.Answer, p present) []byte {
	if p&hasState != 0 {
		b = pack.AppendUint(b, uint64(a.State))
	}
	if p&hasExtensionsLeft != 0 {
		b = pack.AppendInt(b, int64(a.ExtensionsLeft))
	}
	if p&hasRevision != 0 {
		b = pack.AppendUint(b, a.Revision)
	}
	if p&hasAnswerID != 0 {
		b = pack.AppendBytes(b, a.ID[:])
	}
	if p&hasAnswerBuyer != 0 {
		b = pack.AppendString(b, a.Buyer)
	}
	if p&hasAnswerReference != 0 {
		b = pack.AppendString(b, a.Reference)
	}
	if p&hasCurrency != 0 {
		b = pack.AppendString(b, a.Currency)
	}
	return b
}

func appendPlaces(b []byte, places []seatmap.Place) []byte {
	b = pack.AppendArray(b, len(places))
	for i := range places {
		place := &places[i]
		b = pack.AppendArray(b, placeLength)
		b = pack.AppendUint(b, uint64(place.Kind))
		b = pack.AppendString(b, place.Label)
		b = pack.AppendString(b, place.Category)
		b = pack.AppendInt(b, place.Price)
		b = pack.AppendInt(b, int64(place.Quantity))
		b = pack.AppendUint(b, uint64(place.Ticket))
	}
	return b
}
