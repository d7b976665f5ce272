package history

// EachResult calls do for every result of a batch's answer in JSON, in order, with its status and body (null or nothing is
// empty), which is part of answer. It does not allocate.
func EachResult(answer []byte, do func(i, status int, body []byte)) error {
	s := scanner{b: answer}
	i := 0
	for first := s.enter('{'); s.more('}', &first); {
		if name := s.name(); string(name) != "results" {
			s.skip()
			continue
		}
		for first := s.enter('['); s.more(']', &first); i++ {
			if status, body := s.result(); !s.bad {
				do(i, status, body)
			}
		}
	}
	if s.bad {
		return ErrAnswer
	}
	return nil
}

// result reads {"status": …, "body": …}.
func (s *scanner) result() (status int, body []byte) {
	for first := s.enter('{'); s.more('}', &first); {
		switch name := s.name(); string(name) {
		case "status":
			status = int(s.number())
		case "body":
			isObject := s.peek() == '{'
			from := s.at
			s.skip()
			if isObject {
				body = s.b[from:s.at]
			}
		default:
			s.skip()
		}
	}
	return status, body
}
