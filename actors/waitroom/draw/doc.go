// Package draw owns the order in which a lot puts those who came before the opening: a permutation that follows from a seed.
//
// The seed is 32 random bytes. [SeedHash] is SHA-256 of them, and is published before anybody can join; the seed itself is
// published with the draw. Then anybody can compute every place again, in any language, from four things that the room
// shows: the seed, the lane, how many numbers the lane had given out, and the visitor's own number.
//
//	place(number) for number < count; numbers from count on keep their place
//
//	1  b is the smallest number, at least 2, with count <= 2^b; r = b/2, rounded down; l = b - r; x = number.
//	2  L = x >> r, R = x mod 2^r.
//	3  Four times, with i = 0, 2, 4, 6:  L = L xor (F(i, R) mod 2^l), then  R = R xor (F(i+1, L) mod 2^r)
//	   F is the first 8 bytes, big-endian, of SHA-256 over 55 bytes:
//	   seed 32 | "draw1" 5 | lane 1 | count 8 | i 1 | L or R 8      (numbers big-endian)
//	4  x = L << r | R. While x >= count, go on at 2. Then x is the place.
//
// That is a Feistel network of eight rounds on less than twice as many as are drawn, with cycle walking: always a bijection,
// whatever F is, so that nobody shares a place and none is left out. 55 bytes are what one block of SHA-256 has room for.
// Since all messages are of one length, the seed in front of them is a key as good as HMAC's.
//
// Promises: the same four things give the same place, for ever (a fixture stands in the tests); without the seed no place can
// be told from chance; a place costs 8 to 16 blocks on average, and allocates nothing. Walls: the standard
// library only; no state.
package draw
