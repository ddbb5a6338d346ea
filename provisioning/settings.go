package provisioning

import (
	"strings"

	"github.com/scimctl/scimctl/graph"
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

// SettingsOf reads the settings out of what [graph.Client.Secrets] returns.
// What cannot be read counts as not set.
func SettingsOf(values []graph.KeyValue) Settings { return secrets(values).settings() }

func (s secrets) settings() Settings {
	n := readNotifications(s.get(keyNotifications))
	return Settings{
		Scope:  s.scope(),
		Notify: addresses(n.text("Recipients")), NotifyEnabled: n.on("Enabled"),
		DeleteThreshold: n.number("DeleteThresholdValue"), DeleteThresholdEnabled: n.on("DeleteThresholdEnabled"),
		SkipOutOfScopeDeletions: strings.EqualFold(s.get(keySkipDeletions), "true"),
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
