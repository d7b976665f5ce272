package replay

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/parterre/parterre/bench/venue"
	"github.com/parterre/parterre/bench/wire"
)

// picture is one revision of an event's seat map, shared by all who were shown it.
type picture struct {
	*venue.Picture // nil until one of the answers that show it was read
	revision       uint64
	etag           []byte

	reading sync.Mutex
}

// pictures keeps the newest seat maps of one event: thousands of shoppers are shown the same ones, from every node, and each
// is read once. A revision looks the same on every node.
type pictures struct {
	house *house

	mu     sync.Mutex
	recent [recentPictures]*picture
	next   int
}

const (
	// recentPictures is how many revisions are kept for those who are shown them by a node that lags.
	recentPictures = 64
	// maxMapBytes bounds an unzipped seat map.
	maxMapBytes = 8 << 20
)

// errMap says that a node's seat map cannot be read.
var errMap = errors.New("replay: a seat map that cannot be read")

// of is the picture that an answer shows. The answer's body is read only if nobody was shown this revision before: who comes
// while another reads it waits for that one, and reads their own answer only if the other's could not be read.
func (p *pictures) of(a *wire.Answer) (*picture, error) {
	shown := p.revision(a)
	shown.reading.Lock()
	defer shown.reading.Unlock()
	if shown.Picture == nil {
		states, err := states(a)
		if err != nil {
			return nil, err
		}
		shown.Picture = venue.NewPicture(p.house.venue, states)
	}
	return shown, nil
}

// revision is the picture of the revision that an answer is of, read or not.
func (p *pictures) revision(a *wire.Answer) *picture {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, known := range p.recent {
		if known != nil && known.revision == a.Revision && bytes.Equal(known.etag, a.ETag) {
			return known
		}
	}
	added := &picture{revision: a.Revision, etag: bytes.Clone(a.ETag)}
	p.recent[p.next%recentPictures] = added
	p.next++
	return added
}

// states reads the letters of all seats out of an answer.
func states(a *wire.Answer) (string, error) {
	body := a.Body
	if a.Gzipped {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return "", fmt.Errorf("%w: %w", errMap, err)
		}
		if body, err = io.ReadAll(io.LimitReader(z, maxMapBytes)); err != nil {
			return "", fmt.Errorf("%w: %w", errMap, err)
		}
	}
	const name = `"states":"`
	at := bytes.Index(body, []byte(name))
	if at < 0 {
		return "", fmt.Errorf("%w: no states", errMap)
	}
	letters := body[at+len(name):]
	end := bytes.IndexByte(letters, '"')
	if end < 0 {
		return "", fmt.Errorf("%w: states without end", errMap)
	}
	return string(letters[:end]), nil
}
