package provisioning

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// notifications is the value of SyncNotificationSettings, JSON in a string, in
// which the service keeps more than notifications. Members that scimctl does
// not know stay as they came, and where they were.
type notifications []notification

type notification struct {
	name  string
	value json.RawMessage
}

// readNotifications takes the text apart. What is no JSON object is as good as
// what was never set.
func readNotifications(text string) notifications {
	if !json.Valid([]byte(text)) {
		text = noNotifications
	}
	d := json.NewDecoder(strings.NewReader(text))
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return readNotifications(noNotifications)
	}
	var all notifications
	for d.More() {
		name, err := d.Token()
		key, isName := name.(string)
		var value json.RawMessage
		if err != nil || !isName || d.Decode(&value) != nil {
			return readNotifications(noNotifications)
		}
		all = append(all, notification{key, value})
	}
	return all
}

// get finds a member as the service does, whatever the case of its name.
func (n notifications) get(name string) json.RawMessage {
	for _, member := range n {
		if strings.EqualFold(member.name, name) {
			return member.value
		}
	}
	return nil
}

// text returns a member that is a string, and one that is not as it is written.
func (n notifications) text(name string) string {
	raw := n.get(name)
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

func (n notifications) on(name string) bool { return strings.EqualFold(n.text(name), "true") }

// number returns 0 for what is none.
func (n notifications) number(name string) int {
	value, err := strconv.Atoi(n.text(name))
	if err != nil {
		return 0
	}
	return value
}

// set puts a value in the place of the one before, or at the end.
func (n *notifications) set(name string, value any) {
	raw := encoded(value)
	for i, member := range *n {
		if strings.EqualFold(member.name, name) {
			(*n)[i].value = raw
			return
		}
	}
	*n = append(*n, notification{name, raw})
}

// String is the text that is sent.
func (n notifications) String() string {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, member := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		out.Write(encoded(member.name))
		out.WriteByte(':')
		out.Write(member.value)
	}
	out.WriteByte('}')
	return out.String()
}

// encoded writes texts, numbers and truth values, which always can be.
func encoded(value any) json.RawMessage {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(value)
	return bytes.TrimSpace(out.Bytes())
}
