// Package transport watches over requests on the wire.
package transport

import (
	"net/http"
)

func System() http.RoundTripper {
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		return t.Clone()
	}
	return http.DefaultTransport
}
