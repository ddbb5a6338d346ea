package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
)

// costs is what commands take, one after the other in the same tenant, with
// nothing to wait for: the exit code, the requests, how many of them write, and
// in how many rounds they go out. More rounds than before, with as many
// requests, are look-ups that wait for each other without need.
const costs = `
0 0 0 0  version
0 0 0 0  help provision
0 0 0 0  completion bash
0 2 0 1  app list --search work
0 6 0 2  app list --provisioning
0 1 0 1  app templates work
0 21 0 4  doctor
0 10 0 2  app show
0 6 1 4  app create Fabrikam
0 3 0 2  app create Fabrikam
0 7 3 6  ext create workato_role workato_role_test workato_role_prod
0 4 0 3  ext create workato_role workato_role_test workato_role_prod
0 3 0 2  ext list
0 2 0 2  ext list --app e680a1f3-1a4a-5d7d-a121-5723c0cb89e8
0 4 1 4  user set-role ada@contoso.com Admin --env test=Analyst --env prod=Operator
0 2 0 2  user set-role ada@contoso.com Admin --env test=Analyst --env prod=Operator
0 4 0 3  user get-role ada@contoso.com
0 6 0 3  user get-role ada@contoso.com betty@contoso.com radia@contoso.com
0 8 2 7  user set-role --members-of Workato~Pilots --role Auditor --yes
0 6 0 5  user set-role --members-of Workato~Pilots --role Auditor --yes
0 6 0 5  user get-role --members-of Workato~Pilots
0 4 0 3  user get-role --all
0 0 0 0  runs list
0 6 1 5  ext set ada@contoso.com workato_role=Owner
0 4 0 3  ext set ada@contoso.com workato_role=Owner
0 4 0 3  ext get ada@contoso.com
0 10 2 10  provision setup
0 4 0 3  provision setup
0 9 1 8  credentials set --url https://scim.sandbox.invalid/scim --token-stdin
0 4 0 3  credentials set --url https://scim.sandbox.invalid/scim --token-stdin
0 4 0 3  credentials test
0 2 0 2  credentials show
0 4 0 3  credentials rotate --token-stdin
0 9 1 8  credentials rotate --token-stdin --force
0 2 0 2  provision settings
0 9 1 8  provision settings --notify ops@contoso.com --delete-threshold 100
0 3 0 2  provision settings --notify ops@contoso.com --delete-threshold 100
0 6 1 6  mapping disable --object group
0 3 0 3  mapping disable --object group
0 3 0 3  mapping enable --object user
0 6 1 6  mapping actions --disable delete
0 3 0 3  mapping actions --disable delete
0 7 1 7  mapping add WORKATO:workato_role=workato_role WORKATO:workato_role_test=workato_role_test WORKATO:workato_role_prod=workato_role_prod
0 3 0 3  mapping add WORKATO:workato_role=workato_role WORKATO:workato_role_test=workato_role_test WORKATO:workato_role_prod=workato_role_prod
0 6 1 6  mapping set nickName --from givenName
0 3 0 3  mapping set nickName --from givenName
0 7 1 7  mapping set nickName --expression ToUpper([givenName])
0 3 0 3  mapping set nickName --expression ToUpper([givenName])
0 6 1 6  mapping remove nickName --yes
0 3 0 3  mapping remove nickName --yes
0 6 0 6  mapping copy --from-app Workato
0 3 0 3  mapping list
0 3 0 3  mapping export
2 3 0 3  mapping diff latest
0 0 0 0  mapping history
0 4 0 4  mapping reset --dry-run
0 7 0 5  mapping check
0 3 0 3  mapping attribute list
0 6 1 6  mapping attribute add urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team
0 3 0 3  mapping attribute add urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team
0 3 0 3  mapping attribute add workato_role --side source
0 6 1 6  mapping attribute remove urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team
0 3 0 3  mapping attribute remove urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team
0 3 0 3  mapping filter list
0 5 1 4  assignment add ada@contoso.com
0 3 0 2  assignment add ada@contoso.com
0 7 0 5  mapping preview ada@contoso.com
0 1 0 1  mapping eval [mail] --user ada@contoso.com
0 7 3 4  assignment add betty@contoso.com radia@contoso.com --group Sales
0 4 0 3  assignment list
0 6 0 5  assignment audit
0 11 1 10  mapping filter add Engineers --where department~equals~Engineering --yes
0 4 0 4  mapping filter add Engineers --where department~equals~Engineering
0 10 1 9  mapping filter remove Engineers
0 3 0 3  mapping filter remove Engineers
0 3 0 2  user show ada@contoso.com
0 8 2 5  provision on-demand ada@contoso.com
0 7 1 4  provision on-demand ada@contoso.com
0 8 1 5  provision on-demand ada@contoso.com --wait-for-log
0 10 2 5  provision on-demand betty@contoso.com radia@contoso.com
0 7 1 6  provision start --yes
0 2 0 2  provision start --yes
0 2 0 2  provision status
0 10 0 4  why ada@contoso.com
0 9 0 3  app list --provisioning --owners
0 3 0 2  provision logs --user ada@contoso.com
0 2 0 2  provision logs stats
0 6 2 6  provision sync-now
0 4 1 4  provision restart --yes
0 4 1 4  provision stop
0 2 0 2  provision stop
0 6 1 5  user clear-role ada@contoso.com --env test --yes
0 4 0 3  user clear-role ada@contoso.com --env test --yes
0 6 1 5  ext clear ada@contoso.com workato_role_prod --yes
0 4 0 3  ext clear ada@contoso.com workato_role_prod --yes
0 6 1 6  mapping enable --object group
0 6 1 4  provision on-demand --group Sales
0 5 1 4  assignment remove ada@contoso.com --yes
0 3 0 2  assignment remove ada@contoso.com --yes
0 6 1 5  assignment remove --group Sales --yes
0 7 1 4  provision on-demand ada@contoso.com
0 1 0 1  user list
0 1 0 1  user list --search ada
0 4 1 4  user delete ada@contoso.com --yes
0 1 0 1  user list --deleted
0 4 0 4  user delete ada@contoso.com --yes
0 3 1 3  user restore ada@contoso.com
0 2 0 2  user restore ada@contoso.com
0 5 1 4  ext delete workato_role_test --yes
0 2 0 2  provision disable
0 10 2 10  provision disable --delete --yes
0 3 0 2  provision disable --delete --yes
0 3 0 2  credentials clear --yes
0 7 0 4  plan -f testdata/blueprint/workato.yaml
0 33 11 28  apply -f testdata/blueprint/workato.yaml --yes
0 10 0 3  plan -f testdata/blueprint/workato.yaml
0 10 0 3  apply -f testdata/blueprint/workato.yaml --yes
0 13 0 4  export --app Workato~DEV
`

