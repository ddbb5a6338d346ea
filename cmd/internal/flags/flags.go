// Package flags has values of flags that several commands take.
package flags

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// TimeOf reads the time that a flag names; a date is its first moment in UTC.
func TimeOf(c *cobra.Command, flag, text string) (time.Time, error) {
	if !c.Flags().Changed(flag) {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil && !t.IsZero() {
			return t, nil
		}
	}
	return time.Time{}, exit.Usagef(c, "--%s: %q is not a time such as 2026-03-01T09:00:00Z", flag, text)
}

// MomentValue is a flag that takes a time: a date, a moment, or how long ago.
type MomentValue time.Time

func (v *MomentValue) Set(text string) error {
	if ago, err := parseAgo(text); err == nil {
		*v = MomentValue(time.Now().Add(-ago).UTC())
		return nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			*v = MomentValue(t.UTC())
			return nil
		}
	}
	return fmt.Errorf("it is a time such as 24h, 7d, 2026-03-30 or 2026-03-30T07:00:00Z")
}

// parseAgo reads a length of time, also in days.
func parseAgo(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err
	}
	ago, err := time.ParseDuration(text)
	if err == nil && ago < 0 {
		err = fmt.Errorf("it is not in the past")
	}
	return ago, err
}

func (v *MomentValue) String() string {
	if t := time.Time(*v); !t.IsZero() {
		return t.Format(time.RFC3339)
	}
	return ""
}

func (v *MomentValue) Type() string { return "time" }
