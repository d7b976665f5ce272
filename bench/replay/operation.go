package replay

import (
	"github.com/parterre/parterre/bench/history"
	"github.com/parterre/parterre/bench/trace"
)

// operation is what figures are kept by: an action, and of holds whether their seats were chosen.
type operation uint8

const (
	opMap operation = iota
	opMapAgain
	opHold
	opBest
	opConfirm
	opRelease
	opExtend
	opChange
	opSale
	opCancel
	opReadHold
	opReadOrder
	opJoin
	opAsk
	opEnter
	opLeave
	operations
)

var operationWords = [operations]string{
	opMap: "seat map", opMapAgain: "seat map again", opHold: "hold", opBest: "hold best available", opConfirm: "confirm",
	opRelease: "release", opExtend: "extend", opChange: "change", opSale: "sale", opCancel: "cancel",
	opReadHold: "read hold", opReadOrder: "read order",
	opJoin: "join the line", opAsk: "ask for the place", opEnter: "enter", opLeave: "leave",
}

func (o operation) String() string { return operationWords[o] }

// writes says whether an operation changes seats when it succeeds.
func (o operation) writes() bool { return o >= opHold && o <= opCancel }

// atDoor says whether an operation is one at a waiting room's door.
func (o operation) atDoor() bool { return o >= opJoin }

// operationOf is the operation of a record, and its kind in a history.
func operationOf(r *trace.Record) (operation, history.Kind) {
	switch r.Action {
	case trace.Look:
		return opMap, history.KindReadMap
	case trace.LookAgain:
		return opMapAgain, history.KindReadMap
	case trace.Hold:
		if r.Way == trace.WayBest {
			return opBest, history.KindWish
		}
		return opHold, history.KindHold
	case trace.Confirm:
		return opConfirm, history.KindConfirm
	case trace.Extend:
		return opExtend, history.KindExtend
	case trace.ReadHold:
		return opReadHold, history.KindReadHold
	case trace.ReadOrder:
		return opReadOrder, history.KindReadOrder
	case trace.Sale:
		return opSale, history.KindSale
	case trace.Cancel:
		return opCancel, history.KindCancel
	case trace.Change:
		return opChange, history.KindChange
	}
	return opRelease, history.KindRelease // Release, and Decline where it gives the hold back
}
