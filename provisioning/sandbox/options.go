package sandbox

import (
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

// An Option changes how a tenant behaves. None of them is kept in its file.
type Option func(*options)

type options struct {
	clock           func() time.Time
	lag             int           // requests
	lagTime         time.Duration // 0: lag counts
	faults          []Fault
	scimToken       outsideToken
	scimServerToken string
	scimPath        string
	observedAnswer  bool
	bareGroupAnswer bool
	strictSecrets   bool
	allOperators    bool
	clockSpeed      int
	escrowMinimum   int
	regexLimit      time.Duration
	scimHabit       scimserver.Habit
	people          int
}

func defaults() options { return options{clock: time.Now, lag: 1, escrowMinimum: escrowMinimum} }

// WithClock sets the clock by which cycles fall due and times are written.
func WithClock(clock func() time.Time) Option { return func(o *options) { o.clock = clock } }

// WithClockSpeed lets the tenant's time run n times as fast as the clock.
func WithClockSpeed(n int) Option { return func(o *options) { o.clockSpeed = n } }

// WithEscrowMinimum sets how many objects have to fail before their share is
// weighed, which is 5,000 otherwise.
func WithEscrowMinimum(n int) Option { return func(o *options) { o.escrowMinimum = n } }

// WithRegexLimit bounds the time that one regular expression of a schema may
// take. It is measured by the real clock, whatever WithClock says; without the
// option there is no limit.
func WithRegexLimit(d time.Duration) Option { return func(o *options) { o.regexLimit = d } }

// WithSCIMHabit gives the SCIM server inside a habit that some real ones have.
// A tenant that is made, or reset, with it keeps it; another has it as long as
// it is open.
func WithSCIMHabit(h scimserver.Habit) Option { return func(o *options) { o.scimHabit = h } }

// WithPeople adds so many users to a tenant that is made, or reset, with it:
// person000001@contoso.com and so on, all members of the group Thousands.
func WithPeople(n int) Option { return func(o *options) { o.people = n } }

// WithLag makes what was just created or changed lag behind for n requests
// that ask for it; the default is one, and zero turns all delays off.
func WithLag(n int) Option { return func(o *options) { o.lag, o.lagTime = n, 0 } }

// WithLagTime makes what was just created or changed lag behind for a time
// instead of a number of requests.
func WithLagTime(d time.Duration) Option { return func(o *options) { o.lagTime = d } }

// WithFault has something go wrong. Several faults go together: the first one
// given is the first to look at a request.
func WithFault(f Fault) Option { return func(o *options) { o.faults = append(o.faults, f) } }

// WithSCIMToken gives the token for the SCIM server at an address outside the
// sandbox, whose token the state does not keep. It is used once SecretToken has
// been set, and sent nowhere else.
func WithSCIMToken(address, token string) Option {
	return func(o *options) { o.scimToken = outsideToken{token, address} }
}

// WithSCIMServerToken fixes the token of the SCIM server inside, which is
// otherwise made at random when the tenant is.
func WithSCIMServerToken(token string) Option { return func(o *options) { o.scimServerToken = token } }

// WithSCIMPath offers the SCIM server inside below a path of the handler, such as /scim.
func WithSCIMPath(path string) Option { return func(o *options) { o.scimPath = path } }

// WithObservedOnDemandAnswer answers provisionOnDemand in the shape that was
// observed (a fixed text as key, a list as value) instead of the documented one.
func WithObservedOnDemandAnswer() Option { return func(o *options) { o.observedAnswer = true } }

// WithBareGroupAnswer answers provisionOnDemand for a group with the empty
// value of the documented example, which says only how it ended.
func WithBareGroupAnswer() Option { return func(o *options) { o.bareGroupAnswer = true } }

// WithStrictSecrets makes a PUT of secrets drop the keys that it leaves out.
func WithStrictSecrets() Option { return func(o *options) { o.strictSecrets = true } }

// WithAllFilterOperators lists, and takes, all documented operators of scoping
// filters, in the spelling of the page on them, instead of the eight in the
// example of Graph's reference. How Graph spells the newer ones is not known.
func WithAllFilterOperators() Option { return func(o *options) { o.allOperators = true } }
