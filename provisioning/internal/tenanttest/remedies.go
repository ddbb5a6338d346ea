package tenanttest

import (
	"cmp"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
)

// RemedyLines shows remedies for a comparison, without quoting.
func RemedyLines(list ...remedy.Remedy) string {
	var all []string
	for _, r := range list {
		flags, operands, _ := strings.Cut(strings.Join(r.Args, "\x00"), "\x00--\x00")
		words := strings.Split(flags, "\x00")
		at := 0
		for at < len(words) && !strings.HasPrefix(words[at], "-") {
			at++
		}
		line := append([]string{cmp.Or(r.Program, "scimctl")}, words[:at]...)
		if operands != "" {
			line = append(line, strings.Split(operands, "\x00")...)
		}
		for _, flag := range words[at:] {
			line = append(line, strings.Replace(flag, "=", " ", 1))
		}
		if len(r.Args) == 0 {
			line = nil
		}
		all = append(all, r.Reason+": "+strings.Join(line, " "))
	}
	return strings.Join(all, "\n")
}
