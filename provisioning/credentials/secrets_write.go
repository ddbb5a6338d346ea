package credentials

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// A SecretDroppedError says that the service did not keep all that it was
// sent, or lost what it had. Credentials have to be entered again.
type SecretDroppedError struct {
	App  string
	URL  string   // the tenant URL that was or should be saved; of its query the names alone
	Keys []string // what is gone
}

func (e *SecretDroppedError) Error() string {
	return fmt.Sprintf("the service did not keep %s of %s when its settings were saved; provisioning does not work without it",
		strings.Join(e.Keys, " and "), e.App)
}

// A SettingsLostError says that settings do not have the values that were
// saved: the service did not keep them, or somebody else saved at the same
// time and overwrote them.
type SettingsLostError struct {
	App    string
	Fields []string
}

func (e *SettingsLostError) Error() string {
	return fmt.Sprintf("settings of %s were lost while they were saved: %s", e.App, bounds.Names(e.Fields))
}

// An edit makes the changes to the secrets as they are right before a write.
type edit func(now Secrets) []synchronization.KeyValue

// SaveSecrets writes the secrets with some changes, verifies them, and has
// the service try the credentials that are saved now.
func SaveSecrets(ctx context.Context, client *graph.Client, t provisioning.Target, changes edit) error {
	w := secretsWrite{client: client, target: t, changes: changes}
	w.try = func(ctx context.Context, saved Secrets) error {
		if !saved.CanBeTried() {
			return nil
		}
		err := TrySaved(ctx, client, t, saved.Get(KeyBaseAddress))
		if Unauthorized(err) {
			return w.dropped(saved, []string{saved.secretKey()})
		}
		return err
	}
	_, err := w.do(ctx)
	return err
}

// writeSecrets is saveSecrets without the trial. It returns the secrets as they
// are afterwards.
func writeSecrets(ctx context.Context, client *graph.Client, t provisioning.Target, changes edit) (Secrets, error) {
	return secretsWrite{client: client, target: t, changes: changes}.do(ctx)
}

const (
	writeTries    = 12                     // of a write that somebody else overwrites
	mostSame      = 2                      // until it is the service that does not keep it
	settleLooks   = 8                      // while somebody else changes other settings
	shortestQuiet = 250 * time.Millisecond // between two reads that must agree
)

// A secretsWrite changes some of the secrets. The service replaces all of them
// in one request and offers no condition for it, so two writers can overwrite
// each other: the second sends what it read before the first one wrote. A write
// therefore counts only when two reads agree that are further apart than a
// writer takes from its read to its write. Until then it is repeated.
type secretsWrite struct {
	client  *graph.Client
	target  provisioning.Target
	changes edit
	try     func(context.Context, Secrets) error // after the first read that shows the changes; may be nil
}

// do reads right before it writes, since a trial or a question may have taken
// its time: what somebody else changed meanwhile stays.
func (w secretsWrite) do(ctx context.Context) (now Secrets, err error) {
	var reset []string
	var last Secrets
	same := 0 // tries after which the secrets were the same as after the one before
	for try := 1; ; try++ {
		began := time.Now()
		before, err := ReadSecrets(ctx, w.client, w.target.App)
		if err != nil {
			return nil, err
		}
		sent := before.merge(w.changes(before)...)
		if err := w.put(ctx, sent); err != nil || w.client.DryRun() {
			return sent, err
		}
		quiet := max(time.Since(began), shortestQuiet)
		now, lost, err := w.verify(ctx, before, sent, quiet)
		if err != nil {
			return now, err
		}
		if try == 1 {
			reset = before.reset(sent, now)
		}
		if len(lost) == 0 {
			return now, w.settingsLost(now.stillReset(reset))
		}
		if last != nil && now.equal(last) {
			same++
		}
		if last = now; try == writeTries || same == mostSame {
			return now, w.notKept(now, lost)
		}
		if err := parallel.Sleep(ctx, rand.N(time.Duration(try)*quiet)); err != nil {
			return now, err
		}
	}
}

func (w secretsWrite) put(ctx context.Context, sent Secrets) error {
	app := w.target.App
	return applications.WhenReady(ctx, w.client, app, "the settings of "+app.Name+" can be saved", func(ctx context.Context) error {
		return synchronization.PutSecrets(ctx, w.client, app.ServicePrincipalID, sent)
	})
}

// verify reads until two reads in a row agree, and names the changes that are
// not there. Credentials that are gone cannot be sent again by anybody: that
// ends it at once.
func (w secretsWrite) verify(
	ctx context.Context, before, sent Secrets, quiet time.Duration,
) (now Secrets, lost []string, err error) {
	for look := 1; ; look++ {
		read := time.Now()
		list, err := synchronization.Secrets(ctx, w.client, w.target.App.ServicePrincipalID)
		if err != nil {
			return nil, nil, err
		}
		again := Secrets(list)
		if gone := before.gone(sent, again, w.changes); len(gone) > 0 {
			return again, nil, w.dropped(sent, gone)
		}
		if lost := again.unmet(w.changes); len(lost) > 0 {
			return again, lost, nil
		}
		if look > settleLooks || look > 1 && again.equal(now) {
			return again, nil, nil
		}
		now = again
		if look == 1 && w.try != nil {
			if err := w.try(ctx, now); err != nil {
				return now, nil, err
			}
		}
		if err := parallel.Sleep(ctx, quiet-time.Since(read)); err != nil {
			return now, nil, err
		}
	}
}

