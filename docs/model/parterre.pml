/*
 * What Parterre does on top of Raft: forward, retry, unknown outcome, idempotent apply, expiry in log time.
 * README.md says what is modelled, what is not, and which line of code each action stands for; run.sh checks it.
 *
 * One seat. Client A holds it and then confirms its hold; client B buys the seat outright. Everything else is hostile:
 * leaders come and go at any moment, links deliver late or never, answers get lost, log time jumps, tables are full.
 *
 * A step of the model is one atomic action; which one comes next is open. There are no fairness assumptions, since all
 * properties say that something bad never happens.
 */

#ifndef NODES
#define NODES 2    /* replicas, each of which can lead */
#endif
#ifndef ROADS
#define ROADS 2    /* times a client asks with the same key, on any node, one after another or at once */
#endif
#ifndef TRIES
#define TRIES 2    /* attempts of one road that can be on their way at once; refused ones do not count */
#endif
#ifndef UNDERWAY
#define UNDERWAY 3 /* attempts on their way at once, of all roads */
#endif
#ifndef ENDTIME
#define ENDTIME 1  /* log time is 0..ENDTIME; before the one hold is made and after it lapsed, nothing depends on it */
#endif
#define TTL 1
/* FOCUS is the request that gets all its ROADS and TRIES, the others get one of each; without it all get all. */
#ifdef FOCUS
#define IN_FOCUS(q) (REQUEST(q) == FOCUS)
#else
#define IN_FOCUS(q) 1
#endif

/* The requests; each has a key of its own. */
#define HOLD     0
#define CONFIRM  1
#define SALE     2
#define REQUESTS 3
#define ALLROADS (REQUESTS * ROADS)
#define ATTEMPTS (ALLROADS * TRIES)

#define REQUEST(q)  ((q) / ROADS)
#define ROAD(x)     ((x) / TRIES)
#define ABOUT(x)    REQUEST(ROAD(x))
#define EARLIER(q)  ((q) % ROADS == 0) /* the first road of its request */

/* Where an attempt is. */
#define FREE 0 /* nowhere: not made, or its end is known */
#define LINK 1 /* in a link or a proposer's queue, maybe for ever */
#define TAIL 2 /* in a log, not committed; its proposer has lost the lead: a later leader may commit it, or it is lost */
#define GONE 3 /* decided or lost, and the road that waits for it will hear nothing */
#define FLY  4 /* FLY + n: proposed by node n, which waits for it. In vain if n is not the newest leader */

/* What a road is at, and what its client was told. */
#define IDLE    0
#define ASKING  1
#define OK      2
#define TAKEN   3 /* seat_unavailable */
#define LAPSED  4 /* hold_expired */
#define INVALID 5 /* the hold's id is taken */
#define NOTHING 6 /* 429 and 503: nothing was changed, nothing will be */
#define UNKNOWN 7 /* 504 outcome_unknown */
#define FULL    8 /* CodeOverloaded, decided in the log: no road ends with it, see hear() */
#define DECISION(t) ((t) >= OK && (t) <= INVALID)
#define REFUSAL(t)  ((t) >= TAKEN && (t) <= INVALID)

/* The hold's state. */
#define NONE    0
#define HELD    1
#define EXPIRED 2
#define ORDER   3

#define NOBODY  255

typedef Replica { /* the event's seat map on one node */
	byte hold;          /* A's */
	byte deadline;      /* of a held hold, in log time */
	bit  sale;          /* B's order */
	byte now;           /* log time */
	byte key[REQUESTS]; /* the remembered answer, 0 = none */
}
Replica map[NODES];

bit  leads[NODES];      /* believes that it leads, is ready to propose; more than one may */
byte newest = NOBODY;   /* the ready leader of the highest term: the only one that can commit */

byte at[ATTEMPTS];
bit  keyed[ATTEMPTS];   /* the attempt says CallerKey: its refusal is to be remembered */

