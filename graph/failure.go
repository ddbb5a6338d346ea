package graph

import (
	"cmp"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"

	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
)

// failure makes an error of an answer with a status of 400 and above.
func (c *Client) failure(r Request, status int, header http.Header, body []byte) *Error {
	e := r.plain(status, header)
	switch {
	case len(body) == 0:
	case !json.Valid(body):
		e.Code, e.Message = CodeNotJSON, c.notJSON(header, body)
	default:
		e.read(body)
	}
	e.Message = c.secrets.Text(e.Message)
	return e
}

// read takes code, message and request-id from the documented shape, and what
// can be had from any other.
func (e *Error) read(body []byte) {
	doc, err := odataError(body)
	if err != nil || doc.GetCode() == nil && doc.GetMessage() == nil {
		e.Code, e.Message = loose(body)
	} else {
		e.Code, e.Message = text(doc.GetCode()), text(doc.GetMessage())
		if inner := doc.GetInnerError(); inner != nil {
			e.RequestID = cmp.Or(e.RequestID, text(inner.GetRequestId()))
		}
	}
	e.RequestID = cmp.Or(e.RequestID, innerRequestID(body))
	e.unpack()
}

// odataError reads Graph's documented error. The error that it is in Go must
// not be printed: a null message makes it panic.
func odataError(body []byte) (odataerrors.MainErrorable, error) {
	node, err := jsonserialization.NewJsonParseNode(body)
	if err != nil {
		return nil, err
	}
	value, err := node.GetObjectValue(odataerrors.CreateODataErrorFromDiscriminatorValue)
	if err != nil {
		return nil, err
	}
	doc, ok := value.(odataerrors.ODataErrorable)
	if !ok || doc.GetErrorEscaped() == nil {
		return nil, errors.New("not the documented shape")
	}
	return doc.GetErrorEscaped(), nil
}

// unpack replaces what the provisioning service's front says by what its back
// end says, which it passes on as JSON in the text of the message.
func (e *Error) unpack() {
	for range 3 {
		if !strings.HasPrefix(strings.TrimSpace(e.Message), "{") || !json.Valid([]byte(e.Message)) {
			return
		}
		code, message := loose([]byte(e.Message))
		if code == "" && message == "" {
			return
		}
		e.Code, e.Message = cmp.Or(code, e.Code), message
	}
}

// loose reads an error of whatever shape: inside of error or not, with the
// names in any case.
func loose(body []byte) (code, message string) {
	type said struct {
		Code    any
		Message any
	}
	var doc struct {
		Error json.RawMessage
		said
	}
	if json.Unmarshal(body, &doc) != nil {
		return "", Shorten(OneLine(string(body)), LongestReason)
	}
	var inner said
	if len(doc.Error) > 0 && json.Unmarshal(doc.Error, &inner) == nil {
		return asText(inner.Code), asText(inner.Message)
	}
	var word string
	_ = json.Unmarshal(doc.Error, &word) // {"error":"invalid_request"}
	return cmp.Or(asText(doc.Code), word), asText(doc.Message)
}

// innerRequestID finds the request-id where some services write innererror.
func innerRequestID(body []byte) string {
	var doc struct {
		Error struct {
			InnerError struct {
				RequestID string `json:"request-id"`
			} `json:"innererror"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &doc)
	return doc.Error.InnerError.RequestID
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// IsUncertain reports whether a request that failed so may have been carried out
// all the same: its answer was lost, is a server error, does not come from Graph,
// or is a success that cannot be used.
func IsUncertain(err error) bool {
	if e, ok := errors.AsType[*UnreachableError](err); ok {
		return !isDial(e.Err)
	}
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status >= http.StatusInternalServerError || e.Status < http.StatusMultipleChoices || e.Code == CodeNotJSON)
}

// MayHaveBeenApplied returns the operation of a change that must not be sent
// twice and ended in a way that does not tell whether it was carried out.
func MayHaveBeenApplied(err error) (op Operation, may bool) {
	e, answered := errors.AsType[*Error](err)
	lost, ok := errors.AsType[*UnreachableError](err)
	switch {
	case ok:
		op = lost.Op
	case answered:
		op = e.Op
	}
	return op, op.Writes && !op.Repeatable && IsUncertain(err)
}

// isUnusable reports whether a success was answered without what it must
// contain, and without an error that says why.
func (e *Error) isUnusable() bool {
	return e.Status < http.StatusMultipleChoices && (e.Code == CodeNotJSON || e.Code == CodeIncomplete)
}

// isDial reports whether there never was a connection.
func isDial(err error) bool {
	e, ok := errors.AsType[*net.OpError](err)
	return ok && e.Op == "dial"
}

// isTokenRefused reports whether Graph wants another token.
func isTokenRefused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusUnauthorized && e.Code == "InvalidAuthenticationToken"
}

// isSetUp reports whether a connection failed for its name or certificate.
func isSetUp(err error) bool {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	_, ok := errors.AsType[tls.RecordHeaderError](err)
	return ok
}
