package cmd

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// wayThere is Workato's guide as commands, and the way back. Each is run in
// the tenant that those before it have left. Those after a + only lead on, and
// of those after a -, which change nothing, every third case is tried.
const wayThere = `
app list --search work
app create Fabrikam
app create Grid --template Workgrid
ext create workato_role workato_role_test
user set-role ada@contoso.com Admin --env test=Analyst
user get-role ada@contoso.com
ext set betty@contoso.com workato_role=Owner
provision setup
credentials set --url https://scim.sandbox.invalid/scim --token-stdin --debug
credentials test --debug
credentials rotate --token-stdin --force
- credentials show
provision settings --notify ops@contoso.com --delete-threshold 100 --token-stdin
mapping disable --object group
mapping enable --object group
mapping actions --disable delete
mapping add WORKATO:workato_role=workato_role WORKATO:workato_role_test=workato_role_test
assignment add ada@contoso.com
assignment add betty@contoso.com radia@contoso.com --group Sales
provision on-demand ada@contoso.com
+ provision on-demand dorothy@contoso.com
provision on-demand --group Sales --member dorothy@contoso.com
- assignment audit
provision start --yes
provision status
- provision on-demand betty@contoso.com radia@contoso.com
- why ada@contoso.com
- provision logs --user ada@contoso.com
provision sync-now
mapping disable --object group --while-stopped --yes
provision restart --yes
provision stop
user clear-role ada@contoso.com --env test --yes
ext clear betty@contoso.com workato_role --yes
assignment remove ada@contoso.com --yes
provision on-demand ada@contoso.com
user delete hedy@contoso.com --yes
user restore hedy@contoso.com
ext delete workato_role_test --yes
provision start --yes
provision disable
credentials clear --yes
+ credentials set --url https://scim.sandbox.invalid/scim --token-stdin
provision start --yes
provision disable --delete --yes
`

// A step is a command with the tenant that it finds.
type step struct {
	line   string
	thin   bool // not every case is tried
	state  []byte
	before string // what of the state lasts
	at     time.Time
}

// steps goes the whole way once, without faults.
func steps(t *testing.T) (all []step) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		for line := range strings.Lines(strings.TrimSpace(wayThere)) {
			m.aMinuteLater()
			now := time.Now()
			state, err := m.company.State()
			if err != nil {
				t.Fatal(err)
			}
			line, thin := strings.CutPrefix(strings.TrimSpace(line), "- ")
			line, only := strings.CutPrefix(line, "+ ")
			if cost, said := m.run(line); cost.exit != 0 {
				t.Fatalf("%s: exit code %d: %s", line, cost.exit, said)
			}
			if !only {
				all = append(all, step{line: line, thin: thin, state: state, before: lasting(t, state), at: now})
			}
		}
	})
	return all
}

// eachStep runs a check for every command of the guide side by side, with what
// the command does twice in a row without any fault.
func eachStep(t *testing.T, check func(t *testing.T, s step, without pair)) {
	t.Parallel()
	collectRarely(t)
	for _, s := range steps(t) {
		t.Run(s.line, func(t *testing.T) {
			t.Parallel()
			var without pair
			synctest.Test(t, func(t *testing.T) { without = s.twice(t, s.tenant(t)) })
			check(t, s, without)
		})
	}
}

// everyFault is the variable in which the gate asks for every case of every
// step, as "all". Else every second one is tried, another half for the next
// step, so that all tests together stay quick.
const everyFault = "SCIMCTL_TEST_FAULTS"

// passesOver reports whether a case of a step is left out, by its number.
func (s step) passesOver(n int) bool {
	switch every := os.Getenv(everyFault) == "all"; {
	case racing:
		return n%7 != len(s.line)%7
	case s.thin:
		return n%3 != len(s.line)%3
	default:
		return !every && n%2 != len(s.line)%2
	}
}

