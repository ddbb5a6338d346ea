package extattr

import (
	"fmt"
	"strings"
)

// longest is the most characters that we send as a full name. Graph does not
// document its own limit.
const longest = 256

// FullName is the name under which Graph knows the property that the
// application calls short.
func FullName(appID, short string) string { return prefix(appID) + short }

// Short takes the application's prefix off a full name. ok is false, and the
// name stays as it is, when the property belongs to another application.
func Short(appID, full string) (short string, ok bool) {
	return strings.CutPrefix(full, prefix(appID))
}

func prefix(appID string) string { return "extension_" + strings.ReplaceAll(appID, "-", "") + "_" }

// shortened is the short name where there is one, else the full name.
func shortened(appID, name string) string {
	short, _ := Short(appID, name)
	return short
}

// fullName completes a short name and leaves a full one, also that of another
// application, as it is.
func fullName(appID, name string) string {
	if ownerOf(name) != "" {
		return name
	}
	return FullName(appID, name)
}

// ownerOf is the appId without dashes in a full name; "" in a short one.
func ownerOf(name string) string {
	rest, ok := strings.CutPrefix(name, "extension_")
	if !ok || len(rest) < 34 || rest[32] != '_' || strings.Trim(rest[:32], "0123456789abcdefABCDEF") != "" {
		return ""
	}
	return rest[:32]
}

// A NameError says why a property cannot have the name.
type NameError struct{ Name, Reason string }

func (e *NameError) Error() string { return fmt.Sprintf("extension name %q: %s", e.Name, e.Reason) }

// checkName looks whether an application can have a property of that short
// name. It needs no request.
func checkName(short string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	var reason string
	switch {
	case short == "":
		reason = "it is empty"
	case strings.ContainsAny(short, " \t\r\n"):
		reason = "it contains a blank; letters, digits and _ are allowed"
	case strings.Trim(short, allowed) != "":
		reason = "only letters, digits and _ are allowed"
	case len(short) > longest-len("extension_")-32-len("_"):
		reason = fmt.Sprintf("with its prefix it has more than %d characters", longest)
	default:
		return nil
	}
	return &NameError{Name: short, Reason: reason}
}
