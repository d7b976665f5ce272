package replay

import (
	"bytes"
	"strconv"

	"github.com/parterre/parterre/bench/history"
)

// standing is what an answer says of a visitor, or the code of a refusal. Texts have no escapes in them: papers are
// base64url, the others are words and times.
type standing struct {
	token, pass, state, enterBy, expires, code, laneWord string
	number, lane, place, wait, least, most, pollAfter    uint64
	placed, foretold                                     bool
}

// readStanding reads what stands before the room's own figures, which are the same for all.
func readStanding(body []byte) *standing {
	if room := bytes.Index(body, []byte(`"room":{`)); room >= 0 {
		body = body[:room]
	}
	s := &standing{
		token: textOf(body, `"token":"`), pass: textOf(body, `"pass":"`), state: textOf(body, `"state":"`), enterBy: textOf(body, `"enter_by":"`),
		expires: textOf(body, `"expires_at":"`), code: textOf(body, `"code":"`), laneWord: textOf(body, `"lane":"`),
	}
	s.number, _ = numberOf(body, `"number":`)
	s.lane, _ = numberOf(body, `"lane_index":`)
	s.place, s.placed = numberOf(body, `"place":`)
	s.wait, s.foretold = numberOf(body, `"wait_seconds":`)
	s.least, _ = numberOf(body, `"wait_low_seconds":`)
	s.most, _ = numberOf(body, `"wait_high_seconds":`)
	s.pollAfter, _ = numberOf(body, `"poll_after_seconds":`)
	return s
}

// session is a digest of what tells a session from others: whose it is, and when it ends.
func (s *standing) session() uint64 {
	return history.Digest(s.laneWord + "/" + strconv.FormatUint(s.number, 10) + "/" + s.expires)
}

func textOf(body []byte, name string) string {
	at := bytes.Index(body, []byte(name))
	if at < 0 {
		return ""
	}
	text, _, _ := bytes.Cut(body[at+len(name):], []byte{'"'})
	return string(text)
}

func numberOf(body []byte, name string) (n uint64, ok bool) {
	at := bytes.Index(body, []byte(name))
	if at < 0 {
		return 0, false
	}
	for _, d := range body[at+len(name):] {
		if d < '0' || d > '9' {
			break
		}
		n, ok = n*10+uint64(d-'0'), true
	}
	return n, ok
}