byte road[ALLROADS];
byte waits[ALLROADS];   /* 1 + the attempt that an ASKING road waits for */
bit  unknown[ALLROADS]; /* road.unknown */
bit  paused[ALLROADS];  /* road.pauses > 0 */
bit  own[REQUESTS];     /* the client chose the key itself */
bit  retake;            /* the confirm takes a lapsed hold's places again */

/* What nobody in the system knows, for the properties. */
byte effect[REQUESTS];  /* 1 + the road whose attempt took effect in the committed log */
bit  maybe[ALLROADS];   /* an attempt of this road may have been decided, or may yet be */
byte latest;            /* the highest log time ever */
byte underway;
byte seen;              /* for WITNESS */

/* Within one action; always 0 between two. */
byte x, q, n, m, i, ans, mine, clock;
bit  changed, tight;

#ifdef PROPERTY
#define WATCH(p) (PROPERTY == p)
#else
#define WATCH(p) 1
#endif
#ifdef WITNESS
#define NOTE(w) if :: WITNESS == w -> seen = 1 :: else fi
#else
#define NOTE(w) skip
#endif

#define WAITED(x)  (road[ROAD(x)] == ASKING && waits[ROAD(x)] == (x) + 1)
#define CALLERS(q) (own[REQUEST(q)] || !EARLIER(q) || AFTER_UNKNOWN(q))
#ifdef M_REFUSALS_FORGOTTEN
#define AFTER_UNKNOWN(q) 0
#else
#define AFTER_UNKNOWN(q) unknown[q]
#endif
#define SOLD(n) (map[n].hold == ORDER || map[n].sale)

/* ---------------------------------------------------------------- the state machine: seatmap.Map.Do on one replica */

inline lapse(n) {
	if
#if defined(M_LOCAL_CLOCK)
	:: map[n].hold == HELD && n == newest && map[n].deadline <= map[n].now -> skip /* the leader's own clock lags */
#endif
	:: map[n].hold == HELD && map[n].deadline <= map[n].now -> map[n].hold = EXPIRED; map[n].deadline = 0
	:: else
	fi
}

/* decide decides request r of an attempt on replica n; ans and changed are what came of it. */
inline decide(n, r, remembered) {
	changed = 0;
#ifdef M_TIME_RUNS_BACK
	map[n].now = clock;
#endif
#ifndef M_NO_LAPSE_FIRST
	lapse(n);
#endif
	if
#ifndef M_NO_KEYS
	:: map[n].key[r] != 0 -> ans = map[n].key[r]; NOTE(5); if :: REFUSAL(ans) -> NOTE(8) :: else fi
	:: else ->
#else
	:: true ->
#endif
		if
		:: tight -> ans = FULL
		:: else ->
			if
			:: r == HOLD && map[n].hold != NONE -> ans = INVALID
			:: r == HOLD && map[n].hold == NONE && map[n].sale -> ans = TAKEN
			:: r == HOLD && map[n].hold == NONE && !map[n].sale ->
				map[n].hold = HELD; map[n].deadline = map[n].now + TTL; ans = OK; changed = 1
			:: r == CONFIRM && map[n].hold == HELD ->
				assert(!WATCH(6) || latest < map[n].deadline); /* P6 */
				map[n].hold = ORDER; map[n].deadline = 0; ans = OK; changed = 1
			:: r == CONFIRM && map[n].hold == EXPIRED && !retake -> ans = LAPSED
			:: r == CONFIRM && map[n].hold == EXPIRED && retake ->
				if
#ifndef M_RETAKE_UNCHECKED
				:: map[n].sale -> ans = TAKEN
				:: else ->
#else
				:: true ->
#endif
					map[n].hold = ORDER; ans = OK; changed = 1; NOTE(4)
				fi
			:: r == CONFIRM && map[n].hold == ORDER -> ans = OK /* with the same reference */
			:: r == CONFIRM && map[n].hold == NONE -> ans = INVALID /* unknown_hold */
			:: r == SALE && (map[n].hold == HELD || SOLD(n)) ->
				assert(!WATCH(7) || SOLD(n) || latest < map[n].deadline); /* P7 */
				ans = TAKEN
			:: r == SALE && map[n].hold != HELD && !SOLD(n) ->
				if :: map[n].hold == EXPIRED -> NOTE(6) :: else fi;
				map[n].sale = 1; ans = OK; changed = 1
			fi;
			if
			:: changed || remembered -> map[n].key[r] = ans
			:: else
			fi
		fi
	fi
}

