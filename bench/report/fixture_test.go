package report

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The runs of the tests are invented: they show what a page looks like, and nothing else.

func inventedCommand() Command {
	return Command{
		Line: "parterre bench replay --endpoints 127.0.0.1:8080,127.0.0.1:8081,127.0.0.1:8082 --trace invented.trace --speed 1", Parterre: "v0.0.0-invented",
		StartedAt: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC), Seconds: 912,
		Machine: Machine{
			CPU: "Invented CPU @ 2.00GHz", Cores: 2, MemoryBytes: 24 << 30, OS: "linux/amd64", Kernel: "6.1.0", Go: "go1.26.8",
			Disk: "ext4", FsyncMicros: 51, FsyncP99: 92, FsyncBytes: 16 << 10,
		},
		Settings: Settings{
			Nodes: 3, Processes: "three processes on this machine", LogStore: "bolt",
			Durability: "an answer is sent after the entry was fsynced on two of three nodes", Others: []Setting{{"GOGC", "100"}},
		},
	}
}

// smallRun has a little of everything.
func smallRun() *Run {
	r := New("An invented on-sale", inventedCommand())
	h := hdrhistogram.New(1, 60_000_000, 3)
	for i := range int64(1000) {
		_ = h.RecordValue(1000 + i*i/100)
	}
	r.Replays = []Replay{{
		Name: "Invented hall, 100 seats", Trace: Trace{File: "invented.trace", Seed: 7, Places: 100, Actions: 1000}, Speed: "1", Seconds: 4,
		Phases: []Phase{{"opening", 0, 2}, {"rest", 2, 4}},
		Throughput: []Throughput{
			{"hold", "201", 1, []int64{40, 30, 20, 10}}, {"hold", "409", 1, []int64{0, 10, 20, 30}}, {"confirm", "201", 1, []int64{0, 20, 20, 20}},
		},
		Latency: []Latency{{"hold", 1, []LatencyPoint{LatencyPointOf(0, h), LatencyPointOf(1, h), LatencyPointOf(3, h)}}},
		Curves:  []Curve{CurveOf("hold", "", FromIntended, h), CurveOf("hold", "", FromSent, h)},
		Stock:   []Stock{{At: 0, Free: 100}, {At: 2, Free: 40, Held: 30, Sold: 30}, {At: 4, Sold: 100}},
		Room: &Room{
			Mode: "random", Settings: []Setting{{"max inside", "30"}}, Joined: 900, Entered: 120, Ordered: 40, TurnedAway: 700, Lapsed: 60, Waiting: 20,
			Moments:   []RoomMoment{{0, 900, 0, 0, "pre_queue"}, {2, 850, 30, 1800, "selling"}, {4, 720, 28, 1700, "selling"}},
			Waits:     []RoomWait{{1, 50, 1.2, 1, 1, 2}, {3, 40, 2.5, 2, 1, 4}},
			Fairness:  &RoomFairness{90, 0.9998},
			Draw:      &RoomDraw{800, 79.2, 81, 0.53},
			Estimates: &RoomEstimates{90, 1.8, 1.5, 0.4, 0.93},
		},
		Refusals:   []Refusal{{409, "seat_unavailable", 60, 1, []int64{0, 10, 20, 30}}},
		Pressure:   Pressure{Requests: 230, Accepted: 160, Retried: 3, BackedOff: 2},
		Batches:    []Buckets{{"n1", "commands per entry", []Bucket{{UpTo: 1, Count: 5}, {UpTo: 2, Count: 9}, {UpTo: 4, Count: 2}, {Over: true}}, 16, 29}},
		LongestGap: &Gap{2.1, 0.4},
		Faults:     []Fault{{2, "leader n2 killed with SIGKILL"}},
		Audit:      &Audit{Rules: []Rule{{Name: "one owner", Says: "no seat was sold twice", Checked: 100, Unit: "seats"}}},
	}}
	r.Comparisons = []Comparison{smallComparison()}
	r.Aims = []Aim{
		AtLeast("HTTP, one request per step, 64 connections", "tickets/s ÷ PostgreSQL's", 4, "×", SpreadOf(4.5, 4.1, 5)),
		AtMost("first minute at speed 1", "slowest accepted request", 1, "s", SpreadOf(1.5)),
		AtLeast("stream, 4,096 outstanding", "tickets per second", 278_000, "tickets/s", nil),
	}
	r.Aims[1].Limit = "an invented limit"
	return &r
}

