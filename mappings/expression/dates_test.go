package expression_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/mappings/expression"
)

// hires are the attributes and the clock of the tables of dates.
func hires() expression.Input {
	return expression.Input{
		Now: time.Date(2025, 7, 30, 10, 0, 0, 999, time.FixedZone("", -2*60*60)),
		Attributes: map[string][]string{
			"hire": {"2020-03-16-07:00"}, "hire2012": {"2012-03-16-07:00"}, "aug25": {"8/25/2021 5:41:18 PM"},
			"end": {"12/31/2025 12:00:00 AM"}, "contractEnd": {"2020-12-31-08:00"}, "stamp": {"20150123105347.1Z"},
			"list": {"2020-01-01", "2020-01-02"},
		},
	}
}

func TestDatesAreReckonedAsDocumented(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Now()`: "7/30/2025 12:00:00 PM",

		`CDate([hire])`:                              "3/16/2020 7:00:00 AM",
		`CDate("2021-06-30+08:00")`:                  "6/29/2021 4:00:00 PM",
		`CDate("2009-06-15T01:45:30-07:00")`:         "6/15/2009 8:45:30 AM",
		`CDate("2021-08-24")`:                        "8/24/2021 12:00:00 AM",
		`CDate("2021-08-24Z")`:                       "8/24/2021 12:00:00 AM",
		`CDate("2021-08-24T13:05:06Z")`:              "8/24/2021 1:05:06 PM",
		`CDate("2021-08-24 13:05:06")`:               "8/24/2021 1:05:06 PM",
		`CDate("2021-08-24T13:05")`:                  "8/24/2021 1:05:00 PM",
		`CDate("2021-08-24T13:05:06.9999999+00:00")`: "8/24/2021 1:05:06 PM",
		`CDate([aug25])`:                             "8/25/2021 5:41:18 PM",
		`CDate("1/15/1990 12:00:00 AM")`:             "1/15/1990 12:00:00 AM",
		`CDate("12/31/9999")`:                        "12/31/9999 12:00:00 AM",
		`CDate("2/29/2024 23:59")`:                   "2/29/2024 11:59:00 PM",
		`CDate(Now())`:                               "7/30/2025 12:00:00 PM",

		`DateAdd("d", 7, CDate([hire2012]))`:                 "3/23/2012 7:00:00 AM",
		`DateAdd("d", -10, CDate([hire2012]))`:               "3/6/2012 7:00:00 AM",
		`DateAdd("ww", 2, CDate([hire2012]))`:                "3/30/2012 7:00:00 AM",
		`DateAdd("m", 10, CDate([hire2012]))`:                "1/16/2013 7:00:00 AM",
		`DateAdd("yyyy", 2, CDate([hire2012]))`:              "3/16/2014 7:00:00 AM",
		`DateAdd("d", "10", Now())`:                          "8/9/2025 12:00:00 PM",
		`DateAdd("h", 13, CDate("2024-02-28T12:00"))`:        "2/29/2024 1:00:00 AM",
		`DateAdd("n", -1, CDate("2023-03-01"))`:              "2/28/2023 11:59:00 PM",
		`DateAdd("s", 86400, CDate("2024-02-28"))`:           "2/29/2024 12:00:00 AM",
		`DateAdd("d", 1, CDate("2023-02-28"))`:               "3/1/2023 12:00:00 AM",
		`DateAdd("yyyy", 4, CDate("2024-02-29"))`:            "2/29/2028 12:00:00 AM",
		`DateAdd("m", -13, CDate("2024-03-28"))`:             "2/28/2023 12:00:00 AM",
		`DateAdd("yyyy", 60, CDate("1/15/1990"))`:            "1/15/2050 12:00:00 AM",
		`DateAdd("d", 1, DateAdd("d", 1, [aug25]))`:          "8/27/2021 5:41:18 PM",
		`DateAdd("d", 0, DateFromNum("129699324000000000"))`: "1/1/2012 11:00:00 PM",

		`DateDiff("d", CDate("2021-08-18+08:00"), CDate("2021-08-31+08:00"))`:  "13",
		`DateDiff("d", CDate([aug25]), CDate([hire2012]))`:                     "-3449",
		`DateDiff("ww", CDate([aug25]), CDate([hire2012]))`:                    "-493",
		`DateDiff("m", CDate([aug25]), CDate([hire2012]))`:                     "-113",
		`DateDiff("yyyy", CDate([aug25]), CDate([hire2012]))`:                  "-9",
		`DateDiff("d", CDate("2021-08-31+08:00"), CDate("2021-08-31+08:00"))`:  "0",
		`DateDiff("h", CDate("2021-08-24"), CDate("2021-08-25"))`:              "24",
		`DateDiff("n", CDate("2021-08-24"), CDate("2021-08-25"))`:              "1440",
		`DateDiff("s", CDate("2021-08-24"), CDate("2021-08-25"))`:              "86400",
		`DateDiff("d", Now(), CDate("2025-07-31"))`:                            "0", // twelve hours are no day
		`DateDiff("d", Now(), CDate("2025-07-30"))`:                            "0",
		`DateDiff("d", Now(), CDate("2025-08-01"))`:                            "1",
		`DateDiff("h", CDate("2025-01-01T00:59"), CDate("2025-01-01T02:00"))`:  "1",
		`DateDiff("h", CDate("2025-01-01T02:00"), CDate("2025-01-01T00:59"))`:  "-1",
		`DateDiff("yyyy", CDate("2021-12-31"), CDate("2022-01-01"))`:           "1",
		`DateDiff("m", CDate("2021-12-31"), CDate("2022-01-01"))`:              "1",
		`DateDiff("ww", CDate("2025-07-26"), CDate("2025-07-27"))`:             "1", // Saturday and Sunday
		`DateDiff("ww", CDate("2025-07-26T08:00"), CDate("2025-07-27T10:00"))`: "1",
		`DateDiff("ww", CDate("2025-07-27"), CDate("2025-08-02"))`:             "0",
		`DateDiff("ww", CDate("1969-12-27"), CDate("1970-01-04"))`:             "2",
		`DateDiff("d", CDate("2024-02-28"), CDate("2024-03-01"))`:              "2",

		`DateFromNum(129699324000000000)`:     "1/1/2012 11:00:00 PM",
		`DateFromNum("116444736000000000")`:   "1/1/1970 12:00:00 AM",
		`DateFromNum("129699324009999999")`:   "1/1/2012 11:00:00 PM",
		`DateFromNum("2650467743999999999")`:  "12/31/9999 11:59:59 PM",
		`NumFromDate("1601-01-01T00:00:00Z")`: "0",
		`NumFromDate(Join("", FormatDateTime([contractEnd], ,"yyyy-MM-ddzzz", "yyyy-MM-dd"), " 23:59:59-08:00"))`: "132539615990000000",
		`NumFromDate(Join("", FormatDateTime([end], "M/d/yyyy hh:mm:ss tt", "yyyy-MM-dd"), " 23:59:59-05:00"))`:   "134117171990000000",
		`NumFromDate("2099-12-31T23:59:59-04:00")`:                                                                "157469327990000000",
		`NumFromDate("2020-12-31T23:59:59.1234567Z")`:                                                             "132539327991234567",
		`NumFromDate("2020-12-31 23:59+00:00")`:                                                                   "132539327400000000",
		`DateFromNum(NumFromDate("2024-02-29 12:00:00Z"))`:                                                        "2/29/2024 12:00:00 PM",

		`FormatDateTime([stamp], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")`:                                     "2015-01-23",
		`FormatDateTime([stamp], "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")`:                                       "2015-01-23",
		`FormatDateTime([stamp], , "yyyyMMddHHmmss.fZ", "yyyy-MM-ddTHH:mm:ss.fffK")`:                       "2015-01-23T10:53:47.100Z",
		`FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy-MM-dd")`:                                     "2025-07-30",
		`FormatDateTime([contractEnd], , "yyyy-MM-ddzzz", "yyyy-MM-dd")`:                                   "2020-12-31",
		`FormatDateTime(DateAdd("yyyy", 60, CDate("1990-01-15")), , "M/d/yyyy hh:mm:ss tt", "yyyy-MM-dd")`: "2050-01-15",
		`FormatDateTime(CDate([hire]), "M/d/yyyy h:mm:ss tt", "yyyy-MM-ddTHH:mm:ssZ")`:                     "2020-03-16T07:00:00Z",
	} {
		checkDate(t, text, want)
	}
}

