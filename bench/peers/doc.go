// Package peers is what the systems that Parterre is compared with have in common: the hall that all of them sell, the two
// steps of an order, and how a server process is started from a locally installed binary and ended again.
//
// # One work for all
//
// A Server holds events of one Hall, all seats free. A Client, one for each concurrent caller, does an order in two steps,
// each durable before its answer: Hold claims a party's seats until a deadline, Confirm makes the hold an order. Seats
// are numbers, best seats first, row by row; a driver maps them to whatever its system calls them. After a run Totals
// says what the server itself has: orders, tickets, and seats that two orders hold. A driver that lies to itself would be
// found out by the numbers that the clients counted.
//
// # Walls
//
// The package knows neither HTTP nor any database. The systems are packages below it (postgres, redis, etcd, parterre),
// which know this package and their own client library only, and not each other; bench/compare drives them all through
// the interfaces here and knows none of them. Only peers/parterre knows bench/nodes, bench/load and httpapi/client.
//
// # Processes
//
// Every process has an owner that ends it and waits (Process.Stop); on Linux it also dies with its parent. PostgreSQL
// refuses to run as root, so that an Account of its own is used then. Everything a peer writes lies in the folder of its
// Setup, which the caller removes.
package peers
