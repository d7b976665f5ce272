package actors

import (
	"fmt"

	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/waitroom"
)

// readRooms reads the waiting rooms, each of an event that was read before.
func (s *staged) readRooms() error {
	last := ""
	for range s.header.rooms {
		e, err := s.readRoom(last)
		if err != nil {
			return err
		}
		last = e.key
		e.listed = true
		s.state.behindRooms = append(s.state.behindRooms, e)
	}
	return nil
}

func (s *staged) readRoom(last string) (*Event, error) {
	if err := s.in.begin(frameRoom); err != nil {
		return nil, err
	}
	key, err := s.in.text(command.MaxEventKeyBytes)
	if err != nil {
		return nil, err
	}
	e := s.state.byKey[key]
	if e == nil || key <= last {
		return nil, fmt.Errorf("%w: the room of event %q stands where none may", ErrSnapshotContent, key)
	}
	room, err := waitroom.Restore(s.in)
	if s.in.err != nil {
		return nil, s.in.err
	}
	if err != nil {
		return nil, fmt.Errorf("%w: room of event %q: %w", ErrSnapshotContent, key, err)
	}
	s.rooms[e] = room
	return e, s.in.end()
}
