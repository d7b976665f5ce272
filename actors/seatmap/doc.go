// Package seatmap owns the state of one event: who has which place, until when, at what price.
package seatmap
