package command

// CONTRACT SKELETON: the owner of this package replaces this file with the real thing, keeping the signatures.

// AppendCommand appends c's msgpack encoding (arrays, versioned envelope).
func AppendCommand(b []byte, c *Command) []byte { panic("skeleton") }

// Decoder reads commands and results from a buffer. The strings it yields alias the buffer, which must never change.
type Decoder struct{}

func NewDecoder(b []byte) *Decoder            { panic("skeleton") }
func (d *Decoder) Reset(b []byte)             { panic("skeleton") }
func (d *Decoder) Command(c *Command) error   { panic("skeleton") } // reuses c's slices
func (d *Decoder) Result(r *Result) error     { panic("skeleton") }
func (d *Decoder) Remaining() int             { panic("skeleton") }
func AppendResult(b []byte, r *Result) []byte { panic("skeleton") }

// Fingerprint hashes everything in the command that the caller chose (not the key, nor a node-made id).
func Fingerprint(c *Command) uint64 { panic("skeleton") }