func TestDatesAreWrittenByEveryLetterOfAFormat(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"%d": "5", "dd": "05", "ddd": "Fri", "dddd": "Friday", "ddddd": "Friday",
		"%M": "6", "MM": "06", "MMM": "Jun", "MMMM": "June",
		"%y": "9", "yy": "09", "yyy": "2009", "yyyy": "2009", "yyyyy": "02009",
		"%h": "1", "hh": "01", "hhh": "01", "%H": "13", "HH": "13", "%m": "4", "mm": "04", "%s": "7", "ss": "07",
		"%f": "1", "ff": "12", "fff": "120", "ffff": "1203", "fffff": "12030", "ffffff": "120304", "fffffff": "1203040",
		"%F": "1", "FF": "12", "FFF": "12", "FFFF": "1203", "FFFFFFF": "120304", "ss.FFF": "07.12",
		"%t": "P", "tt": "PM", "ttt": "PM", "%g": "A.D.", "gg": "A.D.", "%K": "Z", "%z": "+0", "zz": "+00", "zzz": "+00:00",
		"HH:mm": "13:04", "d/M/y": "5/6/9", `h 'o''clock'`: "1 oclock", `"day" d`: "day 5", `\d d`: "d 5", `'it\'s' d`: "it's 5",
		"yyyy-MM-ddTHH:mm:ss.fffffffK": "2009-06-05T13:04:07.1203040Z", "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'": "Fri, 05 Jun 2009 13:04:07 GMT",
		"d.M.yyyy": "5.6.2009", "%é": "é", "%:": ":",
	} {
		checkDate(t, `FormatDateTime("2009-06-05T13:04:07.1203040Z", "yyyy-MM-ddTHH:mm:ss.fffffffK", `+quote(format)+`)`, want)
	}
	checkDate(t, `FormatDateTime("00:30", "HH:mm", "h tt")`, "12 AM")
	checkDate(t, `FormatDateTime("12:30", "HH:mm", "hh:mm t")`, "12:30 P")
	checkDate(t, `FormatDateTime("10:00:00", "HH:mm:ss", "HH:mm:ss.FFF")`, "10:00:00")
	checkDate(t, `FormatDateTime("10:00:00", "HH:mm:ss", "HH:mm:ssK")`, "10:00:00")
}

func TestDatesAreReadByEveryLetterOfAFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, format, want string }{
		{"5.6.2009", "d.M.yyyy", "2009-06-05T00:00:00.0000000"},
		{"05.06.09", "dd.MM.yy", "2009-06-05T00:00:00.0000000"},
		{"15.12.99", "d.M.y", "1999-12-15T00:00:00.0000000"},
		{"Fri, 5 Jun 2009", "ddd, d MMM yyyy", "2009-06-05T00:00:00.0000000"},
		{"friday 5 JUNE 2009", "dddd d MMMM yyyy", "2009-06-05T00:00:00.0000000"},
		{"1 May 2009", "d MMMM yyyy", "2009-05-01T00:00:00.0000000"},
		{"29.2.2024", "d.M.yyyy", "2024-02-29T00:00:00.0000000"},
		{"2009-06-05 1:04:07 pm", "yyyy-MM-dd h:mm:ss tt", "2009-06-05T13:04:07.0000000"},
		{"2009-06-05 12:04 a", "yyyy-MM-dd hh:mm t", "2009-06-05T00:04:00.0000000"},
		{"2009-06-05 12:04", "yyyy-MM-dd hh:mm", "2009-06-05T00:04:00.0000000"}, // without AM or PM it is the morning
		{"2009-06-05 13:04 PM", "yyyy-MM-dd HH:mm tt", "2009-06-05T13:04:00.0000000"},
		{"2009-06-05T13:04:07.5", "yyyy-MM-ddTHH:mm:ss.FFF", "2009-06-05T13:04:07.5000000"},
		{"2009-06-05T13:04:07", "yyyy-MM-ddTHH:mm:ss.FFF", "2009-06-05T13:04:07.0000000"},
		{"2009-06-05T13:04:07.", "yyyy-MM-ddTHH:mm:ss.FFF", "2009-06-05T13:04:07.0000000"},
		{"2009-06-05T13:04:07.120", "yyyy-MM-ddTHH:mm:ss.fff", "2009-06-05T13:04:07.1200000"},
		{"  5.6.2009\t", "d.M.yyyy", "2009-06-05T00:00:00.0000000"},
		{"5.6.2009", " d.M.yyyy ", "2009-06-05T00:00:00.0000000"},
		{"5.6.2009 A.D.", "d.M.yyyy gg", "2009-06-05T00:00:00.0000000"},
		{"6/2009", "M/yyyy", "2009-06-01T00:00:00.0000000"},
		{"2009", "yyyy", "2009-01-01T00:00:00.0000000"},
		{"5.6.", "d.M.", "2025-06-05T00:00:00.0000000"},   // this year
		{"10:30", "HH:mm", "2025-07-30T10:30:00.0000000"}, // today
		{"on 5.6.2009", "'on' d.M.yyyy", "2009-06-05T00:00:00.0000000"},
		{"d5.6.2009", `\dd.M.yyyy`, "2009-06-05T00:00:00.0000000"},
		{"5.6.2009 5", "d.M.yyyy d", "2009-06-05T00:00:00.0000000"},
		{"20090605", "yyyyMMdd", "2009-06-05T00:00:00.0000000"},
		{"2009-06-05Z", "yyyy-MM-ddK", "2009-06-05T00:00:00.0000000Z"},
		{"2009-06-05", "yyyy-MM-ddK", "2009-06-05T00:00:00.0000000"},
		{"2009-06-05GMT", "yyyy-MM-ddZ", "2009-06-05T00:00:00.0000000Z"},
	} {
		checkDate(t, `FormatDateTime(`+quote(test.text)+`, `+quote(test.format)+`, "yyyy-MM-ddTHH:mm:ss.fffffffK")`, test.want)
	}
	for _, test := range []struct{ text, format string }{
		{"2009-06-05T10:00-07:00", "yyyy-MM-ddTHH:mmzzz"},
		{"2009-06-05T10:00-0700", "yyyy-MM-ddTHH:mmzzz"},
		{"2009-06-05T10:00-07", "yyyy-MM-ddTHH:mmzz"},
		{"2009-06-05T10:00-7", "yyyy-MM-ddTHH:mmz"},
		{"2009-06-05T10:00-7:0", "yyyy-MM-ddTHH:mmK"},
	} {
		checkDate(t, `FormatDateTime(`+quote(test.text)+`, `+quote(test.format)+`, "yyyy-MM-dd")`, "2009-06-05")
		checkDate(t, `FormatDateTime(`+quote(test.text)+`, "AdjustToUniversal", `+quote(test.format)+`, "HH:mmK")`, "17:00Z")
	}
}

func TestStylesSayHowADateIsRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`FormatDateTime("2009-06-05", "AssumeUniversal, DateTimeStyles.AdjustToUniversal", "yyyy-MM-dd", "yyyy-MM-ddzzz")`: "2009-06-05+00:00",
		`FormatDateTime("5 . 6.2009", "AllowWhiteSpaces", "d.M.yyyy", "yyyy-MM-dd")`:                                       "2009-06-05",
		`FormatDateTime("5on6.2009", "AllowInnerWhite", "d 'on ' M.yyyy", "yyyy-MM-dd")`:                                   "2009-06-05",
		`FormatDateTime("10:30", "NoCurrentDateDefault", "HH:mm", "yyyy-MM-dd")`:                                           "0001-01-01",
		`FormatDateTime("2009-06-05Z", "RoundtripKind", "yyyy-MM-ddZ", "yyyy-MM-ddK")`:                                     "2009-06-05Z",
	} {
		checkDate(t, text, want)
	}
}

func TestWhatIsNotDocumentedOfDatesIsNotGuessed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`CDate([absent])`:                            `CDate at column 1: what it makes of a missing date is not documented`,
		`CDate("16.3.2020")`:                         `CDate at column 1: what it makes of "16.3.2020" is not documented`,
		`CDate("13/31/2020")`:                        `CDate at column 1: what it makes of "13/31/2020" is not documented`,
		`CDate("2023-02-29")`:                        `CDate at column 1: what it makes of "2023-02-29" is not documented`,
		`CDate("2020-03-16-15:00")`:                  `CDate at column 1: what it makes of "2020-03-16-15:00" is not documented`,
		`CDate("0001-01-01+01:00")`:                  `CDate at column 1: what it makes of "0001-01-01+01:00" is not documented`,
		`CDate([list])`:                              `CDate at column 1: what it makes of several values is not documented`,
		`DateAdd("m", 1, CDate("2023-01-31"))`:       `DateAdd at column 1: what it makes of a day that the month has not is not documented`,
		`DateAdd("m", -1, CDate("2024-03-31"))`:      `DateAdd at column 1: what it makes of a day that the month has not is not documented`,
		`DateAdd("yyyy", 1, CDate("2024-02-29"))`:    `DateAdd at column 1: what it makes of a day that the month has not is not documented`,
		`DateAdd("yyyy", 8000, CDate("2024-02-28"))`: `DateAdd at column 1: the date would lie outside the years 1 to 9999`,
		`DateAdd("d", -1, CDate("0001-01-01"))`:      `DateAdd at column 1: the date would lie outside the years 1 to 9999`,
		`DateAdd("d", 1, [hire])`:                    `DateAdd at column 1: the text "2020-03-16-07:00" is no date until it stands in CDate`,
		`DateDiff("d", [absent], Now())`:             `DateDiff at column 1: what it makes of a missing date is not documented`,
		`DateDiff("ww", CDate("2025-07-20T10:00"), CDate("2025-07-27T08:00"))`: `DateDiff at column 1: how weeks are counted from a later to an earlier time of the day is not documented`,
		`DateFromNum(0)`:                     `DateFromNum at column 1: what it makes of 0, which is no date, is not documented`,
		`DateFromNum("9223372036854775807")`: `DateFromNum at column 1: what it makes of 9223372036854775807, which is no date, is not documented`,
		`NumFromDate("2020-12-31")`:          `NumFromDate at column 1: "2020-12-31" is no date with time and zone such as 2026-12-31T23:59:59Z; what it makes of others is not documented`,
		`NumFromDate("2020-12-31T10:00")`:    `NumFromDate at column 1: "2020-12-31T10:00" is no date with time and zone such as 2026-12-31T23:59:59Z; what it makes of others is not documented`,
		`NumFromDate("1600-12-31T10:00Z")`:   `NumFromDate at column 1: "1600-12-31T10:00Z" is no date with time and zone such as 2026-12-31T23:59:59Z; what it makes of others is not documented`,

		`FormatDateTime("31.2.2020", "d.M.yyyy", "yyyy")`:                   `FormatDateTime at column 1: "31.2.2020" does not fit the input format "d.M.yyyy"; what the service makes of that is not documented`,
		`FormatDateTime("5.6.40", "d.M.yy", "yyyy")`:                        `FormatDateTime at column 1: "5.6.40" does not fit the input format "d.M.yy"; what the service makes of that is not documented`,
		`FormatDateTime("Mon 5.6.2009", "ddd d.M.yyyy", "yyyy")`:            `FormatDateTime at column 1: "Mon 5.6.2009" does not fit the input format "ddd d.M.yyyy"; what the service makes of that is not documented`,
		`FormatDateTime("5.6.2009 6", "d.M.yyyy d", "yyyy")`:                `FormatDateTime at column 1: "5.6.2009 6" does not fit the input format "d.M.yyyy d"; what the service makes of that is not documented`,
		`FormatDateTime("5.6.2009x", "d.M.yyyy", "yyyy")`:                   `FormatDateTime at column 1: "5.6.2009x" does not fit the input format "d.M.yyyy"; what the service makes of that is not documented`,
		`FormatDateTime("13:00 AM", "HH:mm tt", "yyyy")`:                    `FormatDateTime at column 1: "13:00 AM" does not fit the input format "HH:mm tt"; what the service makes of that is not documented`,
		`FormatDateTime("13:00", "hh:mm", "yyyy")`:                          `FormatDateTime at column 1: "13:00" does not fit the input format "hh:mm"; what the service makes of that is not documented`,
		`FormatDateTime("10:00+15:00", "HH:mmzzz", "yyyy")`:                 `FormatDateTime at column 1: "10:00+15:00" does not fit the input format "HH:mmzzz"; what the service makes of that is not documented`,
		`FormatDateTime(" 5.6.2009", "None", "d.M.yyyy", "yyyy")`:           `FormatDateTime at column 1: " 5.6.2009" does not fit the input format "d.M.yyyy"; what the service makes of that is not documented`,
		`FormatDateTime([absent], "d.M.yyyy", "yyyy")`:                      `FormatDateTime at column 1: what it makes of a missing date is not documented`,
		`FormatDateTime("2009-06-05+08:00", "yyyy-MM-ddzzz", "yyyy-MM-dd")`: `FormatDateTime at column 1: it could be 2009-06-05 or 2009-06-04: in which zone the service writes a date with an offset is not documented; CDate makes it UTC`,
		`FormatDateTime("2009-06-05", "yyyy-MM-dd", "yyyyzzz")`:             `FormatDateTime at column 1: zzz would write the time zone of the service's machine, which is not documented`,
		`FormatDateTime("2009-06-05-07:00", "yyyy-MM-ddK", "yyyyK")`:        `FormatDateTime at column 1: K would write the time zone of the service's machine, which is not documented`,
		`FormatDateTime("2009-06-05", "AssumeLocal", "yyyy-MM-dd", "yyyy")`: `FormatDateTime at column 1: the time zone of the service's machine is not documented`,
		`FormatDateTime("2009-06-05", "yyyy-MM-dd", "d")`:                   `FormatDateTime at column 1: "d" alone stands for a whole format of .NET, which the documentation does not speak of; "%d" is the single letter`,
	} {
		v, err := evaluateDate(t, text)
		if _, ok := errors.AsType[*expression.UnsupportedError](err); !ok || err.Error() != want {
			t.Errorf("%s: %v, %v, want %s", text, v, err, want)
		}
	}
}

func TestWrongArgumentsOfDateFunctionsAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Now(1)`:                                          `Now at column 1: it takes 0 arguments, and there is 1: Now()`,
		`CDate()`:                                         `CDate at column 1: it takes 1 argument, and there are 0: CDate(expression)`,
		`DateAdd("x", 1, Now())`:                          `DateAdd at column 1: "x" is none of the intervals yyyy m d ww h n s`,
		`DateAdd("d ww", 1, Now())`:                       `DateAdd at column 1: "d ww" is none of the intervals yyyy m d ww h n s`,
		`DateAdd("d", 1.5, Now())`:                        `DateAdd at column 1: "1.5" is not a whole number`,
		`DateDiff("d", Now())`:                            `DateDiff at column 1: it takes 3 arguments, and there are 2: DateDiff(interval, date1, date2)`,
		`DateDiff([absent], Now(), Now())`:                `DateDiff at column 1: "" is none of the intervals yyyy m d ww h n s`,
		`DateFromNum("soon")`:                             `DateFromNum at column 1: "soon" is not a whole number`,
		`FormatDateTime([end], "yyyy")`:                   `FormatDateTime at column 1: it takes 3 to 4 arguments, and there are 2: FormatDateTime(source, dateTimeStyles?, inputFormat, outputFormat)`,
		`FormatDateTime([end], , "yyyy", )`:               `FormatDateTime at column 1: a format is empty`,
		`FormatDateTime([end], "d.M.yyyy", "'on d")`:      `FormatDateTime at column 1: the format "'on d" does not close '`,
		`FormatDateTime([end], "d.M.yyyy", "d%")`:         `FormatDateTime at column 1: the format "d%" has no letter after %`,
		`FormatDateTime([end], "d.M.yyyy", "%dd")`:        `FormatDateTime at column 1: the format "%dd" repeats the letter after %`,
		`FormatDateTime([end], "d.M.yyyy", "d\\")`:        `FormatDateTime at column 1: the format "d\\" ends after \`,
		`FormatDateTime([end], "d.M.yyyy", "ffffffff")`:   `FormatDateTime at column 1: the format "ffffffff" has more than seven f`,
		`FormatDateTime([end], "d.M.yyyy", "H")`:          `FormatDateTime at column 1: "H" is no date format`,
		`FormatDateTime([end], "Soon", "d.M.yyyy", "HH")`: `FormatDateTime at column 1: "Soon" is none of .NET's DateTimeStyles`,
		`FormatDateTime([end], "RoundtripKind,AssumeUniversal", "d.M.yyyy", "HH")`: `FormatDateTime at column 1: RoundtripKind cannot go with AssumeUniversal or AdjustToUniversal`,
	} {
		v, err := evaluateDate(t, text)
		if _, ok := errors.AsType[*expression.ArgumentError](err); !ok || err.Error() != want {
			t.Errorf("%s: %v, %v, want %s", text, v, err, want)
		}
	}
}

