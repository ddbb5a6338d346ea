package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/scimctl/scimctl/graph/private"
)

// A DamagedError is a state file that cannot be understood. It stays where it
// is until a [Reset] puts it aside.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the sandbox's state %s is damaged: %v", e.Path, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// store keeps a state in one file. Beside it lies a lock, which also holds the
// generation of the file: whoever has that generation in memory need not read
// the file again.
type store struct{ path string }

// Open makes a tenant that is kept in a file, which is made when it is not
// there. Several tenants, also of several processes, may share a file. The
// error is a *DamagedError when the file cannot be understood.
func Open(path string, opts ...Option) (*Tenant, error) {
	t := build(opts)
	t.store = &store{path: path}
	if err := private.MakeFolder(filepath.Dir(path)); err != nil {
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
	if err := private.MakeFolder(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("the sandbox's state: %w", err)
	}
	f := &store{path: path}
	lock, err := f.lock()
	if err != nil {
		return "", err
	}
	defer lock.close()
	_, err = f.load()
	if _, damaged := errors.AsType[*DamagedError](err); damaged {
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
// saves has the lock, so nobody needs it any more.
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
	file       *lockedfile.File
	generation int64 // 0: none was written yet
}

func (f *store) lock() (*heldLock, error) {
	file, err := lockedfile.OpenFile(f.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the sandbox's state: %w", err)
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the sandbox's state: %w", err), file.Close())
	}
	// What is not a number makes the file be read again, which is always right.
	generation, _ := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return &heldLock{file: file, generation: generation}, nil
}

func (l *heldLock) close() { _ = l.file.Close() }

// write announces a generation before the file of that generation is there:
// who dies in between makes others read the file needlessly, never too seldom.
func (l *heldLock) write(generation int64) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(strconv.FormatInt(generation, 10)+"\n"), 0)
	return err
}

func (f *store) load() (*state, error) {
	data, err := os.ReadFile(f.path)
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's state: %w", err)
	}
	s, err := decodeState(data)
	if err != nil {
		return nil, &DamagedError{Path: f.path, Err: err}
	}
	return s, nil
}

// decodeState reads a state, and refuses what is none.
func decodeState(data []byte) (*state, error) {
	s := &state{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(s); err != nil {
		return nil, err
	}
	if s.APIVersion != stateVersion || s.Kind != stateKind {
		return nil, fmt.Errorf("it is %q of %q, not %q of %q", s.Kind, s.APIVersion, stateKind, stateVersion)
	}
	return s, s.check()
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

func (f *store) save(lock *heldLock, s *state) (err error) {
	s.Generation = max(s.Generation, lock.generation) + 1
	temporary, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".new-*") // 0600
	if err != nil {
		return fmt.Errorf("save the sandbox's state: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("save the sandbox's state: %w", err), os.Remove(temporary.Name()))
		}
	}()
	e := json.NewEncoder(temporary)
	e.SetEscapeHTML(false)
	if err := errors.Join(e.Encode(s), temporary.Close()); err != nil {
		return err
	}
	if err := lock.write(s.Generation); err != nil {
		return err
	}
	if err := private.Rename(temporary.Name(), f.path); err != nil {
		return err
	}
	s.dirty = false
	return nil
}
