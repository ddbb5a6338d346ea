package planning

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// fingerprints tell whether what a plan was made from is still so, by what was
// read. There is nothing in them that a secret could be told from.
func (k *State) fingerprints() map[string]string {
	prints := map[string]string{"application": hashed("none")}
	if !k.Exists {
		return prints
	}
	prints["application"] = hashed([]any{k.App.AppID, k.App.ServicePrincipalID, k.App.ApplicationID, k.App.TemplateID, k.App.Roles})
	if k.Jobs != nil {
		prints["job"] = hashed(k.jobsInShort())
	}
	if k.Secrets != nil {
		prints["settings"] = hashed(openSettings(k.Secrets))
	}
	if k.wasTried {
		prints["credentials"] = hashed([]any{k.tried == nil, credentials.Unauthorized(k.tried)})
	}
	if k.Extensions != nil {
		prints["extensions"] = hashed(SortedBy(k.Extensions, func(e applications.ExtensionProperty) string { return e.Name }))
	}
	if k.Schema != nil {
		prints["schema"] = diff.Fingerprint(k.Schema)
	}
	if k.rows != nil {
		prints["assignments"] = hashed(SortedBy(k.rows, func(a applications.Assignment) string { return a.ID }))
	}
	if len(k.users)+len(k.groups) > 0 {
		prints["people"] = hashed([]any{k.users, k.groups, k.valuesOfUsers()})
	}
	return prints
}

// jobsInShort is of jobs what does not change by itself.
func (k *State) jobsInShort() [][]any {
	jobs := [][]any{}
	for _, j := range SortedBy(k.Jobs, func(j synchronization.Job) string { return j.ID }) {
		jobs = append(jobs, []any{j.ID, j.TemplateID, j.Running(), j.Quarantined()})
	}
	return jobs
}

// openSettings are keys and values, of a URL without what its query holds.
func openSettings(secrets []synchronization.KeyValue) []synchronization.KeyValue {
	all := SortedBy(secrets, func(kv synchronization.KeyValue) string { return kv.Key })
	for i, kv := range all {
		if strings.Contains(kv.Value, "://") {
			all[i].Value = credentials.ShownURL(kv.Value)
		}
	}
	return all
}

// valuesOfUsers are values of properties, which users carry beside the rest.
func (k *State) valuesOfUsers() []any {
	all := []any{}
	for _, name := range slices.Sorted(maps.Keys(k.users)) {
		all = append(all, k.users[name].Values)
	}
	return all
}

// SortedBy is a sorted copy of a list.
func SortedBy[T any](list []T, key func(T) string) []T {
	return slices.SortedStableFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

func hashed(v any) string {
	text, err := json.Marshal(v) // of plain data, which always can be
	if err != nil {
		text = []byte(err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