func measures(tickets float64, p99 int64, wobble ...float64) []*Measure {
	var list []*Measure
	for _, w := range wobble {
		list = append(list, &Measure{
			OrdersPerSecond: tickets * w / 2.3, TicketsPerSecond: tickets * w, HoldP50: p99 / 3, HoldP99: int64(float64(p99) / w), ConfirmP50: p99 / 3, ConfirmP99: p99,
		})
	}
	return list
}

func smallComparison() Comparison {
	return Comparison{
		Name: "Parterre beside its peers", SecondsPerRound: 5,
		Systems: []System{
			{Name: "Parterre", Ours: true, Version: "v0", Copies: 3, Durability: "fsynced on two of three nodes"},
			{Name: "PostgreSQL", Version: "15", Copies: 1, Durability: "synchronous_commit=on: fsynced on its one disk", Settings: []Setting{{"shared_buffers", "1GB"}}},
			{Name: "Redis everysec", Version: "7", Copies: 1, Durability: "up to a second of answered orders is lost when it crashes"},
			{Name: "etcd", Version: "", Copies: 3, Absent: "not installed: apt install etcd-server"},
		},
		Works: []Work{{Name: "Chosen seats", Says: "parties of 1 to 4", Entries: []Entry{
			{System: "Parterre", Road: RoadSingle, Clients: 64, PerClient: 1, Rounds: measures(15_000, 11_000, 1, 1.1, .9)},
			{System: "Parterre", Road: RoadBatch, Clients: 16, PerClient: 16, Rounds: measures(90_000, 30_000, 1, 1.2, .8)},
			{System: "PostgreSQL", Road: RoadSingle, Clients: 64, PerClient: 1, Rounds: measures(3_500, 60_000, 1, 1.05, .9)},
			{System: "Redis everysec", Road: RoadPipeline, Clients: 64, PerClient: 1, Rounds: measures(52_000, 6_000, 1, 1.05, .9)},
		}}},
	}
}

// longRun is a run as it really comes: a quarter of an hour at speed 1, several operations and phases, eight systems.
var longRun = sync.OnceValue(func() *Run {
	r := New("", inventedCommand())
	r.Replays = []Replay{longReplay()}
	r.Comparisons = []Comparison{longComparison()}
	r.Aims = []Aim{
		AtLeast("Stream, hold and confirm as separate operations, 4,096 outstanding, raft-boltdb", "tickets per second", 278_000, "tickets/s", SpreadOf(291_000, 283_400, 301_200)),
		AtLeast("HTTP, one request per step, 64 connections", "tickets/s ÷ PostgreSQL's (one copy)", 4, "×", SpreadOf(4.41, 4.2, 4.9)),
		AtLeast("HTTP, one request per step, 256 connections", "tickets/s ÷ pipelined Redis, fsync always", 0.6, "×", SpreadOf(0.53, 0.5, 0.57)),
		AtMost("HTTP, 64 connections", "hold p99 ÷ PostgreSQL's", 0.25, "×", SpreadOf(0.19, 0.17, 0.22)),
		AtMost("First minute of the on-sale, speed 1", "slowest accepted request", 1, "s", SpreadOf(0.494)),
		AtMost("First minute of the on-sale, speed 1", "refusals other than 409 and 429", 0, "requests", SpreadOf(0)),
		AtLeast("1,000 events spread evenly ÷ 1 event", "throughput", 0.7, "×", nil),
	}
	r.Aims[2].Limit = "the two cores: 93 % busy, 57 % of the nodes' CPU is net/http"
	r.Aims[2].Evidence = []string{"docs/BENCHMARKS.md"}
	return &r
})

