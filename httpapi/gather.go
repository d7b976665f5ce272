package httpapi

import (
	"github.com/parterre/parterre/actors/command"
	"github.com/parterre/parterre/actors/seatmap"
)

// operation is what is known of one operation while it is read.
type operation struct {
	kind   *operationKind // nil = not known yet
	id     string         // of a stream: as it was sent, so that it can be sent back as it was
	event  string
	key    string
	pass   string
	body   int // where a body begins that came before what must be known to read it; 0 = none
	read   bool
	bunch  *bunch
	number int // of its command in the bunch
}

// gatherer reads operations in place, one after the other, and gathers them in bunches by the partitions of their events.
// It serves batches and streams.
type gatherer struct {
	a *api
	d decoder
	// ids: every operation has an id.
	ids   bool
	spare func() *bunch // gives an empty bunch
	// filling are the bunches that are being filled, by partition; nil = none.
	filling []*bunch
	now     operation
	missing string // the code of what the operation names and nobody has; "" = nothing is missing
	nanos   int64  // Unix time of the next hold's name, ns
	// base is the key of a batch whose operations have none; number is the operation's place in it.
	base   string
	number int
	errors []fieldError
}

// open makes g read a body, or one value of a stream. Its texts alias the body.
func (g *gatherer) open(body string, msgpack bool) {
	g.d.src.reset(body, msgpack)
}

// next reads one operation and gathers it. What it is refused with is returned, and nothing is gathered then.
// What is malformed is left to the caller to see.
func (g *gatherer) next() *problem {
	d := &g.d
	outerErrors, outerBase, depth := d.errors, d.base, d.depth
	d.errors, d.base = g.errors[:0], len(d.path)
	g.now, g.missing = operation{}, ""
	d.src.peek() // past white space
	start := d.src.mark()
	g.envelope()
	p := g.refusal()
	if p == nil {
		p = g.showPass()
	}
	if p != nil {
		g.drop()
		if d.src.err() == "" && len(d.errors) >= maxBodyErrors { // reading stopped within it
			d.src.rewind(start)
			d.errors = d.errors[:0]
			d.skip()
		}
	} else {
		g.complete()
	}
	g.errors = d.errors
	d.errors, d.base, d.depth = outerErrors, outerBase, depth
	return p
}

// envelope reads the operation's fields, and its body when all is known that this takes.
func (g *gatherer) envelope() {
	d := &g.d
	if t := d.src.peek(); t != tokenObject && t != tokenBad {
		d.rejectAt("operation", "must be an object")
		d.skip()
		return
	}
	if !g.fields() || d.stopped() {
		return
	}
	if g.ids {
		d.required("id", g.now.id != "")
	}
	d.required("op", g.now.kind != nil)
	d.required("event", g.now.event != "")
	d.required("body", g.now.read || g.now.body != 0)
	if g.now.body == 0 || g.now.kind == nil || g.now.event == "" {
		return
	}
	end := d.src.mark()
	d.src.rewind(g.now.body)
	g.body()
	if !d.stopped() {
		d.src.rewind(end)
	}
}

func (g *gatherer) fields() bool {
	var f fields
	d := &g.d
	if !d.enter(&f) {
		return false
	}
	for name, ok := d.next(&f); ok; name, ok = d.next(&f) {
		if !g.field(name) {
			d.unknown()
		}
	}
	return true
}

// refusal is what the operation is refused with by its form.
func (g *gatherer) refusal() *problem {
	switch {
	case g.d.src.err() != "":
		return &problem{code: codeMalformed, detail: "The body is malformed: " + g.d.src.err() + "."}
	case len(g.d.errors) > 0:
		return &problem{code: codeInvalid, errors: append([]fieldError(nil), g.d.errors...)}
	case g.missing != "":
		return &problem{code: g.missing}
	}
	return nil
}

// showPass gives the command the operation's pass, if it is one.
func (g *gatherer) showPass() (p *problem) {
	o := &g.now
	if o.pass == "" || !needsPass(o.kind.op) {
		return nil
	}
	c := &o.bunch.many.Commands[o.number]
	c.Pass, p = g.a.passOf(o.pass, o.event, &c.Request)
	return p
}