// limits are the most requests that a command may send, told by its beginning.
func limits() map[string]int {
	return map[string]int{
		"user set-role ada":    4,
		"ext create ":          3 + 3 + 1, // three look-ups, three properties, and the question whether they can be used
		"provision on-demand ": 8,
		"mapping add ":         8,
		"mapping preview ":     8,
		"why ":                 12,
		"plan ":                12,
		"apply ":               25 + 5 + 3, // five ask whether what was made exists already, three read back what was written
	}
}

func TestEveryCommandCostsWhatItAlwaysDid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		for line := range strings.Lines(strings.TrimSpace(costs)) {
			want, command, _ := strings.Cut(strings.TrimSpace(line), "  ")
			got, said := m.run(command)
			if got.String() != want {
				t.Errorf("%s: %v, want %s:%s\n%s", command, got, want, m.asked(), said)
			}
			m.aMinuteLater()
		}
	})
}

// The limits hold for one application by name and one user. A command that is
// run again finds all as it should be; only on demand the service itself is
// what has to look.
func TestCommandsStayWithinTheirLimits(t *testing.T) {
	t.Parallel()
	held := map[string]bool{}
	ran := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(costs)) {
		numbers, command, _ := strings.Cut(strings.TrimSpace(line), "  ")
		var c cost
		if _, err := fmt.Sscan(numbers, &c.exit, &c.requests, &c.writes, &c.rounds); err != nil {
			t.Fatal(line, err)
		}
		if ran[command] && c.writes > 0 && !strings.HasPrefix(command, "provision on-demand ") {
			t.Errorf("a second run of %s writes", command)
		}
		ran[command] = true
		for beginning, limit := range limits() {
			if strings.HasPrefix(command, beginning) && strings.Count(command, "@contoso.com") < 2 {
				held[beginning] = true
				if c.requests > limit {
					t.Errorf("%s sends %d requests, limit %d", command, c.requests, limit)
				}
			}
		}
	}
	for beginning := range limits() {
		if !held[beginning] {
			t.Errorf("no command begins with %q", beginning)
		}
	}
}

// Somebody who presses Tab or asks for help waits for nothing.
func TestHelpAndCompletionSignInNowhereAndMakeNoFile(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "home")
	for _, line := range []string{
		"version", "--help", "help exit-codes", "user set-role --help", "completion bash", "completion powershell",
		"__complete user set", "__complete mapping list --object ", "__complete app list --output ",
	} {
		io, _, out, said := iostreams.Test()
		a := newApp(io, func(name string) string {
			return map[string]string{"SCIMCTL_SANDBOX": "1", "SCIMCTL_STATE_DIR": folder, "XDG_CONFIG_HOME": folder, "HOME": folder}[name]
		})
		a.Graph = func(context.Context) (*graph.Client, error) {
			t.Errorf("%s connects to Graph", line)
			return nil, &graph.SignInError{}
		}
		if code := a.Run(t.Context(), strings.Split(line, " ")); code != 0 || out.Len() == 0 {
			t.Errorf("%s: exit code %d, %d bytes: %s", line, code, out.Len(), said)
		}
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was made in %s: %v", folder, err)
	}
}