func longReplay() Replay {
	const seconds, places = 900, 30_000
	random := rand.New(rand.NewPCG(7, 11))
	r := Replay{
		Name: "On-sale of an invented arena, 30,000 seats, 20 users per ticket", Speed: "1", Seconds: seconds,
		Trace:      Trace{File: "invented.trace", Digest: "00ff", Seed: 7, Places: places, Actions: 3_456_789, Sessions: 600_000, Others: []Setting{{"users per ticket", "20"}}},
		Phases:     []Phase{{"first minute", 0, 60}, {"first wave", 60, 480}, {"second wave", 480, 900}},
		LongestGap: &Gap{30.02, 0.494},
		Faults:     []Fault{{30, "leader n2 killed with SIGKILL"}, {200, "follower n3 paused for 200 ms"}, {600, "disk of n1 slowed to 20 ms an fsync"}},
		Pressure:   Pressure{Requests: 3_612_345, Accepted: 3_001_234, Retried: 22_345, BackedOff: 20_123, TimedOut: 12, Broken: 1_022, Unavailable: 64, LateActions: 523, WorstLate: 8_211},
		Audit: &Audit{Rules: []Rule{
			{Name: "one owner", Says: "no seat was sold twice", Checked: 30_000, Unit: "seats"},
			{Name: "acknowledged orders", Says: "every acknowledged order is there, with the same places, on every node", Checked: 39_123, Unit: "orders on three nodes"},
			{Name: "releases", Says: "no acknowledged release is still held", Checked: 8_211, Unit: "releases"},
			{Name: "no refusal of a free seat", Says: "nobody was refused a seat that was free throughout the request", Checked: 412_233, Unit: "refusals"},
			{Name: "state hashes", Says: "the replicas' state hashes are equal", Checked: 3, Unit: "partitions"},
		}},
	}
	operations := []struct {
		name         string
		share, micro float64
	}{{"seat map", 1.8, 900}, {"hold", 1, 4200}, {"confirm", 0.25, 4000}, {"release", 0.12, 3900}, {"order read", 0.3, 1500}}
	refused := make([]int64, seconds)
	busy := make([]int64, seconds)
	for _, o := range operations {
		ok := make([]int64, seconds)
		taken := make([]int64, seconds)
		all, sent := hdrhistogram.New(1, 60_000_000, 2), hdrhistogram.New(1, 60_000_000, 2)
		phases := []*hdrhistogram.Histogram{hdrhistogram.New(1, 60_000_000, 2), hdrhistogram.New(1, 60_000_000, 2), hdrhistogram.New(1, 60_000_000, 2)}
		line := Latency{Operation: o.name, IntervalSeconds: 1}
		second := hdrhistogram.New(1, 60_000_000, 2)
		for s := range seconds {
			load := 6000*math.Exp(-float64(s)/180) + 900*math.Exp(-math.Pow(float64(s-500)/60, 2)) + 150
			n := load * o.share * (0.9 + 0.2*random.Float64())
			if o.name == "release" && s > 300 && s < 330 {
				continue
			}
			if o.name == "hold" {
				gone := min(0.9, float64(s)/300)
				taken[s] = int64(n * gone)
				refused[s] = taken[s]
				n -= float64(taken[s])
			}
			ok[s] = int64(n)
			second.Reset()
			phase := 0
			switch {
			case s >= 480:
				phase = 2
			case s >= 60:
				phase = 1
			}
			for range 60 {
				v := o.micro * (0.35 + load/6000) * math.Exp(0.55*random.NormFloat64())
				_ = sent.RecordValue(int64(v) + 1)
				if s == 30 {
					v += 450_000 * random.Float64()
				}
				_ = second.RecordValue(int64(v) + 1)
			}
			all.Merge(second)
			phases[phase].Merge(second)
			line.Points = append(line.Points, LatencyPointOf(float64(s), second))
		}
		r.Throughput = append(r.Throughput, Throughput{o.name, "200", 1, ok})
		if o.name == "hold" {
			for s := range 40 {
				busy[s] = int64(700 * random.Float64())
			}
			r.Throughput = append(r.Throughput, Throughput{o.name, "409", 1, taken}, Throughput{o.name, "429", 1, busy}, Throughput{o.name, "503", 1, append(make([]int64, 30), 64)})
		}
		r.Latency = append(r.Latency, line)
		r.Curves = append(r.Curves, CurveOf(o.name, "", FromIntended, all), CurveOf(o.name, "", FromSent, sent))
		for i, p := range r.Phases {
			r.Curves = append(r.Curves, CurveOf(o.name, p.Name, FromIntended, phases[i]))
		}
	}
	sum := func(list []int64, part float64) (n int64) {
		for _, v := range list {
			n += int64(float64(v) * part)
		}
		return n
	}
	for _, f := range []struct {
		status int
		code   string
		of     []int64
		part   float64
	}{{409, "seat_unavailable", refused, .7}, {409, "not_enough_seats", refused, .28}, {409, "buyer_limit", refused, .02}, {429, "overloaded", busy, 1}, {410, "hold_expired", refused, .004}} {
		counts := make([]int64, len(f.of))
		for i, v := range f.of {
			counts[i] = int64(float64(v) * f.part)
		}
		r.Refusals = append(r.Refusals, Refusal{f.status, f.code, sum(f.of, f.part), 1, counts})
	}
	for s := 0; s <= seconds; s++ {
		t := float64(s)
		sold := places * (0.42*(1-math.Exp(-t/170)) + 0.58/(1+math.Exp(-(t-610)/55)))
		held := (places - sold) * (1 - math.Exp(-t/22)) * (0.96 - 0.9/(1+math.Exp(-(t-480)/8))*math.Exp(-math.Pow((t-480)/30, 2)))
		r.Stock = append(r.Stock, Stock{At: t, Sold: int64(sold), Held: int64(held), Free: places - int64(sold) - int64(held)})
	}
	for i, node := range []string{"n1", "n2", "n3"} {
		b := Buckets{Node: node, Name: "commands per entry"}
		for j := range 12 {
			n := int64(float64(9000*(i+1)) * math.Exp(-math.Pow(float64(j)-3.4, 2)/3))
			bucket := Bucket{UpTo: math.Exp2(float64(j)), Count: n}
			if j == 11 {
				bucket = Bucket{Over: true}
			}
			b.Buckets = append(b.Buckets, bucket)
			b.Count += n
			b.Sum += float64(n) * bucket.UpTo * .8
		}
		r.Batches = append(r.Batches, b)
	}
	return r
}

