// Package etcd is a three-node etcd as a peer: the usual store of facts that three machines must agree on.
//
// A seat that is taken is a key whose value is its hold's id and deadline; a hold, and the order that it becomes, is one
// more key. A hold is one transaction: if none of the seats' keys exists, put them and the hold's. A confirmation is
// another: if the hold's key is still as it was made, put it as an order. So each is one round trip and one entry of
// etcd's log. A refused hold looks at whom the seats belong to, which the same transaction gave back, and takes over
// from holds that lapsed.
//
// etcd cannot search, so the best available is picked by the driver from a map of its own, as a shop's would that keeps one
// by watching; with one driver no two pickers clash, which is kinder to etcd than life is.
//
// Requests go to the leader, which saves the others' forwarding; a client library connection is shared by some clients, as
// many as did best in the trial.
package etcd
