package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	drawn "github.com/parterre/parterre/actors/chart/venue"
	"github.com/parterre/parterre/bench/trace"
	"github.com/parterre/parterre/bench/venue"
)

// benchTraceConfig is what `parterre bench trace` can be told.
type benchTraceConfig struct {
	parameters     trace.Parameters
	venue          string // a kind, or a file
	venueSeed      uint64
	seats          int
	standing       int
	tables         int
	minutes        float64
	admit          float64
	parties        []float64
	capFour        bool
	retryFirst     time.Duration
	retryMost      time.Duration
	requestTimeout time.Duration
	out            string
}

func newBenchTrace(std streams) *cobra.Command {
	c := benchTraceConfig{parameters: trace.DefaultParameters()}
	cmd := &cobra.Command{
		Use:   "trace",
		Short: "Generate an on-sale as it really comes, for bench replay; the same seed makes the same bytes",
		Long: "Generate an on-sale as it really comes, for bench replay. The same seed and parameters make the same bytes.\n" +
			"docs/TRACES.md says what every parameter means and what its default is taken from.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.finish(cmd.Flags()); err != nil {
				return err
			}
			return benchTrace(cmd.Context(), &c, std)
		},
	}
	c.register(cmd.Flags())
	cmd.AddCommand(newBenchTraceShow(std), newBenchTraceMerge(std))
	return cmd
}

const (
	admitBySize = -1
	// placesPerAdmission lets so many sessions in that all places are held about eight minutes after the opening.
	placesPerAdmission = 800
)

// register makes a flag of every parameter.
func (c *benchTraceConfig) register(f *pflag.FlagSet) {
	p := &c.parameters
	f.StringVar(&c.venue, "venue", string(drawn.Arena), "arena, theatre, stadium, or a chart's file")
	f.Uint64Var(&c.venueSeed, "venue-seed", 1, "seed of what two venues of one size differ in")
	f.IntVar(&c.seats, "seats", 0, "numbered seats; 0 = arena 50000, theatre 2000, stadium 25841")
	f.IntVar(&c.standing, "standing", -1, "standing places; -1 = arena: a tenth of the seats, stadium 6000, theatre none")
	f.IntVar(&c.tables, "tables", 0, "tables that are sold whole")
	f.StringVar(&c.out, "out", "", "file to write")
	f.Uint64Var(&p.Seed, "seed", 7, "seed of everything that the shoppers do")
	f.StringVar(&p.Event, "event", p.Event, "key of the event")

	f.Float64Var(&p.UsersPerTicket, "users-per-ticket", p.UsersPerTicket, "sessions that come for each place")
	f.IntVar(&p.Users, "users", 0, "sessions that come; 0 = by --users-per-ticket")
	f.Float64Var(&p.AtOpen, "arrivals-at-open", p.AtOpen, "share that is there when the sale opens")
	f.Var(seconds{&p.PeakSeconds}, "peak", "within which these press")
	f.Var(seconds{&p.HalfLifeSeconds}, "half-life", "in which the others' interest halves")
	f.Float64Var(&p.Tail, "tail", p.Tail, "share that comes at any time")
	f.Var(seconds{&p.DurationSeconds}, "duration", "how long the on-sale lasts")
	f.Float64Var(&c.minutes, "minutes", 0, "how much of it is written; 0 = all")
	f.Float64Var(&c.admit, "admit", admitBySize, "sessions that a waiting room lets in each second; 0 = there is none; -1 = one for each 800 places")

	f.Float64SliceVar(&c.parties, "parties", p.Parties, "weights of parties of 1, 2, …")
	f.BoolVar(&c.capFour, "cap-4", false, "nobody may have more than four places: parties of 1 to 4")
	f.IntVar(&p.MostPlaces, "most-places", p.MostPlaces, "the event's limit for one hold")
	f.Float64Var(&p.BestAvailable, "best-available", p.BestAvailable, "share that lets the shop choose; the others click on the map")
	f.Float64Var(&p.OneCategory, "one-category", p.OneCategory, "share of these that wants one category only")
	f.IntVar(&p.ClicksLeast, "clicks-least", p.ClicksLeast, "clicks on the map before somebody who is refused gives up, at least")
	f.IntVar(&p.ClicksMost, "clicks-most", p.ClicksMost, "as above, at most")
	f.Float64Var(&p.Zipf, "zipf", p.Zipf, "Zipf exponent of the rows' popularity, the front first")
	f.Var(seconds{&p.Think.Median}, "think-median", "from the map to the first click")
	f.Var(seconds{&p.Think.High}, "think-p95", "as above")
	f.Var(seconds{&p.Click.Median}, "click-median", "from a refusal to the next click")
	f.Var(seconds{&p.Click.High}, "click-p95", "as above")
	c.registerOutcomes(f)
}

