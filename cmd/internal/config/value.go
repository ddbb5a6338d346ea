package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/scimctl/scimctl/graph/safetext"
)

type durationField = *time.Duration

func text(field func(*Settings) *string) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		*field(s) = strings.TrimSpace(text)
		return nil
	}
}

func toggle(field func(*Settings) *bool) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		if text == "" { // a switch that nobody has touched
			return nil
		}
		on, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", text)
		}
		*field(s) = on
		return nil
	}
}

func duration(field func(*Settings) durationField) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is no duration, such as 90s or 5m", text)
		}
		if d < 0 {
			return fmt.Errorf("%q is less than nothing", text)
		}
		*field(s) = d
		return nil
	}
}

func choice(field func(*Settings) *string, allowed []string) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		if !slices.Contains(allowed, text) {
			return fmt.Errorf("%q is none of %s", text, strings.Join(allowed, ", "))
		}
		*field(s) = text
		return nil
	}
}

// secret takes the line end and the byte-order mark from around a secret, as
// files and pipes leave them there. Its errors never show it.
func secret(field func(*Settings) *Secret) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		if text == "" {
			return nil
		}
		bare := strings.TrimSpace(strings.Trim(strings.TrimSpace(text), "\ufeff"))
		if bare == "" {
			return errors.New("there is nothing in it but blanks")
		}
		if strings.ContainsFunc(bare, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			return errors.New("there is a blank or line end inside it")
		}
		*field(s) = Secret(bare)
		return nil
	}
}

// password takes only the line end from around a password, which may have
// blanks in it.
func password(field func(*Settings) *Secret) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		*field(s) = Secret(strings.TrimRight(text, "\r\n"))
		return nil
	}
}

// authority takes a URL that secrets may be sent to: https alone.
func authority(field func(*Settings) *string) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		text = strings.TrimRight(strings.TrimSpace(text), "/")
		if text == "" {
			return nil
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" {
			return errors.New("this is no URL such as https://login.microsoftonline.com")
		}
		*field(s) = text
		return nil
	}
}

// endpoint takes a URL that a token may be sent to: https, or http on this
// machine.
func endpoint(field func(*Settings) *string) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		text = strings.TrimSpace(text)
		if text == "" {
			return nil
		}
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			return errors.New("this is no URL such as https://graph.microsoft.com")
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return fmt.Errorf("%q has more than a host and a path", safetext.Address(text))
		case u.Scheme == "http" && !loopback(u.Hostname()):
			return fmt.Errorf("%q would carry the token in clear: only https, or http to this machine", safetext.Address(text))
		}
		*field(s) = text
		return nil
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
