package main

import (
	"os"
	"os/signal"
	"syscall"
)

// exitOnSecondSignal ends the process at once when another SIGTERM or SIGINT arrives: somebody is in a hurry. Nothing
// acknowledged is lost by that. The function returned stops listening.
func exitOnSecondSignal() (stop func()) {
	signals := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		select {
		case <-signals:
			os.Exit(exitFailure)
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}
