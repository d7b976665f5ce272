package clockfault

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func follow(t *testing.T, document string) (c *Clock, write func(string)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clock")
	write = func(document string) {
		t.Helper()
		err := os.WriteFile(file+".new", []byte(document), 0o600)
		if err == nil {
			err = os.Rename(file+".new", file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if document != "" {
		write(document)
	}
	c, err := Follow(file, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, write
}

// off is by how much a clock is ahead; near allows for a busy machine.
func off(c *Clock) time.Duration {
	return time.Duration(c.Millis()-time.Now().UnixMilli()) * time.Millisecond
}

func near(got, want time.Duration) bool { return (got - want).Abs() < 2*time.Second }

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not in time: " + what)
		}
	}
}

func TestWithoutAFileItIsTheMachinesClock(t *testing.T) {
	c, _ := follow(t, "")
	if !near(off(c), 0) {
		t.Errorf("%s off", off(c))
	}
}

func TestAClockStepsBothWaysAndBack(t *testing.T) {
	c, write := follow(t, `{"offset_ms": 60000}`)
	if !near(off(c), time.Minute) {
		t.Errorf("%s off", off(c))
	}
	write(`{"offset_ms": -60000}`)
	until(t, "it steps back", func() bool { return near(off(c), -time.Minute) })
	write("")
	until(t, "it is right again", func() bool { return near(off(c), 0) })
}

func TestAClockDrifts(t *testing.T) {
	c, write := follow(t, `{"rate_ppm": 1000000000}`) // a thousand seconds more each second
	until(t, "it is ten minutes ahead", func() bool { return off(c) > 10*time.Minute })
	write(`{"rate_ppm": -1000000000}`)
	until(t, "it is ten minutes behind", func() bool { return off(c) < -10*time.Minute })
}

func TestADocumentThatCannotBeUnderstoodIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "clock")
	for _, document := range []string{`{"offset": 1}`, `x`, `{"offset_ms": 1.5}`} {
		if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Follow(file, func(error) {}); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: %v", document, err)
		}
	}
}
