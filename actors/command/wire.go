package command

import (
	"math/bits"

	"github.com/parterre/parterre/actors/seatmap"
)

// Version is the version of the format that this package writes, and the newest that it reads.
const Version = 1

// Lengths of the arrays up to the optional values.
const (
	envelopeLength = 3 // version, kind, event
	requestLength  = envelopeLength + 2
	resultLength   = 5
	chartLength    = 6
	createLength   = 4
	configLength   = 12
	patchLength    = 2
	pairLength     = 2 // an area with its quantity, a category with its price
	placeLength    = 6
	wishLength     = 7
)

// present says which optional values follow. The bits stand in logs: never renumber, only append.
type present uint32

// The bits of a request. The first seven are those of holds, confirmations and sales, for which present is one byte.
const (
	hasKey present = 1 << iota
	hasFingerprint
	hasID
	hasBuyer
	hasAddSeats
	hasReference
	isCallerKey // no value follows
	hasAddAreas
	hasAddTables
	isRetake // no value follows
	hasTTL
	hasRemoveSeats
	hasRemoveAreas
	hasRemoveTables
	hasTickets
	hasPatch
	hasLimit
	hasWish
	hasPass

	requestBits  = hasPass<<1 - 1
	requestFlags = isCallerKey | isRetake
)

// The bits of a result.
const (
	isReplayed present = 1 << iota // no value follows
	isCreated                      // no value follows
	isTogether                     // no value follows
	hasState
	hasExtensionsLeft
	hasRevision
	hasAnswerID
	hasAnswerBuyer
	hasAnswerReference
	hasCurrency
	hasExpiresAt
	hasTotal
	hasPlaces
	hasLabels
	hasReason
	hasField
	hasLapsed
	hasRoom

	resultBits  = hasRoom<<1 - 1
	resultFlags = isReplayed | isCreated | isTogether
)

// patchBits are the settings that version 1 knows.
const patchBits = seatmap.FieldOrphans<<1 - 1

// togethers is the number of ways to sit that version 1 knows; each is below it.
const togethers = seatmap.TogetherAny + 1

// values is the number of values that follow p.
func (p present) values(flags present) int { return bits.OnesCount32(uint32(p &^ flags)) }

// when is bit if it holds.
func (p present) when(holds bool) present {
	if holds {
		return p
	}
	return 0
}
