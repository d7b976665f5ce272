package judge

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxLogLine bounds a line of a node's log; what is longer tells of no election.
const maxLogLine = 1 << 20

// election is what a node won.
type election struct{ partition, term string }

// judgeElections reads what the nodes wrote (their logs as text) and judges that of one partition and term, one node won the
// election: two are two leaders who may commit different entries at one place of the log (Ongaro and Ousterhout 2014,
// election safety). A clash is mostly over before it does harm, so that clients seldom see it.
func judgeElections(v *Verdict, logs []string) error {
	winners := map[election]string{}
	for _, path := range logs {
		f, err := os.Open(path)
		if err != nil {
			return fmt.Errorf("judge: %w", err)
		}
		err = readElections(f, func(e election, node string) {
			v.count(v.Elections, 1, 0)
			if first, ok := winners[e]; ok && first != node {
				v.broken(v.Elections, Finding{
					Event: "partition " + e.partition, Says: fmt.Sprintf("%s and %s both won the election of term %s", first, node, e.term),
				})
			}
			winners[e] = node
		})
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("judge: %s: %w", path, err)
		}
	}
	return nil
}

// readElections calls won for each election that a log tells of.
func readElections(r io.Reader, won func(e election, node string)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxLogLine)
	for lines.Scan() {
		line := lines.Text()
		if !strings.Contains(line, `msg="election won"`) {
			continue
		}
		e, node := election{partition: field(line, "partition"), term: field(line, "term")}, field(line, "node")
		if e.partition != "" && e.term != "" && node != "" {
			won(e, node)
		}
	}
	return lines.Err()
}

// field is the value of a field in a line of a log, "" if it has none.
func field(line, name string) string {
	_, rest, _ := strings.Cut(line, " "+name+"=")
	value, _, _ := strings.Cut(rest, " ")
	return value
}
