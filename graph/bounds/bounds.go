// Package bounds reads what comes from outside, such as answers, files and
// standard input, without trusting its size, its depth or its end.
package bounds

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// The limits on what is read. Nothing that Microsoft Entra ID or scimctl
// writes comes near them.
const (
	Token      = 64 << 10  // a secret
	Expression = 1 << 20   // an expression of an attribute mapping
	Settings   = 1 << 20   // the config file, a list of mappings
	Document   = 64 << 20  // a schema, a plan, an answer of a server
	Table      = 512 << 20 // rows for every user of the largest tenants
)

// An Error says that something from outside is larger, deeper or slower than
// scimctl accepts.
type Error struct {
	What     string // "the answer", "workato.json"
	Bound    string // reads after What: "is larger than 64 MB"
	Liftable bool   // the user may lift the limit
	Silent   bool   // nothing came for too long; the next attempt may be luckier

	fixed bool // nobody may
}

func (e *Error) Error() string { return e.What + " " + e.Bound }

// Liftable marks a limit in err as one that the user may lift, unless nobody may.
func Liftable(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.Liftable = !e.fixed
	}
	return err
}

// Read reads all of r, which may have limit bytes; 0 is any number. One that
// has more is an *[Error].
func Read(r io.Reader, what string, limit int64) ([]byte, error) {
	content := make([]byte, 0, firstRead)
	for {
		if len(content) == cap(content) {
			content = grown(content, limit)
		}
		n, err := r.Read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		switch {
		case limit > 0 && int64(len(content)) > limit:
			return nil, TooLarge(what, limit)
		case errors.Is(err, io.EOF):
			return content, nil
		case err != nil:
			return content, err
		}
	}
}

const firstRead = 4 << 10

// grown gives content room for as much again, though only for one byte over the
// limit, so that the largest text takes no more memory than itself and a half.
func grown(content []byte, limit int64) []byte {
	room := 2 * int64(cap(content))
	if limit > 0 && room >= limit {
		room = limit + 1
	}
	return append(make([]byte, 0, room), content...)
}

// ReadFile is [Read] for the file at path.
func ReadFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	content, err := Read(f, path, limit)
	return content, errors.Join(err, f.Close())
}

// TooLarge is the error for more than limit bytes.
func TooLarge(what string, limit int64) *Error {
	return &Error{What: what, Bound: "is larger than " + size(limit)}
}

func size(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// Unix is the time of a number of seconds since 1970. It is zero for a number
// that no time in JSON can hold, which ends with the year 9999.
func Unix(seconds float64) time.Time {
	const end = 253402300800
	if seconds > 0 && seconds < end { // neither holds for NaN
		return time.Unix(int64(seconds), 0).UTC()
	}
	return time.Time{}
}

// UTC is t in UTC, or zero when JSON cannot hold that, as at the end of the
// year 9999 in a time zone to the west.
func UTC(t time.Time) time.Time {
	if t = t.UTC(); t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
