// Package pack owns the msgpack primitives that Parterre's hand-written codecs are made of.
//
// Writers append to a slice and always take the shortest form, so that equal values have equal bytes. A Reader is a
// cursor over a buffer: it accepts every form the msgpack specification allows for a value, checks each length against
// the caller's limit and against what is left of the buffer before anything is allocated, and keeps its first error, so
// that a codec reads straight on and asks once at the end.
//
// Strings and byte slices that a Reader yields alias its buffer: the buffer must never change afterwards.
//
// Format: https://github.com/msgpack/msgpack/blob/master/spec.md. Maps, floats and extensions are not used here, and a
// Reader refuses them.
package pack
