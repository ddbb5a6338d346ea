package expression

import (
	"fmt"
	"strings"
)

// formatDateTime is FormatDateTime(source, dateTimeStyles, inputFormat,
// outputFormat), or as the SuccessFactors guide has it
// FormatDateTime(source, inputFormat, outputFormat).
// https://learn.microsoft.com/entra/identity/app-provisioning/successfactors-expression-mapping-functions-guide
func formatDateTime(in Input, c *Call) (Value, error) {
	args, err := c.arguments(3, 4)
	if err != nil {
		return Value{}, err
	}
	styles := usualStyles()
	if len(args) == 4 {
		if styles, err = in.styles(c, args[1]); err != nil {
			return Value{}, err
		}
	}
	input, err := in.format(c, args[len(args)-2])
	if err != nil {
		return Value{}, err
	}
	output, err := in.format(c, args[len(args)-1])
	if err != nil {
		return Value{}, err
	}
	m, err := in.readDate(c, args, input, styles)
	if err != nil {
		return Value{}, err
	}
	return m.formatted(c, output)
}

// formatted prints a moment. .NET turns a text with an offset into the time of
// the machine that it runs on. Whether that of the service is in UTC is not
// documented: only what would look the same where the text was written counts.
func (m moment) formatted(c *Call, output []dateToken) (Value, error) {
	text, err := m.print(output)
	if err != nil {
		return Value{}, c.unsupported(err.Error())
	}
	if m.kind == elsewhere {
		there, err := moment{Time: m.written, kind: elsewhere}.print(output)
		if err != nil || there != text {
			return Value{}, c.unsupported(fmt.Sprintf("it could be %s or %s: in which zone the service writes a date with an offset is not documented; CDate makes it UTC", there, text))
		}
	}
	return given(text), nil
}

func (in Input) readDate(c *Call, args []Node, format []dateToken, styles dateStyles) (moment, error) {
	text, ok, err := in.single(c, args[0])
	if err != nil {
		return moment{}, err
	}
	if !ok {
		return moment{}, c.unsupported("what it makes of a missing date is not documented")
	}
	if len(text) > mostDate {
		return moment{}, c.unsupported("the date is longer than 1,000 characters, the limit for a date")
	}
	m, ok := parseDate(text, format, styles, in.clock())
	if !ok {
		written := args[len(args)-2].String()
		return moment{}, c.unsupported(fmt.Sprintf("%s does not fit the input format %s; what the service makes of that is not documented", quote(text), written))
	}
	return m, nil
}

// format evaluates a custom format.
func (in Input) format(c *Call, arg Node) ([]dateToken, error) {
	s, _, err := in.single(c, arg)
	if err != nil {
		return nil, err
	}
	if s == "" {
		return nil, c.wrong("a format is empty")
	}
	if len(s) > mostDate {
		return nil, c.unsupported("a format is longer than 1,000 characters, the limit for a format")
	}
	if standardFormat(s) {
		return nil, c.unsupported(fmt.Sprintf("%q alone stands for a whole format of .NET, which the documentation does not speak of; %q is the single letter", s, "%"+s))
	}
	if len([]rune(s)) == 1 {
		return nil, c.wrong(fmt.Sprintf("%q is no date format", s))
	}
	tokens, err := dateTokens(s)
	if err != nil {
		return nil, c.wrong(err.Error())
	}
	return tokens, nil
}

func usualStyles() dateStyles { return dateStyles{leading: true, trailing: true, roundtripUTC: true} }

// styles evaluates the names of DateTimeStyles, parted by commas.
// https://learn.microsoft.com/dotnet/api/system.globalization.datetimestyles
func (in Input) styles(c *Call, arg Node) (dateStyles, error) {
	s, _, err := in.single(c, arg)
	if err != nil || s == "" {
		return usualStyles(), err
	}
	var styles dateStyles
	for part := range strings.SplitSeq(s, ",") {
		name := strings.TrimPrefix(strings.TrimSpace(part), "DateTimeStyles.")
		if name == "AssumeLocal" {
			return styles, c.unsupported("the time zone of the service's machine is not documented")
		}
		if !styles.add(name) {
			return styles, c.wrong(quote(name) + " is none of .NET's DateTimeStyles")
		}
	}
	if styles.roundtripUTC && (styles.assumeUniversal || styles.adjust) {
		return styles, c.wrong("RoundtripKind cannot go with AssumeUniversal or AdjustToUniversal")
	}
	return styles, nil
}

func (s *dateStyles) add(name string) bool {
	switch name {
	case "None":
	case "AllowLeadingWhite":
		s.leading = true
	case "AllowTrailingWhite":
		s.trailing = true
	case "AllowInnerWhite":
		s.inner = true
	case "AllowWhiteSpaces":
		s.leading, s.trailing, s.inner = true, true, true
	case "NoCurrentDateDefault":
		s.noCurrentDate = true
	case "AdjustToUniversal":
		s.adjust = true
	case "AssumeUniversal":
		s.assumeUniversal = true
	case "RoundtripKind":
		s.roundtripUTC = true
	default:
		return false
	}
	return true
}
