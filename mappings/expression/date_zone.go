package expression

import (
	"time"
)

// zone reads what z, K or a bare Z of a format stands for. For K there may be
// nothing at all.
func (r *dateReader) zone(token dateToken) bool {
	if token.letter == 'Z' || token.letter == 'K' && len(r.text) > 0 && r.text[0] == 'Z' {
		return (r.literal("Z") || r.literal("GMT")) && r.inZone(0, true)
	}
	if token.letter == 'K' && (len(r.text) == 0 || r.text[0] != '+' && r.text[0] != '-') {
		return true
	}
	count := token.count
	if token.letter == 'K' {
		count = 3
	}
	offset, ok := r.readOffset(count)
	return ok && r.inZone(offset, false)
}

// readOffset reads +7, +07 or +07:00, where the colon may be missing.
func (r *dateReader) readOffset(count int) (offset time.Duration, ok bool) {
	sign := time.Duration(1)
	if r.literal("-") {
		sign = -1
	} else if !r.literal("+") {
		return 0, false
	}
	hours, minutes := -1, -1
	if count < 3 {
		ok = r.number(&hours, count)
		return sign * time.Duration(hours) * time.Hour, ok
	}
	ok = r.number(&hours, 1)
	if ok && r.literal(":") {
		ok = r.number(&minutes, 1)
	} else if ok {
		ok = r.number(&minutes, 2)
	}
	return sign * (time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute), ok && minutes < 60
}

func (r *dateReader) inZone(offset time.Duration, named bool) bool {
	if r.zoned && r.offset != offset || !validOffset(offset) {
		return false
	}
	r.zoned, r.utc, r.offset = true, r.utc || named, offset
	return true
}

// moment puts together what was read.
func (r *dateReader) moment(today time.Time) (moment, bool) {
	if !r.settleHour() || !r.settleDate(today) {
		return moment{}, false
	}
	hour, minute, second := max(r.hour, 0), max(r.minute, 0), max(r.second, 0)
	t := time.Date(r.year, time.Month(r.month), r.day, hour, minute, second, max(r.ticks, 0)*100, time.UTC)
	exists := t.Day() == r.day && int(t.Month()) == r.month && t.Year() == r.year && hour < 24 && minute < 60 && second < 60
	if !exists || !inCalendar(t) || r.weekday >= 0 && int(t.Weekday()) != r.weekday {
		return moment{}, false
	}
	return r.placed(t)
}

// placed finds out what is known of the zone.
func (r *dateReader) placed(t time.Time) (moment, bool) {
	switch {
	case !r.zoned && !r.styles.assumeUniversal:
		return moment{Time: t}, true
	case !r.zoned && r.styles.adjust, r.utc && r.styles.roundtripUTC:
		return moment{Time: t, kind: utc}, true
	}
	m := moment{Time: t.Add(-r.offset), kind: elsewhere, written: t}
	if r.styles.adjust {
		m = moment{Time: m.Time, kind: utc}
	}
	return m, inCalendar(m.Time)
}

// settleHour makes the hours of half a day those of a whole one. Without AM or
// PM it is the morning.
func (r *dateReader) settleHour() bool {
	hour := max(r.hour, 0)
	switch {
	case r.twelve && hour > 12:
		return false
	case r.twelve && r.half == "PM":
		r.hour = hour%12 + 12
	case r.twelve:
		r.hour = hour % 12
	case r.half == "AM":
		return hour < 12
	case r.half == "PM":
		return hour >= 12
	}
	return true
}

// settleDate completes the date: a whole date that is missing is today, a
// missing year this one, a missing month or day the first.
func (r *dateReader) settleDate(today time.Time) bool {
	if r.twoDigitYear && r.year >= 0 && r.year < 100 {
		// Where the century turns depends on the version of .NET: at 30 or at 50.
		if r.year >= 30 && r.year < 50 {
			return false
		}
		r.year += 1900
		if r.year < 1930 {
			r.year += 100
		}
	}
	if r.year < 0 && r.month < 0 && r.day < 0 {
		r.year, r.month, r.day = today.Year(), int(today.Month()), today.Day()
		if r.styles.noCurrentDate {
			r.year, r.month, r.day = 1, 1, 1
		}
	}
	if r.year < 0 {
		r.year = today.Year()
	}
	r.month, r.day = firstIfMissing(r.month), firstIfMissing(r.day)
	return true
}

func firstIfMissing(n int) int {
	if n < 0 {
		return 1
	}
	return n
}
