package scimserver_test

import (
	"net/url"
	"strings"
	"testing"
)

func TestAFilterWithoutMeasureIsRefused(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	for _, n := range []int{200, 300_000} {
		deep := strings.Repeat("(", n)
		a.must(400, "GET", "/Users?filter="+url.QueryEscape(deep+`userName eq "a"`), "")
		a.must(400, "GET", "/Users?filter="+url.QueryEscape(strings.Repeat("not(", n)+`userName eq "a"`), "")
		a.must(400, "PATCH", user, patchBody(`{"op":"Replace","path":"emails[`+deep+`type eq \"work\"].value","value":"x@contoso.com"}`))
	}
	a.must(400, "GET", "/Users?filter="+url.QueryEscape(`userName eq "`+strings.Repeat("a", 20_000)+`"`), "")
}
