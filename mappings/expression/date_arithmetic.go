package expression

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// dateAdd is DateAdd(interval, value, dateTime).
func dateAdd(in Input, c *Call) (Value, error) {
	args, err := c.arguments(3, 3)
	if err != nil {
		return Value{}, err
	}
	interval, err := in.interval(c, args[0])
	if err != nil {
		return Value{}, err
	}
	count, err := in.units(c, args[1])
	if err != nil {
		return Value{}, err
	}
	begin, err := in.date(c, args[2])
	if err != nil {
		return Value{}, err
	}
	end, reason := moved(begin, interval, count)
	if reason == "" && !inCalendar(end) {
		reason = "the date would lie outside the years 1 to 9999"
	}
	if reason != "" {
		return Value{}, c.unsupported(reason)
	}
	return dateValue(end), nil
}

// moved adds units of an interval to a date. Whether the last of January plus
// a month is the last of February or the first days of March is not
// documented: that is a reason not to.
func moved(t time.Time, interval string, count int) (moved time.Time, reason string) {
	switch interval {
	case "yyyy":
		moved = t.AddDate(count, 0, 0)
	case "m":
		moved = t.AddDate(0, count, 0)
	case "ww":
		return t.AddDate(0, 0, 7*count), ""
	case "d":
		return t.AddDate(0, 0, count), ""
	default:
		return time.Unix(t.Unix()+int64(count)*int64(spans()[interval]/time.Second), 0).UTC(), ""
	}
	if moved.Day() != t.Day() {
		reason = "what it makes of a day that the month has not is not documented"
	}
	return moved, reason
}

func spans() map[string]time.Duration {
	return map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "n": time.Minute, "s": time.Second}
}

// dateDiff is DateDiff(interval, date1, date2), positive when the second is
// later. The documented samples fit what Visual Basic does, and nothing
// simpler does so for all: years and months are those of the calendar, weeks
// begin on Sunday, of the others only whole ones count.
func dateDiff(in Input, c *Call) (Value, error) {
	args, err := c.arguments(3, 3)
	if err != nil {
		return Value{}, err
	}
	interval, err := in.interval(c, args[0])
	if err != nil {
		return Value{}, err
	}
	from, err := in.date(c, args[1])
	if err != nil {
		return Value{}, err
	}
	to, err := in.date(c, args[2])
	if err != nil {
		return Value{}, err
	}
	n, sure := between(from, to, interval)
	if !sure {
		return Value{}, c.unsupported("how weeks are counted from a later to an earlier time of the day is not documented")
	}
	return given(strconv.FormatInt(n, 10)), nil
}

func between(from, to time.Time, interval string) (n int64, sure bool) {
	years := int64(to.Year() - from.Year())
	switch interval {
	case "yyyy":
		return years, true
	case "m":
		return 12*years + int64(to.Month()) - int64(from.Month()), true
	case "ww":
		return weeksBetween(from, to)
	default:
		return (to.Unix() - from.Unix()) / int64(spans()[interval]/time.Second), true
	}
}

// weeksBetween counts Sundays. Visual Basic's own way looks at the time of the
// day too; where that makes a difference the count is not sure.
func weeksBetween(from, to time.Time) (n int64, sure bool) {
	const day = 24 * 60 * 60
	sunday := func(t time.Time) int64 { return t.Unix() - day*int64(t.Weekday()) }
	n = (floorDays(sunday(to)) - floorDays(sunday(from))) / 7
	return n, n == (sunday(to)-sunday(from))/day/7
}

// floorDays are the days since 1970, also before.
func floorDays(seconds int64) int64 {
	const day = 24 * 60 * 60
	return (seconds - (seconds%day+day)%day) / day
}

// interval evaluates the name of an interval.
func (in Input) interval(c *Call, arg Node) (string, error) {
	s, _, err := in.single(c, arg)
	if err != nil {
		return "", err
	}
	if !slices.Contains(intervals(), s) {
		return "", c.wrong(quote(s) + " is none of the intervals " + strings.Join(intervals(), " "))
	}
	return s, nil
}

func intervals() []string { return []string{"yyyy", "m", "d", "ww", "h", "n", "s"} }

// units evaluates how many units of an interval are meant.
func (in Input) units(c *Call, arg Node) (int, error) {
	s, _, err := in.single(c, arg)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(s, 10, 32) // .NET's Int32
	if err != nil {
		return 0, c.wrong(quote(s) + " is not a whole number")
	}
	return int(n), nil
}

// date evaluates an argument that has to be a date as date functions give it.
func (in Input) date(c *Call, arg Node) (time.Time, error) {
	s, ok, err := in.single(c, arg)
	if err != nil {
		return time.Time{}, err
	}
	if !ok {
		return time.Time{}, c.unsupported("what it makes of a missing date is not documented")
	}
	t, err := time.Parse(dateText, s)
	if err != nil || !inCalendar(t) || t.Format(dateText) != s {
		return time.Time{}, c.unsupported("the text " + quote(s) + " is no date until it stands in CDate")
	}
	return t, nil
}
