package redis

import (
	"bufio"
	"fmt"
	"strconv"
)

// readInteger reads one answer of a script: an integer, or an error of the server.
func readInteger(r *bufio.Reader) (int64, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 4 || line[len(line)-2] != '\r' {
		return 0, fmt.Errorf("%w: %q", ErrProtocol, line)
	}
	switch line = line[:len(line)-2]; line[0] {
	case ':':
		return parseInteger(line[1:])
	case '-':
		return 0, fmt.Errorf("%w: %s", ErrServer, line[1:])
	}
	return 0, fmt.Errorf("%w: %q", ErrProtocol, line)
}

// parseInteger reads a decimal number without allocating.
func parseInteger(digits []byte) (n int64, err error) {
	negative := digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > len(strconv.Itoa(1<<53)) {
		return 0, fmt.Errorf("%w: %q", ErrProtocol, digits)
	}
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, fmt.Errorf("%w: %q", ErrProtocol, digits)
		}
		n = n*10 + int64(d-'0')
	}
	if negative {
		n = -n
	}
	return n, nil
}