// collectRarely has garbage, which is large and short-lived in these tests,
// collected less often.
func collectRarely(t *testing.T) {
	t.Helper()
	before := debug.SetGCPercent(400)
	t.Cleanup(func() { debug.SetGCPercent(before) })
}

// tenant is the one that the step finds, at the time when it does.
func (s step) tenant(t *testing.T, options ...sandbox.Option) *meter {
	t.Helper()
	<-time.After(time.Until(s.at))
	company, err := sandbox.From(s.state, append([]sandbox.Option{sandbox.WithLag(0)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return &meter{T: t, ctx: t.Context(), company: company, folder: t.TempDir()}
}

// An outcome is all that a run of a command comes to.
type outcome struct {
	exit           exit.Code
	answered, said string
	state          string
	asked          []sandbox.Request
}

// A pair is a command run twice.
type pair struct{ first, second outcome }

// twice runs a step's command, and once more a minute later. Nothing may be
// left behind.
func (s step) twice(t *testing.T, m *meter) (p pair) {
	t.Helper()
	p.first = m.outcome(s.line, s.before)
	p.second = s.again(t, m, p.first)
	return p
}

// again runs a step's command once more a minute later, without interruption.
func (s step) again(t *testing.T, m *meter, first outcome) outcome {
	t.Helper()
	m.ctx, m.through = t.Context(), nil
	m.aMinuteLater()
	second := m.outcome(s.line, first.state)
	m.nothingIsLeft()
	return second
}

// outcome runs a command. When it sends no write, what lasts is as before.
func (m *meter) outcome(line, before string) outcome {
	m.Helper()
	cost, said := m.run(line)
	o := outcome{exit: exit.Code(cost.exit), answered: settled(m.out.String()), said: said.String(), state: before, asked: m.company.Requests()}
	if cost.writes == 0 {
		return o
	}
	state, err := m.company.State()
	if err != nil {
		m.Fatal(err)
	}
	o.state = lasting(m.T, state)
	return o
}

// nothingIsLeft wants no connection, no goroutine, and no token in a file.
func (m *meter) nothingIsLeft() {
	m.Helper()
	synctest.Wait()
	if open := m.company.Connections(); len(open) > 0 {
		m.Errorf("connections are left: %v", open)
	}
	if err := m.company.Close(); err != nil {
		m.Error(err)
	}
	synctest.Wait()
	for _, left := range bubble() {
		m.Errorf("a goroutine is left: %s", left)
	}
	err := filepath.WalkDir(m.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), scimToken) {
			m.Errorf("the token is kept in %s", path)
		}
		return err
	})
	if err != nil {
		m.Error(err)
	}
}

// list shows requests, with what struck them.
func (m *meter) list(all []sandbox.Request) string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "\n  %d %s %s %s %s", r.Status, r.Method, r.Path, r.Query, r.Fault)
	}
	return b.String()
}

// asked is a request of a command, as a fault can be given it.
type asked struct {
	method, path string
	before       int // of the same method and path
	status       int // without a fault
}

// requests are those of a run, in order.
func (o outcome) requests() (all []asked) {
	seen := map[string]int{}
	for _, r := range o.asked {
		key := r.Method + r.Path
		all = append(all, asked{r.Method, r.Path, seen[key], r.Status})
		seen[key]++
	}
	return all
}

func (r asked) String() string {
	words := strings.Split(r.path, "/")
	return fmt.Sprintf("%s …/%s #%d", r.method, strings.Join(words[max(0, len(words)-2):], "/"), r.before+1)
}

// repeatable requests are carried out twice without harm, or change nothing.
func (r asked) repeatable() bool {
	return r.method != http.MethodPost || writes(sandbox.Request{Method: r.method, Path: r.path}) == 0 ||
		strings.HasSuffix(r.path, "/start") || strings.HasSuffix(r.path, "/pause")
}

// blind requests do something that nothing in the tenant tells of afterwards.
func (r asked) blind() bool {
	return strings.HasSuffix(r.path, "/restart") || strings.HasSuffix(r.path, "/provisionOnDemand")
}
