package quality

// Result is what came of one sale.
type Result struct {
	Allocator string
	// Parties that paid; Groups are those of two or more, Split those of them who do not sit in one row side by side, Alone
	// those of which somebody has nobody of the party beside him, Strewn those who do not even sit in one section.
	Parties, Groups, Split, Alone, Strewn int
	// RefusedThoughFree were refused while as many seats were free as they asked for, RefusedForWant while there were fewer.
	RefusedThoughFree, RefusedForWant int
	// Taken is how it stood when Shares of the seats were first held or sold, Sold when as many were sold, End when nobody
	// came any more. The ranks of Taken are those of the seats taken, else those of the seats sold.
	Taken, Sold [len(Shares)]Mark
	End         Mark
	// MedianNanos and P99Nanos are the time of a decision: the choice and the hold, refusals included.
	MedianNanos, P99Nanos int64
	// States is the letter of every seat when 80 % of them were first held or sold.
	States string
	// Revision is the event's when States was taken.
	Revision uint64
}

// Shares are the moments at which a sale is looked at, in percent of the seats.
var Shares = [...]int{50, 80, 95}

// pictureShare is the moment of the pictures: 80 %.
const pictureShare = 1

// Mark is how a sale stood at a moment.
type Mark struct {
	Free, Singles int
	MeanRank      float64
}

func (s *sale) mark(ranks uint64, seats int) Mark {
	return Mark{Free: s.house.left, Singles: s.house.singles(), MeanRank: float64(ranks) / float64(max(1, seats))}
}

// markTaken and markSold look whether a moment has come. A moment comes once: its Mark then has a rank.
func (s *sale) markTaken() {
	taken := len(s.house.free) - s.house.left
	for i, share := range Shares {
		if m := &s.result.Taken[i]; m.MeanRank == 0 && s.share(taken, share) {
			*m = s.mark(s.heldRanks+s.soldRanks, taken)
			if i == pictureShare {
				p := s.event.Picture()
				s.result.States, s.result.Revision = string(p.AppendStates(nil)), p.Revision()
			}
		}
	}
}

func (s *sale) markSold() {
	for i, share := range Shares {
		if m := &s.result.Sold[i]; m.MeanRank == 0 && s.share(s.sold, share) {
			*m = s.mark(s.soldRanks, s.sold)
		}
	}
}

func (s *sale) share(seats, percent int) bool { return seats*100 >= percent*len(s.house.free) }