func (c *benchTraceConfig) registerOutcomes(f *pflag.FlagSet) {
	p := &c.parameters
	f.IntVar(&p.HoldTTLSeconds, "hold-ttl", p.HoldTTLSeconds, "seconds that a hold lives")
	f.Float64Var(&p.First.Bought, "first-bought", p.First.Bought, "share of holds of the first wave that go to payment")
	f.Float64Var(&p.First.Released, "first-released", p.First.Released, "share of these that are given back; the rest lapses")
	f.Float64Var(&p.Later.Bought, "later-bought", p.Later.Bought, "share of later holds that go to payment")
	f.Float64Var(&p.Later.Released, "later-released", p.Later.Released, "share of these that are given back")
	f.Var(seconds{&p.Checkout.Median}, "pay-median", "from the hold to the payment")
	f.Var(seconds{&p.Checkout.High}, "pay-p95", "as above")
	f.Var(seconds{&p.Payment.Median}, "payment-median", "how long a payment takes")
	f.Var(seconds{&p.Payment.High}, "payment-p99", "as above")
	f.Float64Var(&p.Declined, "declined", p.Declined, "share of payments that are declined")
	f.Float64Var(&p.Late, "late", p.Late, "share of payments that are answered after the hold lapsed")
	f.Float64Var(&p.Extend, "extend", p.Extend, "share of buyers who ask for more time")
	f.Float64Var(&p.Devices, "devices", p.Devices, "share of parties that run several sessions and keep one")
	f.IntVar(&p.MostDevices, "most-devices", p.MostDevices, "sessions of such a party, 2 at least")
	f.Float64Var(&p.Return, "return", p.Return, "share of those refused that comes back each time when holds lapse")
	f.IntVar(&p.Waves, "waves", p.Waves, "times that they do")
	f.Float64Var(&p.BotSessions, "bot-sessions", p.BotSessions, "share of sessions that hold to the limit and never buy")
	f.Float64Var(&p.BotRequests, "bot-requests", p.BotRequests, "share of requests that are bots'")
	f.IntVar(&p.OrderReads, "order-reads", p.OrderReads, "how often a buyer reads the order")
	f.Var(seconds{&p.ReadWithinSeconds}, "read-within", "in which this happens")
	f.Float64Var(&p.Cancel, "cancel", p.Cancel, "share of orders that are cancelled")
	f.DurationVar(&c.retryFirst, "retry-first", millis(p.Retry.FirstMillis), "pause after a 429; it doubles")
	f.DurationVar(&c.retryMost, "retry-most", millis(p.Retry.MostMillis), "longest pause")
	f.IntVar(&p.Retry.Attempts, "retry-attempts", p.Retry.Attempts, "tries after the first")
	f.DurationVar(&c.requestTimeout, "request-timeout", millis(p.Retry.TimeoutMillis), "after which the same key is sent again")
}

func millis(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// finish makes parameters of the flags that are none by themselves.
func (c *benchTraceConfig) finish(f *pflag.FlagSet) error {
	p := &c.parameters
	p.Parties, p.WriteSeconds = c.parties, c.minutes*60
	if c.admit != admitBySize {
		p.AdmitPerSecond = c.admit
	}
	if c.capFour {
		if f.Changed("parties") || f.Changed("most-places") {
			return errors.New("--cap-4 says what --parties and --most-places are")
		}
		p.CapFour()
	}
	p.Retry.FirstMillis, p.Retry.MostMillis = c.retryFirst.Milliseconds(), c.retryMost.Milliseconds()
	p.Retry.TimeoutMillis = c.requestTimeout.Milliseconds()
	if c.out == "" {
		return errors.New("--out: name the file to write")
	}
	return p.Validate()
}

// seconds is a duration flag for a number of seconds.
type seconds struct{ into *float64 }

func (s seconds) String() string {
	if s.into == nil {
		return ""
	}
	return time.Duration(*s.into * float64(time.Second)).String()
}

func (s seconds) Set(text string) error {
	d, err := time.ParseDuration(text)
	*s.into = d.Seconds()
	return err
}

func (seconds) Type() string { return "duration" }

func benchTrace(ctx context.Context, c *benchTraceConfig, std streams) error {
	v, chart, err := c.open()
	if err != nil {
		return err
	}
	if c.admit == admitBySize {
		c.parameters.AdmitPerSecond = float64(v.Places()) / placesPerAdmission
	}
	start := time.Now()
	made, err := writeTrace(c.out, func(w *bufio.Writer) (*trace.Summary, error) {
		return trace.Generate(ctx, w, c.parameters, chart, v)
	})
	if err != nil {
		return fail(exitFailure, err)
	}
	fmt.Fprintf(std.err, "%s: %d records of %d shoppers in %d sessions for %d places, %.1f MiB, in %s\n", c.out, made.Records,
		made.Shoppers, made.Sessions, v.Places(), float64(made.Bytes)/mebi, time.Since(start).Round(10*time.Millisecond))
	return nil
}

// open makes the venue, or reads it.
func (c *benchTraceConfig) open() (v *venue.Venue, chart string, err error) {
	kind := drawn.Kind(c.venue)
	seats, standing := c.seats, c.standing
	switch kind {
	case drawn.Arena:
		seats = orElse(seats, 0, 50_000)
		standing = orElse(standing, -1, seats/seatsPerStanding)
	case drawn.Theatre:
		seats = orElse(seats, 0, 2_000)
	case drawn.Stadium:
		seats = orElse(seats, 0, 25_841)
		standing = orElse(standing, -1, 6_000)
	default:
		text, err := os.ReadFile(c.venue)
		if err != nil {
			return nil, "", fmt.Errorf("--venue: neither arena, theatre nor stadium, and no chart: %w", err)
		}
		v, err = venue.Read(text)
		return v, strings.TrimSuffix(filepath.Base(c.venue), filepath.Ext(c.venue)), err
	}
	v, err = benchVenue{kind: kind, seats: seats, standing: standing, tables: c.tables, seed: c.venueSeed}.make()
	return v, fmt.Sprintf("%s-%d", kind, seats), err
}

func orElse(n, unset, other int) int {
	if n == unset {
		return other
	}
	return n
}

// writeTrace writes a whole trace, or no file. What had the name before stays until then: it may be what is read.
func writeTrace(name string, write func(*bufio.Writer) (*trace.Summary, error)) (made *trace.Summary, err error) {
	part := name + ".part"
	f, err := os.Create(part)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	made, err = write(out)
	if err = errors.Join(err, out.Flush(), f.Close()); err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		_ = os.Remove(part) // half a trace is none
		return nil, err
	}
	return made, nil
}
