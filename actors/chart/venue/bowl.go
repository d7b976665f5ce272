package venue

import "math"

// bowl is a rectangle with round corners, about which rows lie at equal distances.
type bowl struct {
	x, y         float64 // centre
	halfX, halfY float64 // half the straight sides
	corner       float64 // radius of the corners at offset 0
	used         float64 // the part of the straight sides that has blocks, about their middle
}

// piece is a straight side or a corner.
type piece struct {
	angle  float64
	curved bool
}

// pieces go round from the top left corner, as blocks are numbered: left, bottom, right, and the top last.
func pieces() []piece {
	out := make([]piece, 8)
	for i := range out {
		out[i] = piece{angle: (225 - 45*float64(i)) * math.Pi / 180, curved: i%2 == 0}
	}
	return out
}

// bowlAisle is the width of a stair between two blocks, in metres.
const bowlAisle = 1.2

// lanes splits a piece into blocks of about the given width, for rows from one offset to another.
func (b *bowl) lanes(p piece, from, to, width float64) []lane {
	sin, cos := math.Round(math.Sin(p.angle)), math.Round(math.Cos(p.angle))
	if p.curved {
		length := math.Pi / 2 * (b.corner + (from+to)/2)
		n := max(1, int(math.Round(length/width)))
		lanes := make([]lane, n)
		half := math.Pi / 4 / float64(n)
		for i := range lanes {
			lanes[i] = lane{
				curved: true, x: b.x + float64(cos*b.halfX), y: b.y + float64(sin*b.halfY), radius: b.corner, aisle: bowlAisle,
				angle: p.angle + math.Pi/4 - half*float64(2*i+1), half: half,
			}
		}
		return lanes
	}
	side := b.halfX
	if sin == 0 {
		side = b.halfY
	}
	side *= b.used
	n := max(1, int(math.Round(2*side/width)))
	lanes := make([]lane, n)
	for i := range lanes {
		along := side * (float64(2*i+1)/float64(n) - 1)
		lanes[i] = lane{
			x: b.x + float64(cos*(b.halfX+b.corner)) + float64(sin*along), y: b.y + float64(sin*(b.halfY+b.corner)) - float64(cos*along),
			square: true, angle: p.angle, half: side / float64(n), aisle: bowlAisle,
		}
	}
	return lanes
}

// tier is a range of rows without a cross aisle.
type tier struct {
	name   string // that blocks' names begin with
	rows   int
	offset float64
}

// Tiers, in rows and metres.
const (
	tierRows  = 24
	oneTier   = 14 // rows up to which a second tier would be a joke
	concourse = 3.4
)

// tiers shares rows among tiers, of which the lower ones are a little larger.
func tiers(rows int, offset, depth float64) []tier {
	n := 1
	if rows > oneTier {
		n = max(2, (rows+tierRows-1)/tierRows)
	}
	out := make([]tier, n)
	for i := range out {
		out[i].rows = (rows + n - 1 - i) / n
		if n == 2 {
			out[i].rows = []int{rows - rows*2/5, rows * 2 / 5}[i]
		}
		out[i].offset = offset
		offset += float64(out[i].rows)*depth + concourse
		switch {
		case n == 1:
			out[i].name = "Block"
		case i == 0:
			out[i].name = "Lower tier, block"
		case i == n-1:
			out[i].name = "Upper tier, block"
		case n == 3:
			out[i].name = "Middle tier, block"
		default:
			out[i].name = "Tier " + number(i+1) + ", block"
		}
	}
	return out
}

// Vomitories: the mouths of the stairs that lead into a tier.
const (
	vomitoryWidth = 2.4 // metres
	vomitoryRows  = 3
	vomitoryFrom  = 4 // the row that the mouth begins at
	minVomitory   = 9 // rows of a tier below which its cross aisle is enough
	wideStrip     = 28
	innerAisle    = 1.1 // metres, in a lane with more than wideStrip seats
)

// fillBlock makes one lane's rows in a tier; a block with a mouth lacks seats in its middle.
func (p *plan) fillBlock(l lane, t tier, mouth bool) []row {
	rows := make([]row, t.rows)
	for n := range rows {
		offset := t.offset + float64(n)*p.depth
		gap := 0.0
		switch {
		case mouth && t.rows >= minVomitory && n >= vomitoryFrom && n < vomitoryFrom+vomitoryRows && l.room(offset) > 3*vomitoryWidth:
			gap = vomitoryWidth
		case l.room(offset) > wideStrip*p.pitch:
			gap = innerAisle
		}
		rows[n] = row{key: number(n + 1), offset: offset, strips: []strip{fillStrip(l, offset, p.pitch, gap)}}
	}
	return rows
}
