package scimserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Store holds the users and groups of a server, and which schema extensions it
// has seen. It marshals to JSON and back without loss. The zero value is an
// empty store, and it is safe for concurrent use.
type Store struct {
	mu         sync.Mutex
	users      []Resource
	groups     []Resource
	extensions []extension
	made       int // how many ids newID has given out
}

// Resource is a user or a group as the server holds it.
type Resource struct {
	ID           string
	Type         string // User or Group
	Created      time.Time
	LastModified time.Time
	Attributes   map[string]any // by RFC 7643's names; an extension's under its URN
}

// Users returns copies of the users, in the order in which they were made.
func (s *Store) Users() []Resource {
	return s.list(&s.users)
}

// Groups returns copies of the groups, in the order in which they were made.
func (s *Store) Groups() []Resource {
	return s.list(&s.groups)
}

func (s *Store) list(kept *[]Resource) []Resource {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Resource, 0, len(*kept))
	for _, r := range *kept {
		out = append(out, r.clone())
	}
	return out
}

// newID counts, so that a run that is repeated makes the same ids. The caller
// holds the lock.
func (s *Store) newID() string {
	s.made++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.made)
}

// taken says whether another resource of the list has this name. Names differ
// by more than case.
func taken(list []Resource, attribute, name, except string) bool {
	return slices.ContainsFunc(list, func(r Resource) bool {
		other, _ := r.Attributes[attribute].(string)
		return r.ID != except && strings.EqualFold(other, name)
	})
}

func find(list []Resource, id string) int {
	return slices.IndexFunc(list, func(r Resource) bool { return r.ID == id })
}

// stored is the form in which a store is written.
type stored struct {
	Made       int         `json:"made"`
	Extensions []extension `json:"extensions"`
	Users      []Resource  `json:"users"`
	Groups     []Resource  `json:"groups"`
}

// MarshalJSON writes the whole store.
func (s *Store) MarshalJSON() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return encode(stored{
		Made: s.made, Extensions: append([]extension{}, s.extensions...),
		Users: append([]Resource{}, s.users...), Groups: append([]Resource{}, s.groups...),
	})
}

// UnmarshalJSON replaces what the store holds.
func (s *Store) UnmarshalJSON(data []byte) error {
	var in stored
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("read the SCIM server's store: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made, s.extensions, s.users, s.groups = in.Made, in.Extensions, in.Users, in.Groups
	return nil
}

// encode is json.Marshal that leaves <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// decode is json.Unmarshal into any that keeps numbers to the last digit.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("more than one JSON value")
	}
	return nil
}