func TestWithoutAClockNowIsThePresent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, err := expression.Evaluate(&expression.Call{Name: "Now"}, expression.Input{})
		if want := "1/1/2000 12:00:00 AM"; err != nil || v.Text() != want { // the beginning of a bubble
			t.Errorf("%s, %v, want %s", v.Text(), err, want)
		}
	})
}

func evaluateDate(t *testing.T, text string) (expression.Value, error) {
	t.Helper()
	n, err := expression.Parse(text)
	if err != nil {
		t.Fatalf("Parse(%s): %v", text, err)
	}
	return expression.Evaluate(n, hires())
}

func checkDate(t *testing.T, text, want string) {
	t.Helper()
	if v, err := evaluateDate(t, text); err != nil || v.Text() != want || v.Outcome != expression.Given {
		t.Errorf("%s: %q, %v, want %q", text, v.Text(), err, want)
	}
}

// quote writes a text as expressions do.
func quote(text string) string { return (&expression.Text{Value: text}).String() }

func TestADateComesBackThroughAnyFormatThatHoldsItAll(t *testing.T) {
	t.Parallel()
	const iso = "yyyy-MM-ddTHH:mm:ss.fffffff"
	rapid.Check(t, func(t *rapid.T) {
		moment := time.Unix(rapid.Int64Range(-62135596800, 253402300799).Draw(t, "seconds"), rapid.Int64Range(0, 9999999).Draw(t, "ticks")*100).UTC()
		parts := rapid.Permutation([]string{
			rapid.SampledFrom([]string{"yyyy", "yyyyy"}).Draw(t, "year"), rapid.SampledFrom([]string{"MM", "MMM", "MMMM"}).Draw(t, "month"),
			rapid.SampledFrom([]string{"dd", "dd ddd", "dddd dd"}).Draw(t, "day"), rapid.SampledFrom([]string{"HH", "hh tt", "t hh", "HH tt"}).Draw(t, "hour"),
			"mm", "ss", "fffffff", rapid.SampledFrom([]string{"'at'", `\M`, "gg", "/", ":"}).Draw(t, "text"),
		}).Draw(t, "order")
		format := quote(strings.Join(parts, rapid.SampledFrom([]string{" ", "-", "_", ","}).Draw(t, "between")))
		want := moment.Format("2006-01-02T15:04:05.0000000")
		text := `FormatDateTime(FormatDateTime(` + quote(want) + `, "` + iso + `", ` + format + `), ` + format + `, "` + iso + `")`
		n, err := expression.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := expression.Evaluate(n, expression.Input{}); err != nil || v.Text() != want {
			t.Fatalf("%s: %q, %v", text, v.Text(), err)
		}
	})
}
