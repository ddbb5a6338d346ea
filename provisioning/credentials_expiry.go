package provisioning

import (
	"fmt"
	"time"
)

// An ExpiringError says that the secret of an application is near its end, or
// past it. Provisioning then stops.
type ExpiringError struct {
	App     string
	Expires time.Time
	Past    bool
}

func (e *ExpiringError) Error() string {
	if e.Past {
		return fmt.Sprintf("the token of %s expired on %s", e.App, e.Expires.UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("the token of %s expires on %s: provisioning stops then", e.App, e.Expires.UTC().Format(time.RFC3339))
}

// CheckExpiry returns an [ExpiringError] when a secret expires within a time
// from now, or has expired. An end that is not known is none.
func CheckExpiry(app string, expires time.Time, within time.Duration) error {
	left := time.Until(expires)
	if expires.IsZero() || left >= within {
		return nil
	}
	return &ExpiringError{App: app, Expires: expires, Past: left < 0}
}