// dropped is the error of credentials that are gone.
func (w secretsWrite) dropped(sent Secrets, keys []string) error {
	return &SecretDroppedError{App: w.target.App.Name, URL: ShownURL(sent.Get(KeyBaseAddress)), Keys: keys}
}

// notKept is the error of changes that are not there after all tries.
func (w secretsWrite) notKept(now Secrets, lost []string) error {
	if slices.ContainsFunc(lost, func(name string) bool { return isCredential(synchronization.KeyValue{Key: name}) }) {
		return w.dropped(now.merge(w.changes(now)...), lost)
	}
	return w.settingsLost(lost)
}

func (w secretsWrite) settingsLost(names []string) error {
	if len(names) == 0 {
		return nil
	}
	return &SettingsLostError{App: w.target.App.Name, Fields: names}
}

// equal compares all keys and values, in any order.
func (s Secrets) equal(other Secrets) bool {
	return slices.Equal(s.sorted(), other.sorted())
}

func (s Secrets) sorted() Secrets {
	return slices.SortedFunc(slices.Values(s), func(a, b synchronization.KeyValue) int { return strings.Compare(a.Key, b.Key) })
}

// A field is one value among the secrets: that of a key, or of one of the
// members of the notification settings.
type field struct{ name, value string }

func (s Secrets) fields() (all []field) {
	for _, kv := range s {
		if !strings.EqualFold(kv.Key, keyNotifications) {
			all = append(all, field{kv.Key, kv.Value})
			continue
		}
		n := readNotifications(kv.Value)
		for _, member := range n {
			all = append(all, field{keyNotifications + "." + member.name, n.text(member.name)})
		}
	}
	return all
}

func valueOf(fields []field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// isUnset reports whether a value is none, or what a setting has that nobody set.
func isUnset(value string) bool {
	return slices.Contains([]string{"", "0", "null", "false"}, strings.ToLower(value))
}

// unmet names the fields that changes would still make others. Of a value that
// is masked only the presence can be told.
func (s Secrets) unmet(changes edit) (names []string) {
	wanted := slices.Clone(s)
	for _, change := range changes(s) {
		wanted = wanted.with(change)
	}
	now := s.fields()
	for _, f := range wanted.fields() {
		shown := valueOf(now, f.name)
		same := sameValue(f.value, shown)
		if strings.Contains(f.name, ".") { // the service may leave out members that nobody set
			same = same || isUnset(f.value) && isUnset(shown)
		}
		if !same && (f.value == "" || !Masked(shown)) {
			names = append(names, f.name)
		}
	}
	return names
}

// gone names the credentials that are lost after a write that was not to change
// them: neither what was sent nor what was masked before is there.
func (s Secrets) gone(sent, now Secrets, changes edit) (names []string) {
	changed := changes(s)
	for _, kv := range slices.Concat(s, sent) {
		isChanged := slices.ContainsFunc(changed, func(c synchronization.KeyValue) bool { return strings.EqualFold(c.Key, kv.Key) })
		if isCredential(kv) && kv.Value != "" && !isChanged && now.Get(kv.Key) == "" && !slices.Contains(names, kv.Key) {
			names = append(names, kv.Key)
		}
	}
	return names
}

// reset names the settings that a write was not to change and that are unset
// after it.
func (s Secrets) reset(sent, now Secrets) (names []string) {
	before := s.fields()
	for _, f := range sent.fields() {
		if sameValue(f.value, valueOf(before, f.name)) && !isCredential(synchronization.KeyValue{Key: f.name}) && !isUnset(f.value) {
			names = append(names, f.name)
		}
	}
	return now.stillReset(names)
}

// stillReset are those of some settings that are unset.
func (s Secrets) stillReset(names []string) []string {
	now := s.fields()
	return slices.DeleteFunc(names, func(name string) bool { return !isUnset(valueOf(now, name)) })
}

// sameValue compares a value that was sent with the one that is shown. The
// service writes truth values in its own way, and the host of a URL has no case.
func sameValue(sent, shown string) bool {
	return sent == shown ||
		strings.EqualFold(sent, shown) && slices.Contains([]string{"true", "false"}, strings.ToLower(sent)) ||
		strings.Contains(sent, "://") && sameURL(sent, shown)
}

// sameURL compares URLs exactly but for the case of scheme and host, and for
// the slash of an empty path.
func sameURL(a, b string) bool {
	return normalURL(a) == normalURL(b)
}

func normalURL(text string) string {
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		return text
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, path := rest[:end], rest[end:]
	if at := strings.LastIndexByte(host, '@'); at >= 0 { // a user name has case
		host = host[:at] + strings.ToLower(host[at:])
	} else {
		host = strings.ToLower(host)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return strings.ToLower(scheme) + "://" + host + path
}
