package sandbox

import (
	"time"
)

// A delay is how long something still lags behind.
type delay struct {
	Requests int       `json:"requests,omitempty"`
	Until    time.Time `json:"until,omitzero"`
}

// lag has something lag behind from now on, by the tenant's options.
func (t *Tenant) lag(s *state, key string) {
	switch o := t.options; {
	case o.lagTime > 0:
		s.Delays[key] = &delay{Until: t.now().Add(o.lagTime)}
	case o.lag > 0:
		s.Delays[key] = &delay{Requests: o.lag}
	default:
		delete(s.Delays, key)
	}
}

// late reports whether something still lags behind, and counts the asking.
func (s *state) late(key string, now time.Time) bool {
	d := s.Delays[key]
	if d == nil {
		return false
	}
	if d.Requests > 0 {
		s.touch()
		if d.Requests--; d.Requests == 0 {
			delete(s.Delays, key)
		}
		return true
	}
	if now.Before(d.Until) {
		return true
	}
	s.touch()
	delete(s.Delays, key)
	return false
}

// What lags behind, each with the id or name of the object.
func lagApp(id string) string { return "application/" + id }

func lagSP(id string) string { return "servicePrincipal/" + id }

func lagSync(sp string) string { return "synchronization/" + sp }

func lagExtension(id string) string { return "extension/" + id }

func lagAssignment(id string) string { return "assignment/" + id }

func lagUser(id string) string { return "user/" + id }

func lagCycle(job string) string { return "cycle/" + job }
