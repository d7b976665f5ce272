// Package redis is Redis as a peer: one copy, with `appendfsync always` or `everysec`, a Lua script a step.
//
// An event is a string of eight bytes a seat, the owning hold's id or zeros, and a hash of holds; neighbours are one range,
// so that a hold is one read and two writes, and a confirmation one read and one write: the hold's record says whether its
// seats are held or sold. Lapsed holds are found by those who want their seats. (lua/*.lua)
//
// Two ways to drive it: pooled, a connection for each client and one command under way on it; and pipelined, the clients'
// commands packed into few connections as they come, as the best client libraries do by themselves. Both speak the
// protocol directly, since Parterre is driven by a raw client, too, and shares its cores with it; what is not hot goes
// through go-redis.
package redis