/* commit puts attempt x into the committed log, and every replica applies it. mine is the leader's answer. */
inline commit(x, leader) {
#ifdef M_LOCAL_CLOCK
	atomic {
#else
	d_step {
#endif
	n = 0;
	do
	:: n < NODES ->
		decide(n, ABOUT(x), keyed[x]);
		if :: n == leader -> mine = ans; i = changed :: else fi;
		n++
	:: else -> break
	od;
	if
	:: i && effect[ABOUT(x)] == 0 -> effect[ABOUT(x)] = 1 + ROAD(x)
	:: else
	fi;
	n = 0; i = 0; ans = 0; changed = 0; tight = 0
	}
}

/* ------------------------------------------------------------------------------------------ attempts and their roads */

inline drop(x) { at[x] = FREE; keyed[x] = 0; underway-- }

/* settle: nobody will do anything about x any more. */
inline settle(x) {
	if
	:: WAITED(x) -> at[x] = GONE
	:: else -> drop(x)
	fi
}

inline send(q) {
	d_step {
	x = q * TRIES;
	do
	:: at[x] != FREE -> x++
	:: else -> break
	od;
	at[x] = LINK; keyed[x] = CALLERS(q); waits[q] = x + 1; underway++; x = 0
	}
}

#if TRIES == 1
#define ROOM(q) (underway < UNDERWAY && at[(q) * TRIES] == FREE)
#else
#define ROOM(q) (underway < UNDERWAY && (at[(q) * TRIES] == FREE || IN_FOCUS(q) && at[(q) * TRIES + 1] == FREE))
#endif

/* tell ends a road. */
inline tell(q, what) {
	printf("    road %d of request %d is told %d\n", (q) % ROADS, REQUEST(q), what);
	road[q] = what;
	assert(!WATCH(5) || what != UNKNOWN || maybe[q]); /* P5 */
	waits[q] = 0; unknown[q] = 0; paused[q] = 0; maybe[q] = 0
}

/* again: the deadline allows another attempt, or it does not (road.travel, road.verdict). */
inline again(q) {
	paused[q] = 1; waits[q] = 0;
	if
	:: ROOM(q) -> send(q)
#ifdef M_VERDICT_FORGETS
	:: tell(q, NOTHING) /* the last refusal */
#else
	:: unknown[q] -> tell(q, UNKNOWN)
	:: !unknown[q] -> tell(q, NOTHING)
#endif
	fi
}

/* hear: a road hears what was decided about its attempt (road.travel). */
inline hear(q, what) {
	if
	:: what != FULL -> tell(q, what)
#ifdef M_OVERLOAD_BELIEVED
	:: what == FULL -> tell(q, NOTHING)
#else
	:: what == FULL && unknown[q] -> again(q) /* it is not remembered, so it says nothing about the attempt before */
	:: what == FULL && !unknown[q] -> tell(q, NOTHING)
#endif
	fi
}

/* -------------------------------------------------------------------------------------------------------- properties */

#define TOLD(r, t)  (road[r * ROADS] == t || road[r * ROADS + ROADS - 1] == t)
#define TOLD1(r)    road[r * ROADS]
#define TOLD2(r)    road[r * ROADS + ROADS - 1]
#define ONE_ANSWER(r) (!DECISION(TOLD1(r)) || !DECISION(TOLD2(r)) || TOLD1(r) == TOLD2(r))
#define NO_LATE_EFFECT(r) ( \
	(effect[r] == 0 || !(REFUSAL(TOLD1(r)) || REFUSAL(TOLD2(r)))) && \
	(effect[r] == 0 || road[effect[r] - 1] != NOTHING))
