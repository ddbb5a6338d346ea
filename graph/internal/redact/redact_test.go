package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/scimctl/scimctl/graph/internal/redact"
)

const secret = `s3cr+t/"pa<s>&w0rd=`

func known(secrets ...string) *redact.Set {
	s := &redact.Set{}
	s.Add(secrets...)
	return s
}

func TestASecretIsFoundInEverySpelling(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString
	for name, text := range map[string]string{
		"as it is":                    secret,
		"JSON":                        quoteJSON(secret),
		"JSON, every character":       unicodeEscapes(secret, "%04x"),
		"JSON, capitals":              unicodeEscapes(secret, "%04X"),
		"JSON, plus sign":             strings.ReplaceAll(quoteJSON(secret), "+", `\u002B`),
		"JSON, solidus":               strings.ReplaceAll(quoteJSON(secret), "/", `\/`),
		"JSON in JSON":                quoteJSON(quoteJSON(secret)),
		"JSON in JSON in JSON":        quoteJSON(quoteJSON(quoteJSON(secret))),
		"query":                       url.QueryEscape(secret),
		"path":                        url.PathEscape(secret),
		"percent, small letters":      strings.ToLower(percentAll(secret)),
		"percent, twice":              url.QueryEscape(percentAll(secret)),
		"form with a space for a +":   strings.ReplaceAll(secret, "+", " "),
		"JSON of a query":             quoteJSON(url.QueryEscape(secret)),
		"JavaScript's escape":         strings.ReplaceAll(secret, "+", "%u002b"),
		"HTML":                        html.EscapeString(secret),
		"HTML, decimal":               entities(secret, "&#%d;"),
		"HTML, hexadecimal":           entities(secret, "&#x%X;"),
		"HTML, names":                 strings.NewReplacer("+", "&plus;", "/", "&sol;", "<", "&lt;").Replace(secret),
		"HTML in JSON":                quoteJSON(html.EscapeString(secret)),
		"base64":                      b64([]byte(secret)),
		"base64, after one byte":      b64([]byte(":" + secret)),
		"base64, after two bytes":     b64([]byte("id" + secret + ":x")),
		"base64url":                   base64.RawURLEncoding.EncodeToString([]byte("xx" + secret)),
		"base64 of a query":           b64([]byte("id:" + url.QueryEscape(secret))),
		"base64 of base64":            b64([]byte(b64([]byte(secret)))),
		"base64 in a query":           url.QueryEscape(b64([]byte(secret))),
		"base64 in JSON":              strings.ReplaceAll(b64([]byte(secret)), "/", `\/`),
		"base64 over several lines":   lines(b64([]byte(secret)), "\r\n"),
		"base64, line breaks in JSON": lines(b64([]byte(secret)), `\n`),
		"hexadecimal":                 hex.EncodeToString([]byte(secret)),
		"hexadecimal, capitals":       strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"hexadecimal escapes":         hexEscapes(secret),
		"UTF-16":                      wide(secret),
		"base64 of UTF-16":            b64([]byte(wide(secret))),
		"mixed":                       `s3cr\u002bt%2F&quot;pa\u003cs&gt;%26w0rd%3D`,
		"shortened":                   secret[:16],
		"without its beginning":       secret[3:],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := known(secret).Text("before " + text + " after")
			left := strings.TrimSuffix(strings.TrimPrefix(got, "before "), " after")
			if !redacted(left) || len(left) > len(redact.Mark)+6 {
				t.Errorf("%q became %q", text, got)
			}
		})
	}
}

