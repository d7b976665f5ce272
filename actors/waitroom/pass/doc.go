// Package pass owns the papers of the waiting room: the token that holds a visitor's place, the pass of who is inside, and
// the invitation to a lane. They are all that the room knows of a visitor who waits, and so a million of them cost it nothing.
//
// A paper is 50 bytes and a 16 byte signature, 88 characters of base64url:
//
//	version and kind 1 | key 4 | event 8 | lane 1 | number 8 | issued, Unix ms 8 | lives, seconds 4 | buyer 8 | session 8
//
// all big-endian. event and buyer are the first 64 bits of SHA-256 of their texts; a buyer counts within its event. The
// signature is the first 16 bytes of HMAC-SHA256 over the 50 bytes, with the key of that number from the room's ring. The
// kind is signed with all else, so that no paper can stand for another kind. 88 characters leave no bits over: one
// paper has one text.
//
// Keys rotate by number. [Ring.Signer] takes a new key only [Ripening] after it was made, when every node knows it; a key is good
// for checking as long as it is in the ring, which keeps it until nothing that it has signed can be alive.
//
// Promises: [Ring.Check] allocates nothing, compares signatures in constant time, and says by its own error what is wrong
// with a paper; a paper that it takes was signed by a key of the ring. Walls: the standard library only; no clock, no
// randomness, no state. Whoever asks brings the time.
package pass