#define STANDS(n, r) (map[n].key[r] == OK && \
	(r != HOLD || map[n].hold != NONE) && (r != CONFIRM || map[n].hold == ORDER) && (r != SALE || map[n].sale))
#define STAYS(n, r) (!TOLD(r, OK) || (effect[r] != 0 && STANDS(n, r)))
#define SAME(n) ( \
	map[n].hold == map[0].hold && map[n].deadline == map[0].deadline && map[n].sale == map[0].sale && \
	map[n].now == map[0].now && map[n].key[HOLD] == map[0].key[HOLD] && \
	map[n].key[CONFIRM] == map[0].key[CONFIRM] && map[n].key[SALE] == map[0].key[SALE])

inline check() {
	d_step {
	/* P1: a seat has one owner: in every state, and in what clients were told. */
	assert(!WATCH(1) || !(TOLD(CONFIRM, OK) && TOLD(SALE, OK)));
	/* P3: a key has one answer, whoever asks and whenever. */
	assert(!WATCH(3) || (ONE_ANSWER(HOLD) && ONE_ANSWER(CONFIRM) && ONE_ANSWER(SALE)));
	/* P4: what was refused never happens: a decided refusal binds all with that key, "nothing was done" its own road. */
	assert(!WATCH(4) || (NO_LATE_EFFECT(HOLD) && NO_LATE_EFFECT(CONFIRM) && NO_LATE_EFFECT(SALE)));
	do
	:: n < NODES ->
		assert(!WATCH(1) || !(map[n].hold == ORDER && map[n].sale)); /* P1 */
		/* P2: what was acknowledged is in the committed log, and stays on every replica. */
		assert(!WATCH(2) || (STAYS(n, HOLD) && STAYS(n, CONFIRM) && STAYS(n, SALE)));
		/* P8: replicas that applied the same log are the same. */
		assert(!WATCH(8) || SAME(n));
		n++
	:: else -> break
	od;
	n = 0;
#ifdef WITNESS
	if
	:: WITNESS == 2 && TOLD1(SALE) == UNKNOWN && effect[SALE] == 1 + SALE * ROADS -> seen = 1
	:: WITNESS == 3 && TOLD1(HOLD) == UNKNOWN && TOLD2(HOLD) == OK && effect[HOLD] == 1 + HOLD * ROADS -> seen = 1
	:: WITNESS == 7 && TOLD(CONFIRM, LAPSED) && TOLD(SALE, OK) -> seen = 1
	:: else
	fi;
	assert(!seen);
#endif
	x = 0; q = 0; m = 0; clock = 0; mine = 0
	}
}

/* ----------------------------------------------------------------------------------------------------------- choices */

#define CHOOSE_ROAD(fits) if \
	:: fits(0) -> q = 0 :: fits(1) -> q = 1 :: fits(2) -> q = 2 MORE_ROADS(fits) fi
#define CHOOSE_ATTEMPT(fits) if \
	:: fits(0) -> x = 0 :: fits(1) -> x = 1 :: fits(2) -> x = 2 MORE_ATTEMPTS(fits) fi
#define CHOOSE_NODE(fits) if \
	:: fits(0) -> m = 0 :: fits(1) -> m = 1 MORE_NODES(fits) fi
#if NODES == 2
#define MORE_NODES(fits)
#else
#define MORE_NODES(fits) :: fits(2) -> m = 2
#endif
#if ROADS == 1
#define MORE_ROADS(fits)
#else
#define MORE_ROADS(fits) :: fits(3) -> q = 3 :: fits(4) -> q = 4 :: fits(5) -> q = 5
#endif
#if ATTEMPTS == 3
#define MORE_ATTEMPTS(fits)
#elif ATTEMPTS == 6
#define MORE_ATTEMPTS(fits) :: fits(3) -> x = 3 :: fits(4) -> x = 4 :: fits(5) -> x = 5
#else
#define MORE_ATTEMPTS(fits) :: fits(3) -> x = 3 :: fits(4) -> x = 4 :: fits(5) -> x = 5 \
	:: fits(6) -> x = 6 :: fits(7) -> x = 7 :: fits(8) -> x = 8 \
	:: fits(9) -> x = 9 :: fits(10) -> x = 10 :: fits(11) -> x = 11
