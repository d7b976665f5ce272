package httpapi

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// seenCodes are the codes of all problems that the suite's requests were answered with.
var seenCodes = struct {
	sync.Mutex
	codes map[string]bool
}{codes: map[string]bool{}}

// TestMain also holds the suite as a whole to its aim: a full run has seen every problem there is.
func TestMain(m *testing.M) {
	status := m.Run()
	if status == 0 && flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == "" {
		status = missingCodes()
	}
	if err := goleak.Find(); status == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func missingCodes() int {
	status := 0
	for _, code := range slices.Sorted(maps.Keys(kinds)) {
		if !seenCodes.codes[code] {
			fmt.Fprintf(os.Stderr, "no test was answered with problem %s\n", code)
			status = 1
		}
	}
	return status
}