func TestTextWithoutASecretStaysAsItIs(t *testing.T) {
	t.Parallel()
	s := known(secret, "other-secret-value-0123456789", "q7Lm")
	for _, text := range []string{
		"", "a", secret[:15], "other-secret-va", `{"a":"\u002B\/%2B&amp;","b":"QUJDREVGR0g="}`, "C:\\new\\table 100% &c; \x00",
		strings.Repeat("%", 100), strings.Repeat(`\`, 99), "&#99999999999;&#x;&;&#", "%u00", `\u12`, "ZZZZ" + strings.Repeat("QUFB", 50),
	} {
		if got := s.Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestCommonAndShortValuesAreNoSecrets(t *testing.T) {
	t.Parallel()
	text := "true false null abc"
	if got := known("true", "False", "null", "abc", "", "  ").Text(text); got != text {
		t.Error(got)
	}
}

// Whatever a service does to a secret before it echoes it: what is written can
// no longer be decoded to it, and what stood around it is still there.
func FuzzNoSpellingOfASecretGetsThrough(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 17))
		secret := randomSecret(r)
		text := secret
		var steps []string
		codings := 0
		for range 1 + r.IntN(3) {
			name, next := spell(r, text, &codings)
			steps, text = append(steps, name), next
		}
		got := known(secret).Text("<before> " + text + " <after>")
		left := strings.TrimSuffix(strings.TrimPrefix(got, "<before> "), " <after>")
		if share := len(text) / len(secret); !redacted(left) || len(left) > len(redact.Mark)+8*(share+1) {
			t.Errorf("seed %d: %q by %v: %q became %q", seed, secret, steps, text, left)
		}
	})
}

func FuzzUnrelatedTextStaysAsItIs(f *testing.F) {
	f.Add(`{"a":"\u0041%41&#65;"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if got := known("a secret that no fuzzer ever guesses, 7f3b").Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}

// redacted reports whether a text has a mark. Some of what pads an encoding may
// be left around it.
func redacted(text string) bool { return strings.Count(text, redact.Mark) == 1 }

func randomSecret(r *rand.Rand) string {
	const alphabet = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=!"#$%&'()*,:;<>?@[]^{|}\`
	b := make([]byte, 12+r.IntN(50))
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	b[0], b[len(b)-1] = 'x', 'y'
	return string(b)
}

// spell encodes a text in a way that r chooses.
func spell(r *rand.Rand, text string, codings *int) (string, string) {
	kind := r.IntN(8)
	if kind >= 6 {
		if *codings++; *codings > 2 {
			kind = 0
		}
	}
	switch kind {
	case 1:
		return "query", url.QueryEscape(text)
	case 2:
		return "HTML", html.EscapeString(text)
	case 3:
		return "JSON", quoteJSON(text)
	case 4:
		return "UTF-16", wide(text)
	case 5:
		return "numbers", entities(text, "&#%d;")
	case 6:
		return "base64", base64.StdEncoding.EncodeToString([]byte("ab"[:r.IntN(3)] + text))
	case 7:
		return "hexadecimal", hex.EncodeToString([]byte(text))
	}
	return "mixed", mixed(r, text)
}

// mixed escapes each character in a way of its own. What would be read as part
// of an escape is always escaped.
func mixed(r *rand.Rand, text string) string {
	var b strings.Builder
	for _, c := range text {
		kind := r.IntN(6)
		if strings.ContainsRune(`\%&;`, c) {
			kind = 1 + r.IntN(4)
		}
		switch kind {
		case 1:
			fmt.Fprintf(&b, `\u%04x`, c)
		case 2:
			fmt.Fprintf(&b, "&#x%X;", c)
		case 3:
			fmt.Fprintf(&b, "&#%d;", c)
		case 4:
			b.WriteString(percentAll(string(c)))
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

func quoteJSON(text string) string {
	b, _ := json.Marshal(text)
	return strings.TrimSuffix(strings.TrimPrefix(string(b), `"`), `"`)
}

func unicodeEscapes(text, format string) string { return entities(text, `\u`+format) }

func entities(text, format string) string {
	var b strings.Builder
	for _, c := range text {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func percentAll(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func hexEscapes(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

func wide(text string) string {
	var b []byte
	for _, c := range utf16.Encode([]rune(text)) {
		b = append(b, byte(c), byte(c>>8))
	}
	return string(b)
}

func lines(text, end string) string {
	var b strings.Builder
	for i := 0; i < len(text); i += 10 {
		b.WriteString(text[i:min(i+10, len(text))])
		if i+10 < len(text) {
			b.WriteString(end)
		}
	}
	return b.String()
}

func TestADocumentLosesItsSecretsAndNothingElse(t *testing.T) {
	t.Parallel()
	inClear := func(key string) bool { return key == "BaseAddress" }
	d := redact.Document{Shapes: redact.NewShapes(), InClear: inClear}
	for name, test := range map[string]struct{ text, want string }{
		"member":             {`{"access_token" : "a\"b", "n": 1}`, `{"access_token" : "***", "n": 1}`},
		"escaped name":       {`{"client\u005fsecret":"x"}`, `{"client\u005fsecret":"***"}`},
		"style of the name":  {`{"Client-Secret":"x","refreshToken":"y"}`, `{"Client-Secret":"***","refreshToken":"***"}`},
		"number":             {`{"password":12345,"a":null}`, `{"password":"***","a":null}`},
		"object":             {`{"secret":{"a":["b",2]},"c":"d"}`, `{"secret":{"a":["***","***"]},"c":"d"}`},
		"pair":               {`[{"key":"SecretToken","value":"t"},{"key":"BaseAddress","value":"u"}]`, `[{"key":"SecretToken","value":"***"},{"key":"BaseAddress","value":"u"}]`},
		"pair, value first":  {`{"value":"t","key":"SecretToken"}`, `{"value":"***","key":"SecretToken"}`},
		"pair, escaped":      {`{"k\u0065y":"SecretToken","v\u0061lue":"t"}`, `{"k\u0065y":"SecretToken","v\u0061lue":"***"}`},
		"pair, key repeated": {`{"key":"BaseAddress","value":"t","key":"SecretToken"}`, `{"key":"BaseAddress","value":"***","key":"SecretToken"}`},
		"pair, cut off":      {`{"value":"t", "k`, `{"value":"***", "***"`},
		"pair, value cut":    {`{"key":"SecretToken","value":"begin`, `{"key":"SecretToken","value":"***"`},
		"no pair":            {`{"value":"t"}`, `{"value":"t"}`},
		"URL of a pair":      {`{"key":"BaseAddress","value":"https://a.example.com/?k=v&b="}`, `{"key":"BaseAddress","value":"https://a.example.com/?k=***&b="}`},
		"JSON in a string":   {`{"message":"{\"password\":\"p\"}"}`, `{"message":"{\"password\":\"***\"}"}`},
		"token by its shape": {`{"m":"eyJhbGciOi.eyJzdWIi.c2ln"}`, `{"m":"***"}`},
		"escaped token":      {`{"m":"\u0065yJhbGciOi.eyJzdWIi.c2ln"}`, `{"m":"***"}`},
		"URL with userinfo":  {`{"m":"https://u:p@a.example.com/"}`, `{"m":"https://***@a.example.com/"}`},
		"URL with signature": {`{"m":"https://a.example.com/?a=b&sig=x%2By&c=d"}`, `{"m":"https://a.example.com/?a=b&sig=***&c=d"}`},
		"header":             {"Authorization: Basic QWxhZGRpbjpvcGVuMQ==", "Authorization: Basic ***"},
		"challenge":          {`Bearer authorization_uri="https://login.example.com"`, `Bearer authorization_uri="https://login.example.com"`},
		"ordinary":           {`{"a":"b","skiptoken":"c", "code":"d"}`, `{"a":"b","skiptoken":"c", "code":"d"}`},
		"no JSON":            {`<p class="x">}] "open`, `<p class="x">}] "open`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := d.Redact(test.text); got != test.want {
				t.Errorf("%s\nbecame %s\nwant   %s", test.text, got, test.want)
			}
		})
	}
}

func FuzzADocumentIsNeverDamaged(f *testing.F) {
	for _, text := range []string{`{"a":[1,"b",{"key":"x","value":"y"}]}`, `"`, `{"`, `{"password":"`, `\`, `"\`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := redact.Document{Shapes: redact.NewShapes(), InClear: func(string) bool { return false }}
		got := d.Redact(text)
		if json.Valid([]byte(text)) && !json.Valid([]byte(got)) {
			t.Errorf("%q became %q, which is no JSON", text, got)
		}
	})
}

// Twice the text may take about twice the time, whatever is in it. The bound is
// generous: a machine of a pipeline is slow, quadratic would be minutes.
func TestLargeTextIsReadInLinearTime(t *testing.T) {
	t.Parallel()
	s := known(secret, strings.Repeat("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40))
	d := redact.Document{Shapes: redact.NewShapes(), InClear: func(string) bool { return false }}
	for name, part := range map[string]string{
		"schema": `{"name":"a","value":"b\u002F"},`, "base64": "QUFB", "escapes": `\\u0025`, "percent": "%25", "entities": "&amp;",
		"almost a secret": secret[:15], "brackets": "[", "quotes": `"`, "pairs": `{"key":"a","value":"b"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Repeat(part, 2<<20/len(part))
			began := time.Now()
			_ = s.Text(d.Redact(text))
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("%d bytes took %s", len(text), took)
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	s := known(secret, strings.Repeat("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6", 40))
	for name, part := range map[string]string{
		"plain":  `{"name": "workato_role", "targetObject": "User", "id": "2f3b7c1e-0000-4000-8000-0123456789ab"}, `,
		"escape": `{\"name\": \"workato_role\", \"targetObject\": \"User\", \"id\": \"2f3b7c1e-0000-4000-8000-0123456789ab\"}, `,
	} {
		text := strings.Repeat(part, 5<<20/len(part))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				_ = s.Text(text)
			}
		})
	}
}
