// Package diskfault makes the files of a Raft group slow, fail or hang on demand. It is for tests, of any package, and for
// faults made on purpose in a node that runs (`parterre serve --fault-disk FILE`, a hidden flag).
//
// Faults are a layer between the guards of package disk and the real stores, so that the guards meet what a disk would do
// to them. They lie about nothing: an access that was answered without an error has reached the files, and was fsynced.
// What an unsound disk that acknowledges and forgets would do, no log can stand, and is not here.
//
// Control reads the faults from a file, again and again, so that a test can change them in another process.
package diskfault
