package history

// AskedWith reads from the JSON body of a request what is asked for: places and wish of a hold or sale, added and removed
// places of a change, the hold of a confirmation with its reference and retake, the ttl of an extension. What a body has
// besides is passed over. It does not allocate, and may be called at any time before Add.
func (o *Op) AskedWith(c *Chart, body []byte) error {
	s := scanner{b: body}
	o.readRequest(c, &s, &o.Asked)
	if s.bad {
		return ErrRequest
	}
	return nil
}

func (o *Op) readRequest(c *Chart, s *scanner, into *[]Place) {
	for first := s.enter('{'); s.more('}', &first); {
		switch name := s.name(); string(name) {
		case "seats", "tables", "areas":
			readSelected(c, s, into)
		case "best_available":
			o.readWish(s)
		case "add":
			o.readPart(c, s, &o.Asked)
		case "remove":
			o.readPart(c, s, &o.Taken)
		case "hold":
			o.ID, _ = ParseID(s.text()) // a text of another form names no hold that anybody has
		case "reference":
			if text := s.text(); len(text) > 0 {
				o.Reference = Digest(text)
			}
		case "if_expired":
			if string(s.text()) == "retake" {
				o.Flags |= FlagRetake
			}
		case "ttl_seconds":
			o.TTLSeconds = uint32(s.number())
		default:
			s.skip()
		}
	}
}

// readPart reads one side of a change: a selection, or just seats.
func (o *Op) readPart(c *Chart, s *scanner, into *[]Place) {
	if s.peek() == '[' {
		readSelected(c, s, into)
		return
	}
	o.readRequest(c, s, into)
}

// readSelected reads seats, or objects that name tables or areas.
func readSelected(c *Chart, s *scanner, into *[]Place) {
	for first := s.enter('['); s.more(']', &first); {
		number, quantity := NoPlace, uint32(1)
		if s.peek() == '"' {
			*into = add(*into, Number(c, s.text()), 1)
			continue
		}
		for first := s.enter('{'); s.more('}', &first); {
			switch name := s.name(); string(name) {
			case "table", "area":
				number = Number(c, s.text())
			case "quantity":
				quantity = uint32(s.number())
			default:
				s.skip()
			}
		}
		*into = add(*into, number, quantity)
	}
}

// readWish reads best_available: how many, and whether anything narrows the choice.
func (o *Op) readWish(s *scanner) {
	for first := s.enter('{'); s.more('}', &first); {
		switch name := s.name(); string(name) {
		case "quantity":
			o.Wanted = uint32(s.number())
		case "together":
			if string(s.text()) == "require" {
				o.Flags |= FlagTogether
			}
		default: // categories, sections, accessible seats, prices
			o.Flags |= FlagNarrowed
			s.skip()
		}
	}
}
