package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
)

// documentKind is that of the state's file.
func documentKind() sealed.Kind {
	return sealed.Kind{Version: stateVersion, Name: "Tenant", Before: []string{"scimctl.sandbox/v1"}}
}

// store keeps a state in one file. Beside it lies a lock, which also holds the
// generation of the file: whoever has that generation in memory need not read
// the file again.
type store struct{ path string }

// Open makes a tenant that is kept in a file, which is made when it is not
// there. Several tenants, also of several processes, may share a file. The
// error is a *[sealed.DamagedError] when the file cannot be understood.
func Open(path string, opts ...Option) (*Tenant, error) {
	t := build(opts)
	t.store = &store{path: path}
	if err := private.StateFolder(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("the sandbox's state: %w", err)
	}
	state, err := t.store.open(func() *state { return t.company() })
	if err != nil {
		return nil, err
	}
	t.state = state
	t.clock.follow(state)
	return t, nil
}

// Reset makes the tenant in a file the small company again, whatever is there.
// A damaged file is put aside first: kept is where it is then.
func Reset(path string, opts ...Option) (kept string, err error) {
	t := build(opts)
	if err := private.StateFolder(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("the sandbox's state: %w", err)
	}
	f := &store{path: path}
	lock, err := f.lock()
	if err != nil {
		return "", err
	}
	defer lock.close()
	_, err = f.load()
	if _, damaged := errors.AsType[*sealed.DamagedError](err); damaged {
		if kept, err = f.putAside(); err != nil {
			return "", err
		}
	}
	return kept, f.save(lock, t.company())
}

func (f *store) open(fresh func() *state) (*state, error) {
	lock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer lock.close()
	f.sweep()
	if _, err := os.Stat(f.path); errors.Is(err, fs.ErrNotExist) {
		s := fresh()
		return s, f.save(lock, s)
	}
	return f.load()
}

// sweep removes what processes left that were killed while they saved. Whoever
// saves has the lock, so nobody needs it any more, however young it is.
func (f *store) sweep() {
	left, _ := filepath.Glob(f.path + ".new-*") // a folder with such signs in its name keeps them
	for _, path := range left {
		_ = os.Remove(path) // the next one tries again
	}
}

func (f *store) replace(s *state) (*state, error) {
	lock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer lock.close()
	return s, f.save(lock, s)
}

// update runs change on the state as the file has it and saves what was
// changed. It returns the state to go on with; nil when the file has to be
// read again.
func (f *store) update(have *state, change func(*state)) (*state, error) {
	lock, err := f.lock()
	if err != nil {
		return have, err
	}
	defer lock.close()
	if have == nil || have.Generation != lock.generation || !f.exists() {
		if have, err = f.load(); err != nil {
			return nil, err
		}
	}
	change(have)
	if !have.dirty {
		return have, nil
	}
	if err := f.save(lock, have); err != nil {
		return nil, err
	}
	return have, nil
}

func (f *store) exists() bool {
	_, err := os.Stat(f.path)
	return err == nil
}

// A heldLock is the lock file, open and ours.
type heldLock struct {
	*private.Lock
	generation int64 // 0: none was written yet
}

func (f *store) lock() (*heldLock, error) {
	lock, err := private.WaitLock(f.path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("lock the sandbox's state: %w", err)
	}
	text, err := lock.Text()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the sandbox's state: %w", err), lock.Release())
	}
	// What is not a number makes the file be read again, which is always right.
	generation, _ := strconv.ParseInt(text, 10, 64)
	return &heldLock{Lock: lock, generation: generation}, nil
}

func (l *heldLock) close() { _ = l.Release() }

func (f *store) load() (*state, error) {
	data, err := private.ReadFile(f.path)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's state: %w", err)
	}
	s := &state{}
	if _, err := documentKind().Open(f.path, data, nil); err != nil {
		return nil, err
	}
	if err := s.decode(data); err != nil {
		return nil, &sealed.DamagedError{Path: f.path, Kind: documentKind().Name, Reason: err.Error()}
	}
	return s, nil
}

// decode reads a state, and refuses what is none.
func (s *state) decode(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(s); err != nil {
		return err
	}
	return s.check()
}

// check finds what decodes and yet is no state.
func (s *state) check() error {
	switch {
	case s.SCIM == nil, s.SCIMToken == "", s.TenantID == "", s.Users == nil, s.Apps == nil:
		return errors.New("parts of it are missing")
	case slices.Contains(s.Users, nil), slices.Contains(s.Groups, nil), slices.Contains(s.Apps, nil), slices.Contains(s.Extensions, nil),
		slices.Contains(s.Assignments, nil), slices.Contains(s.Jobs, nil), slices.Contains(s.Logs, nil):
		return errors.New("there is nothing where something should be")
	}
	for _, u := range s.Users {
		if u.Properties == nil {
			return fmt.Errorf("the user %s has no properties", u.ID)
		}
	}
	for _, j := range s.Jobs {
		if j.Escrows == nil {
			j.Escrows = map[string]*escrow{}
		}
		if j.Links == nil || slices.Contains(slices.Collect(maps.Values(j.Links)), nil) || slices.Contains(slices.Collect(maps.Values(j.Escrows)), nil) {
			return fmt.Errorf("the job %s is incomplete", j.ID)
		}
	}
	if s.Delays == nil {
		s.Delays = map[string]*delay{}
	}
	return nil
}

// putAside gives the file a name that none has, and returns it.
func (f *store) putAside() (string, error) {
	for n := 1; ; n++ {
		kept := fmt.Sprintf("%s.damaged-%d", f.path, n)
		if _, err := os.Lstat(kept); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := private.Rename(f.path, kept); err != nil {
			return "", fmt.Errorf("put the sandbox's damaged state aside: %w", err)
		}
		return kept, nil
	}
}

func (f *store) save(lock *heldLock, s *state) error {
	s.Generation = max(s.Generation, lock.generation) + 1
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	if err == nil {
		// Announced before the file of that generation exists: whoever dies in
		// between makes others read the file needlessly, never too seldom.
		err = lock.Note(strconv.FormatInt(s.Generation, 10))
	}
	if err == nil {
		err = private.WriteFile(f.path, documentKind().Seal(text.Bytes()))
	}
	if err != nil {
		return fmt.Errorf("save the sandbox's state: %w", err)
	}
	s.dirty = false
	return nil
}
