package hclogslog

import "time"

const (
	// troubleInterval is how long the same warning or error is kept quiet after it was told.
	troubleInterval = 5 * time.Second
	// maxTroubles bounds the messages that are told apart. The libraries have some dozens; beyond, all are told.
	maxTroubles = 256
)

// trouble is a warning or error that was told.
type trouble struct {
	told   time.Time
	unsaid int
}

// repeated says whether a message is to be kept quiet now, and if not, how many like it were since it was last told.
func (s *sink) repeated(message string, now time.Time) (repeats int, quiet bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.troubles[message]
	if t == nil {
		if len(s.troubles) < maxTroubles {
			s.troubles[message] = &trouble{told: now}
		}
		return 0, false
	}
	if now.Sub(t.told) < troubleInterval {
		t.unsaid++
		return 0, true
	}
	repeats = t.unsaid
	*t = trouble{told: now}
	return repeats, false
}
