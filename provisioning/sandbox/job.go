package sandbox

import (
	"encoding/json"
	"time"
)

// A job is a synchronization job as the state keeps it.
type job struct {
	ID         string             `json:"id"`
	SP         string             `json:"servicePrincipal"`
	Template   string             `json:"template"`
	Schema     json.RawMessage    `json:"schema,omitempty"` // nil: the template's
	Active     bool               `json:"active"`
	Starts     int                `json:"starts"` // 0: was never started
	Edits      int                `json:"edits"`  // changes that have the next cycle look at everyone
	Next       time.Time          `json:"next,omitzero"`
	Running    time.Time          `json:"running,omitzero"`  // when a cycle was begun that has not ended
	Full       bool               `json:"full"`              // the next cycle looks at everyone
	Force      bool               `json:"force,omitempty"`   // the next cycle may delete more than the threshold
	SyncAll    bool               `json:"syncAll,omitempty"` // the scope of the last full cycle
	First      time.Time          `json:"steadyFirst,omitzero"`
	Last       time.Time          `json:"steadyLast,omitzero"`
	Execution  *execution         `json:"lastExecution,omitempty"`
	Success    *execution         `json:"lastSuccess,omitempty"`
	Exports    *execution         `json:"lastExports,omitempty"`
	Failures   int64              `json:"failures,omitempty"` // cycles in a row that failed as a whole
	Quarantine *quarantine        `json:"quarantine,omitempty"`
	Links      map[string]*link   `json:"links"`    // by source object id
	Escrows    map[string]*escrow `json:"escrowed"` // by source object id
}

// A link is what the service remembers of an object that it provisioned.
type link struct {
	Type    string            `json:"type"` // User, Group
	Target  string            `json:"target"`
	Name    string            `json:"name"`
	Seen    string            `json:"seen,omitempty"`    // a fingerprint of the source as last exported
	Off     string            `json:"off,omitempty"`     // why it was disabled: deleted, or unassigned, after which it is no longer managed
	Members map[string]string `json:"members,omitempty"` // of a group: source ids to those in the target
}

// An execution is one cycle.
type execution struct {
	Activity  string    `json:"activity"`
	Entitled  int64     `json:"entitled"`
	Escrowed  int64     `json:"escrowed"`
	Exported  int64     `json:"exported"`
	Imported  int64     `json:"imported"`
	Deltas    int64     `json:"deltas"`
	RefDeltas int64     `json:"refDeltas"`
	State     string    `json:"state"`
	Began     time.Time `json:"began"`
	Ended     time.Time `json:"ended"`
	Error     *jobError `json:"error,omitempty"`
}

type jobError struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	Actionable bool   `json:"tenantActionable"`
}

type quarantine struct {
	Began  time.Time `json:"began"`
	Series time.Time `json:"series"`
	Count  int64     `json:"count"`
	Next   time.Time `json:"next"`
	Reason string    `json:"reason"`
	Error  *jobError `json:"error"`
}
