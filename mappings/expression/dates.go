package expression

import (
	"strconv"
	"time"
)

// dating are the functions that work on dates. A date is a text between them,
// always in UTC.
func dating(name string) function {
	switch name {
	case "CDate":
		return cdate
	case "DateAdd":
		return dateAdd
	case "DateDiff":
		return dateDiff
	case "DateFromNum":
		return dateFromNum
	case "FormatDateTime":
		return formatDateTime
	case "Now":
		return now
	case "NumFromDate":
		return numFromDate
	default:
		return nil
	}
}

// dateText is the form in which functions give dates, .NET's
// M/d/yyyy h:mm:ss tt.
const dateText = "1/2/2006 3:04:05 PM"

func dateValue(t time.Time) Value { return given(t.UTC().Format(dateText)) }

// cdate reads a date text. Those without a zone are in UTC.
func cdate(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	text, ok, err := in.single(c, args[0])
	if err != nil {
		return Value{}, err
	}
	if !ok {
		return Value{}, c.unsupported("what it makes of a missing date is not documented")
	}
	t, ok := parseAny(text, cdateForms())
	if !ok {
		return Value{}, c.unsupported("what it makes of " + quote(text) + " is not documented")
	}
	return dateValue(t), nil
}

// cdateForms are the forms of the dates in the documentation's samples, with
// and without time, seconds and zone. In Go's layouts Z07:00 stands for Z too,
// and seconds may have a fraction.
func cdateForms() []string {
	var forms []string
	for _, form := range append(isoTimes(), "2006-01-02") {
		forms = append(forms, form, form+"Z07:00")
	}
	return append(forms, "1/2/2006", dateText, "1/2/2006 3:04 PM", "1/2/2006 15:04:05", "1/2/2006 15:04")
}

func isoTimes() []string {
	return []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"}
}

func parseAny(text string, forms []string) (time.Time, bool) {
	for _, form := range forms {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), inCalendar(t) && withinZones(t)
		}
	}
	return time.Time{}, false
}

// inCalendar tells whether .NET has the date: the years 1 to 9999.
func inCalendar(t time.Time) bool { return t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 }

// withinZones tells whether .NET takes the offset: no more than 14 hours.
func withinZones(t time.Time) bool {
	_, offset := t.Zone()
	return validOffset(time.Duration(offset) * time.Second)
}

func validOffset(d time.Duration) bool { return d.Abs() <= 14*time.Hour }

func now(in Input, c *Call) (Value, error) {
	if _, err := c.arguments(0, 0); err != nil {
		return Value{}, err
	}
	return dateValue(in.clock()), nil
}

// clock is the time that counts as now.
func (in Input) clock() time.Time {
	if in.Now.IsZero() {
		return time.Now().UTC()
	}
	return in.Now.UTC()
}

// fileTimeEpoch is 1 January 1601 in seconds of Unix. Active Directory counts
// from there, in ticks of 100 ns.
const (
	fileTimeEpoch  = -11_644_473_600
	ticksPerSecond = 10_000_000
)

func dateFromNum(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	text, _, err := in.single(c, args[0])
	if err != nil {
		return Value{}, err
	}
	ticks, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return Value{}, c.wrong(quote(text) + " is not a whole number")
	}
	t := time.Unix(fileTimeEpoch+ticks/ticksPerSecond, ticks%ticksPerSecond*100)
	if ticks <= 0 || !inCalendar(t) { // 0 and the greatest number are "never"
		return Value{}, c.unsupported("what it makes of " + strconv.FormatInt(ticks, 10) + ", which is no date, is not documented")
	}
	return dateValue(t), nil
}

// numFromDate takes a date and time with its zone in the forms of ISO 8601.
func numFromDate(in Input, c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	text, _, err := in.single(c, args[0])
	if err != nil {
		return Value{}, err
	}
	forms := isoTimes()
	for i := range forms {
		forms[i] += "Z07:00"
	}
	t, ok := parseAny(text, forms)
	ticks := (t.Unix()-fileTimeEpoch)*ticksPerSecond + int64(t.Nanosecond())/100
	if !ok || ticks < 0 || t.Nanosecond()%100 != 0 {
		return Value{}, c.unsupported(quote(text) + " is no date with time and zone such as 2026-12-31T23:59:59Z; what it makes of others is not documented")
	}
	return given(strconv.FormatInt(ticks, 10)), nil
}