func longComparison() Comparison {
	c := Comparison{Name: "Parterre beside its peers", SecondsPerRound: 10}
	wobble := []float64{1, 1.06, .94, 1.02, .9}
	systems := []struct {
		system         System
		t64, t256, p99 float64
	}{
		{System{Name: "Parterre, bolt", Ours: true, Version: "v0 invented", Copies: 3, Durability: "an answered order was fsynced on two of three nodes, and survives kill -9 of all of them"}, 15_200, 19_300, 11_000},
		{System{Name: "Parterre, wal", Ours: true, Version: "v0 invented", Copies: 3, Durability: "the same, with raft-wal"}, 16_900, 23_400, 10_400},
		{System{Name: "PostgreSQL, FOR UPDATE SKIP LOCKED", Version: "15.14", Copies: 1, Durability: "synchronous_commit=on: fsynced on its one disk; lost with that disk", Settings: []Setting{{"shared_buffers", "1GB"}, {"max_connections", "300"}}}, 3_500, 3_100, 61_000},
		{System{Name: "PostgreSQL, one function", Version: "15.14", Copies: 1, Durability: "synchronous_commit=on: fsynced on its one disk; lost with that disk"}, 4_100, 3_700, 52_000},
		{System{Name: "PostgreSQL, two synchronous standbys", Version: "15.14", Copies: 3, Durability: "synchronous_commit=on, both standbys flushed"}, 2_900, 2_600, 70_000},
		{System{Name: "Redis, appendfsync always", Version: "7.0.15", Copies: 1, Durability: "fsynced on its one disk; lost with that disk"}, 26_900, 36_900, 8_000},
		{System{Name: "Redis, appendfsync everysec", Version: "7.0.15", Copies: 1, Durability: "up to a second of answered orders is lost when it crashes"}, 52_000, 71_000, 4_000},
		{System{Name: "etcd, three nodes", Copies: 3, Durability: "fsynced on two of three nodes", Absent: "not installed: apt install etcd-server"}, 0, 0, 0},
	}
	chosen := Work{Name: "Chosen seats, parties of 1 to 4, hot rows", Says: "Neighbours in a row, rows by a Zipf law; hold, then confirm"}
	best := Work{Name: "Best available, parties of 1 to 4"}
	for _, s := range systems {
		c.Systems = append(c.Systems, s.system)
		if s.t64 == 0 {
			continue
		}
		road := RoadSingle
		if s.system.Name[0] == 'R' {
			road = RoadPipeline
		}
		for _, w := range []*Work{&chosen, &best} {
			w.Entries = append(w.Entries,
				Entry{System: s.system.Name, Road: road, Clients: 64, PerClient: 1, Rounds: measures(s.t64, int64(s.p99), wobble...)},
				Entry{System: s.system.Name, Road: road, Clients: 256, PerClient: 1, Rounds: measures(s.t256, int64(3*s.p99), wobble...)})
		}
		if s.system.Ours {
			chosen.Entries = append(chosen.Entries,
				Entry{System: s.system.Name, Road: RoadBatch, Clients: 16, PerClient: 16, Rounds: measures(5*s.t64, 25_000, wobble...)},
				Entry{System: s.system.Name, Road: RoadBatch, Clients: 16, PerClient: 256, Rounds: measures(16*s.t64, 90_000, wobble...)},
				Entry{System: s.system.Name, Road: RoadStream, Clients: 16, PerClient: 256, Rounds: measures(19*s.t64, 62_000, wobble...)})
		}
	}
	c.Works = []Work{chosen, best}
	return c
}
