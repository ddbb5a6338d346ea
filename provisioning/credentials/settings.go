package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Settings are what an application's provisioning is set to beside its
// credentials: in the portal, the settings below Provisioning. They belong to
// the service principal; all of its jobs share them.
type Settings struct {
	Scope Scope `json:"scope,omitempty"` // "" when it was never set: the service then takes assigned users and groups

	// Notify are the addresses that hear of a quarantine, when NotifyEnabled.
	Notify        []string `json:"notify"`
	NotifyEnabled bool     `json:"notifyEnabled"`

	// DeleteThreshold is the number of deletions in one cycle from which on the
	// service stops and asks, when DeleteThresholdEnabled; 0 when never set. See
	// https://learn.microsoft.com/entra/identity/app-provisioning/accidental-deletions.
	DeleteThreshold        int  `json:"deleteThreshold,omitempty"`
	DeleteThresholdEnabled bool `json:"deleteThresholdEnabled"`

	// SkipOutOfScopeDeletions says that leaving the scope changes nothing in the
	// application, where it else disables or deletes the account. See
	// https://learn.microsoft.com/entra/identity/app-provisioning/skip-out-of-scope-deletions.
	SkipOutOfScopeDeletions bool `json:"skipOutOfScopeDeletions"`
}

// SettingsOf reads the settings out of what [synchronization.Secrets] returns.
// What cannot be read counts as not set.
func SettingsOf(values []synchronization.KeyValue) Settings { return Secrets(values).Settings() }

// Settings are the settings among them.
func (s Secrets) Settings() Settings {
	n := readNotifications(s.Get(keyNotifications))
	return Settings{
		Scope:  s.Scope(),
		Notify: addresses(n.text("Recipients")), NotifyEnabled: n.on("Enabled"),
		DeleteThreshold: n.number("DeleteThresholdValue"), DeleteThresholdEnabled: n.on("DeleteThresholdEnabled"),
		SkipOutOfScopeDeletions: strings.EqualFold(s.Get(KeySkipDeletions), "true"),
	}
}

// addresses takes a list of mail addresses apart. The setting is one text, and
// the documentation shows one address in it.
func addresses(text string) []string {
	list := []string{}
	for address := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' }) {
		if address = strings.TrimSpace(address); address != "" {
			list = append(list, address)
		}
	}
	return list
}

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

// ShowSettings reads the settings of an application's provisioning.
type ShowSettings struct {
	Graph *graph.Client
	App   string
}

// SavedSettings are the settings of one application.
type SavedSettings struct {
	App provisioning.App `json:"app"`
	Settings
}

// Do reads them. What was never set is as [Settings] tells.
func (s ShowSettings) Do(ctx context.Context) (SavedSettings, error) {
	app, err := applications.Find(ctx, s.Graph, s.App)
	if err != nil {
		return SavedSettings{}, err
	}
	current, err := ReadSecrets(ctx, s.Graph, app)
	return SavedSettings{App: provisioning.Describe(app), Settings: current.Settings()}, err
}
