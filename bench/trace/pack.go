package trace

// AppendPacked appends the record as it stands in a file, its time counted from the trace's start: for records that must
// wait where there are many. A record that came from a Reader always can be packed.
func (r *Record) AppendPacked(b []byte) []byte { return r.append(b, 0) }

// Unpack reads the first record of what AppendPacked made, into r, whose slices it uses again, and returns what stands
// behind it; false if that is no record.
func (r *Record) Unpack(b []byte) (rest []byte, ok bool) {
	d := decoder{b: b}
	if !d.record(r, 0) {
		return b, false
	}
	return d.b, true
}

// PackedTime is when the first record of what AppendPacked made happens, in microseconds.
func PackedTime(b []byte) (atMicros int64, ok bool) {
	d := decoder{b: b}
	d.u8()
	d.u8()
	at := d.number(maxAtMicros)
	return int64(at), !d.bad
}