#endif

#define QUIET(m)        (at[0] != FLY + m && NOT_IN(m, 1) && NOT_IN(m, 2) REST_QUIET(m))
#define NOT_IN(m, x)    (at[x] != FLY + m)
#if ATTEMPTS == 3
#define REST_QUIET(m)
#elif ATTEMPTS == 6
#define REST_QUIET(m)   && NOT_IN(m, 3) && NOT_IN(m, 4) && NOT_IN(m, 5)
#else
#define REST_QUIET(m)   && NOT_IN(m, 3) && NOT_IN(m, 4) && NOT_IN(m, 5) && NOT_IN(m, 6) && NOT_IN(m, 7) && NOT_IN(m, 8) \
	&& NOT_IN(m, 9) && NOT_IN(m, 10) && NOT_IN(m, 11)
#endif

/* A client asks the first time, or again: it does not wait for the first answer if it knows the key. */
#define CAN_BEGIN(q) (road[q] == IDLE && ROOM(q) && \
	(REQUEST(q) != CONFIRM || TOLD(HOLD, OK)) && \
	(EARLIER(q) || IN_FOCUS(q) && \
		((own[REQUEST(q)] && road[q - 1] != IDLE) || road[q - 1] == UNKNOWN || road[q - 1] == NOTHING)))
#define CAN_PROPOSE(x) (at[x] == LINK && SOME_LEADER)
#define CAN_REFUSE(x)  (at[x] == LINK && WAITED(x))
#define CAN_UNKNOWN(x) (WAITED(x))
#define CAN_COMMIT(x)  (newest != NOBODY && at[x] == FLY + newest)
#define CAN_FAIL(m)    (leads[m])
#define CAN_LEAD(m)    (!leads[m])
#define CAN_TAKE(m)    (leads[m] && QUIET(m))
#define IS_TAIL(x)     (at[x] == TAIL || CAN_COMMIT(x))
#if NODES == 2
#define SOME_LEADER    (CAN_TAKE(0) || CAN_TAKE(1))
#define VIEW_OF_SOLD   ((leads[0] && SHOWN(0)) || (leads[1] && SHOWN(1)))
#else
#define SOME_LEADER    (CAN_TAKE(0) || CAN_TAKE(1) || CAN_TAKE(2))
#define VIEW_OF_SOLD   ((leads[0] && SHOWN(0)) || (leads[1] && SHOWN(1)) || (leads[2] && SHOWN(2)))
#endif
#ifdef M_FASTFAIL_HELD
#define SHOWN(m) (SOLD(m) || map[m].hold == HELD)
#else
#define SHOWN(m) SOLD(m)
#endif
#ifdef M_FASTFAIL_ANY_KEY
#define FAST(q) VIEW_OF_SOLD
#else
#define FAST(q) (!CALLERS(q) && VIEW_OF_SOLD)
#endif

/* ----------------------------------------------------------------------------------------------------------- actions */

/* begin: Node.Submit. Where a ready leader's view shows the seat as sold, the fast-fail may answer. */
inline begin() {
	if
	:: EARLIER(q) && IN_FOCUS(q) -> own[REQUEST(q)] = 1
	:: true -> skip
	fi;
	if
	:: EARLIER(q) && REQUEST(q) == CONFIRM -> retake = 1
	:: true -> skip
	fi;
	printf("road %d of request %d begins, own key %d, retake %d\n", q % ROADS, REQUEST(q), own[REQUEST(q)], retake);
	road[q] = ASKING;
	if
	:: send(q)
	:: REQUEST(q) != CONFIRM && FAST(q) ->
		assert(!WATCH(7) || map[0].sale || map[0].hold == ORDER || (map[0].hold == HELD && latest < map[0].deadline));
		tell(q, TAKEN)
	fi
}

