package provisioning

import (
	"encoding/json"
	"regexp"
	"strings"
)

// The service puts what the application answered into a long sentence.
var (
	failedStatus = regexp.MustCompile(`StatusCode: *([A-Za-z0-9]+)`)
	failedBody   = regexp.MustCompile(`(?s)Web Response: *(.*?)\.? *(?:This operation was retried|$)`)
)

// Condense keeps of such a sentence the status and what the application said.
func Condense(reason string) string {
	reason = DetailOf(reason)
	status, body := failedStatus.FindStringSubmatch(reason), failedBody.FindStringSubmatch(reason)
	if status == nil || body == nil {
		return strings.Join(strings.Fields(reason), " ")
	}
	return "the application answered " + status[1] + ": " + Brief(DetailOf(body[1]))
}

// DetailOf takes the sentence for people out of a body: SCIM's detail, Graph's
// message. Of a page of HTML there is none.
func DetailOf(body string) string {
	body = strings.TrimSpace(body)
	if strings.HasPrefix(body, "<") {
		return "(a page of HTML)"
	}
	var known struct {
		Detail  string          `json:"detail"`
		Message string          `json:"message"`
		Upper   string          `json:"Message"`
		Error   json.RawMessage `json:"error"`
	}
	if json.Unmarshal([]byte(body), &known) != nil {
		return body
	}
	for _, text := range []string{known.Detail, known.Message, known.Upper} {
		if text != "" {
			return DetailOf(text)
		}
	}
	if len(known.Error) > 0 {
		var text string
		if json.Unmarshal(known.Error, &text) == nil {
			return text
		}
		return DetailOf(string(known.Error))
	}
	return body
}

// Brief is one line of at most 300 characters. What is too long loses its
// middle: the reason stands at the end.
func Brief(text string) string {
	const most, head = 300, 100
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:head]) + " … " + string(runes[len(runes)-(most-head):])
}