// field reads one field of an operation; false where name is not one.
func (g *gatherer) field(name string) bool {
	d := &g.d
	switch name {
	case "id":
		if !g.ids {
			return false
		}
		g.id()
	case "op":
		g.word()
	case "event":
		if d.want(tokenText, "must be a string") {
			text := d.src.text()
			if reason := eventKeyReason(text); reason != "" && d.src.err() == "" {
				d.reject(reason)
				return true
			}
			g.now.event = text
		}
	case "key":
		if d.want(tokenText, "must be a string") {
			if g.now.key = d.src.text(); keyReason(g.now.key) != "" && d.src.err() == "" {
				d.reject(keyReason(g.now.key))
			}
		}
	case "pass":
		g.now.pass = d.line(maxPaperText, false)
	case "body":
		if g.now.kind != nil && g.now.event != "" {
			g.body()
			return true
		}
		d.src.peek() // past white space
		g.now.body = d.src.mark()
		d.skip()
	default:
		return false
	}
	return true
}

// id reads a string or number and keeps it as it was sent.
func (g *gatherer) id() {
	d := &g.d
	kind := d.src.peek()
	from := d.src.mark()
	switch kind {
	case tokenText:
		d.src.text()
	case tokenNumber:
		d.src.integer()
	default:
		d.want(tokenText, "must be a string or a number")
		return
	}
	if d.src.err() != "" {
		return
	}
	if id := d.src.since(from); len(id) <= maxStreamID {
		g.now.id = id
	} else {
		d.reject("must have at most 64 bytes")
	}
}

func (g *gatherer) word() {
	d := &g.d
	if !d.want(tokenText, "must be a string") {
		return
	}
	word := d.src.text()
	for i := range operationKinds {
		if operationKinds[i].word == word {
			g.now.kind = &operationKinds[i]
			return
		}
	}
	if d.src.err() == "" {
		d.reject("must be one of " + operationWords)
	}
}

// body reads the body into a command of the bunch that the event belongs to. Its fields are named as on the operation's
// own route.
func (g *gatherer) body() {
	d, o := &g.d, &g.now
	if o.read { // named twice: that is refused already
		return
	}
	o.read = true
	o.bunch = g.bunch(o.event)
	d.room = &o.bunch.room
	c := o.bunch.add()
	o.number = len(o.bunch.many.Commands) - 1
	c.Kind, c.Event, c.Request.Op = command.KindEvent, o.event, o.kind.op
	base := d.base
	d.base = len(d.path)
	o.kind.decode(g, &c.Request)
	d.base = base
}

// bunch is the one that is being filled for the partition of the event.
func (g *gatherer) bunch(event string) *bunch {
	p := int(g.a.node.PartitionOf(event))
	for p >= len(g.filling) {
		g.filling = append(g.filling, nil)
	}
	if g.filling[p] == nil {
		g.filling[p] = g.spare()
	}
	return g.filling[p]
}

// drop takes back what a refused operation has put into its bunch.
func (g *gatherer) drop() {
	if b := g.now.bunch; b != nil {
		b.many.Commands = b.many.Commands[:g.now.number]
	}
}

// complete gives the command what is not in its body: its key, its fingerprint, and the name of a new hold.
func (g *gatherer) complete() {
	o := &g.now
	c := &o.bunch.many.Commands[o.number]
	r := &c.Request
	t := tag{id: o.id, kind: o.kind}
	if !r.Op.ReadOnly() {
		switch {
		case o.key != "":
			r.Key, r.CallerKey = digest(o.key), true
		case g.base != "":
			r.Key, r.CallerKey = digestOfPlace(g.base, g.number), true
		default:
			t.seed = keySeed()
			r.Key = digestOfSeed(t.seed)
		}
		r.Fingerprint = command.Fingerprint(c)
	}
	if r.Op == seatmap.OpHold || r.Op == seatmap.OpSale {
		r.ID = holdIDAt(g.nanos)
		g.nanos++
	}
	o.bunch.tags = append(o.bunch.tags, t)
}