/* propose: a node that believes it leads takes an attempt from its queue; one entry is in flight (proposer.propose). */
inline propose() {
	printf("node %d proposes attempt %d of request %d\n", m, x, ABOUT(x));
	at[x] = FLY + m;
	q = ROAD(x);
#ifdef M_ANSWER_EARLY
	if
	:: WAITED(x) && map[m].key[ABOUT(x)] == 0 && map[m].hold == NONE && !map[m].sale -> tell(q, OK)
	:: true -> skip
	fi
#endif
}

/* refuse: nothing was proposed. Not the leader, handing the lead over, halted, or not reachable: ask again. */
inline refuse() {
	printf("attempt %d of request %d is refused: not the leader\n", x, ABOUT(x));
	q = ROAD(x); drop(x);
#ifdef M_ALWAYS_UNKNOWN
	unknown[q] = 1;
#endif
	again(q)
}

/* overload: a queue is full. The first attempt ends with it, a later one goes on (road.judge). */
inline overload() {
	printf("attempt %d of request %d is refused: overloaded\n", x, ABOUT(x));
	q = ROAD(x); drop(x);
	if
#ifdef M_OVERLOADED_ONE_BY_ONE
	:: !paused[q] -> tell(q, NOTHING)
	:: else -> again(q)
#else
	:: !paused[q] && !unknown[q] -> tell(q, NOTHING)
	:: else -> again(q)
#endif
	fi
}

/* spoil: the peer could not read it. Submit ends with that; a Many goes on one by one, on roads without a pause. */
inline spoil() {
	printf("attempt %d of request %d cannot be read\n", x, ABOUT(x));
	q = ROAD(x); drop(x);
	if
	:: unknown[q] -> tell(q, UNKNOWN)
	:: !unknown[q] -> tell(q, NOTHING)
	:: paused[q] = 0; waits[q] = 0; send(q)
	fi
}

/* lose: a connection, a deadline or a lead is lost while an attempt is on its way. It stays where it is. */
inline lose() {
	printf("attempt %d of request %d: outcome unknown\n", x, ABOUT(x));
	q = ROAD(x);
	unknown[q] = 1; maybe[q] = 1; waits[q] = 0;
	if
	:: at[x] == GONE -> drop(x)
	:: else
	fi;
	again(q)
}

/* decided: the newest leader's entry is committed and applied. The answer may reach the road that waits. */
inline decided() {
	if
	:: skip
	:: map[newest].key[ABOUT(x)] == 0 -> tight = 1 /* a table of the event is full */
	fi;
#ifdef M_TIME_RUNS_BACK
	if :: clock = 0 :: clock = 1 :: clock = ENDTIME fi;
	latest = (clock > latest -> clock : latest);
#endif
	q = ROAD(x);
	commit(x, newest);
	printf("attempt %d of request %d is committed: %d\n", x, ABOUT(x), mine);
	if
	:: WAITED(x) -> drop(x); hear(q, mine)
	:: true -> settle(x)
	fi
}

/* fall: a leader crashes and comes back, hands its lead over, or finds out that it lost it. Its disk keeps the log. */
inline fall() {
	printf("node %d loses the lead\n", m);
	leads[m] = 0;
	x = 0;
	do
	:: x < ATTEMPTS && at[x] == FLY + m && newest == m ->
		at[x] = TAIL;
#ifdef M_LOST_LEAD_BELIEVED
		if
		:: WAITED(x) -> q = ROAD(x); again(q)
		:: else
		fi;
#endif
		break
	:: x < ATTEMPTS && at[x] == FLY + m && newest != m -> settle(x); break
	:: x < ATTEMPTS && at[x] != FLY + m -> x++
	:: x == ATTEMPTS -> break
	od;
	if
	:: newest == m -> newest = NOBODY
	:: else
	fi;
#ifdef M_KEYS_LOST
	map[m].key[HOLD] = 0; map[m].key[CONFIRM] = 0; map[m].key[SALE] = 0;
#endif
	x = 0
}

