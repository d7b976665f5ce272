// Package postgres is PostgreSQL as a peer: one copy, or one primary with two synchronous standbys, driven in two ways.
//
// usual is what shops write: a transaction that locks the wanted seats with SELECT … FOR UPDATE SKIP LOCKED, marks them and
// makes a hold; another one that makes the order, marks the seats sold and writes the tickets. Statements are prepared
// and pipelined, so that a hold costs two round trips and a confirmation one. (schema_usual.sql, usual.go)
//
// function is the best we know: one function call a step, hence one round trip and one transaction; a seat's row is written
// once, since a hold and the order that it becomes are one row with one id; nothing is locked that is not written; no
// index but the primary keys, so that every update stays on its page. (schema_function.sql, function.go)
//
// The settings are in settings.go, each with its reason. docs/PEERS.md tells what was tried.
package postgres