/*
 * lead: a node wins an election and its barrier is committed. An entry that was proposed and not committed may be in its
 * log, and is then committed, or not, and is then lost: the barrier has a newer term. Nobody hears of it.
 */
inline lead() {
	printf("node %d leads\n", m);
	if
	:: CHOOSE_ATTEMPT(IS_TAIL);
		leads[m] = 1; newest = m; q = ROAD(x);
#ifdef M_TIME_RUNS_BACK
		clock = map[m].now;
#endif
		NOTE(1);
		commit(x, m);
		printf("    and with it attempt %d of request %d is committed: %d\n", x, ABOUT(x), mine);
		settle(x)
	:: true -> newest = m; leads[m] = 1
	fi;
	d_step {
	x = 0;
	do
	:: x < ATTEMPTS ->
		if :: at[x] == TAIL -> settle(x) :: else fi;
		x++
	:: else -> break
	od
	}
}

/* pass: an entry about another event, or an opening one: log time goes on. expire: this event's turn in the tick. */
inline pass() {
	printf("log time is %d\n", latest + 1);
	latest++;
	n = 0;
	do
	:: n < NODES -> map[n].now = latest; n++
	:: else -> break
	od
#ifdef M_KEYS_FORGOTTEN
	; n = 0;
	do
	:: n < NODES -> map[n].key[HOLD] = 0; map[n].key[CONFIRM] = 0; map[n].key[SALE] = 0; n++
	:: else -> break
	od
#endif
	; n = 0
}

inline expire() {
	n = 0;
	do
	:: n < NODES -> lapse(n); n++
	:: else -> break
	od;
	n = 0
}

#ifdef M_TWO_LEADERS
#define CAN_CHEAT(x) (at[x] >= FLY && at[x] != FLY + newest)
inline cheat() { /* a vote was forgotten, so two nodes have a majority */
	m = at[x] - FLY; q = ROAD(x);
	decide(m, ABOUT(x), keyed[x]);
	mine = ans; ans = 0;
	if :: changed && effect[ABOUT(x)] == 0 -> effect[ABOUT(x)] = 1 + q :: else fi;
	changed = 0;
	printf("node %d, which was deposed, commits attempt %d of request %d: %d\n", m, x, ABOUT(x), mine);
	if
	:: WAITED(x) -> drop(x); hear(q, mine)
	:: else -> drop(x)
	fi
}
#endif

active proctype World() {
end:
	do
	:: atomic { CHOOSE_ROAD(CAN_BEGIN); begin(); check() }
	:: atomic { CHOOSE_ATTEMPT(CAN_PROPOSE); CHOOSE_NODE(CAN_TAKE); propose(); check() }
	:: atomic { CHOOSE_ATTEMPT(CAN_REFUSE); if :: refuse() :: overload() :: spoil() fi; check() }
	:: atomic { CHOOSE_ATTEMPT(CAN_UNKNOWN); lose(); check() }
	:: atomic { CHOOSE_ATTEMPT(CAN_COMMIT); decided(); check() }
	:: atomic { CHOOSE_NODE(CAN_FAIL); fall(); check() }
	:: atomic { CHOOSE_NODE(CAN_LEAD); lead(); check() }
	:: atomic { newest != NOBODY && latest < ENDTIME -> pass(); check() }
	:: atomic { newest != NOBODY && map[newest].hold == HELD && map[newest].deadline <= latest -> expire(); check() }
#ifdef M_TWO_LEADERS
	:: atomic { CHOOSE_ATTEMPT(CAN_CHEAT); cheat(); check() }
#endif
	od
}
