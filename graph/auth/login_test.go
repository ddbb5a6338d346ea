package auth_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// loginTo signs Ada in by device code.
func loginTo(t *testing.T, e *entra, state string, change ...func(*auth.Login)) (auth.Account, graph.Identity, string) {
	t.Helper()
	prompted := ""
	l := auth.Login{SignIn: e.signIn("", nil), Scopes: []string{"User.Read.All", "Synchronization.ReadWrite.All"}, DeviceCode: true}
	l.StateDir, l.Getenv = state, os.Getenv
	l.Prompt = func(message string) { prompted += message }
	for _, c := range change {
		c(&l)
	}
	a, who, err := l.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a, who, prompted
}

// kept is a sign-in as the account that was kept.
func kept(e *entra, state string) auth.SignIn {
	s := e.signIn(auth.MethodLogin, nil)
	s.StateDir, s.Getenv = state, os.Getenv
	return s
}

func adasToken(t *testing.T) string {
	return graphtest.JWT(t, map[string]any{"tid": "tid1", "upn": "ada@contoso.com", "oid": "oid1", "scp": "User.Read.All Synchronization.ReadWrite.All", "exp": 1_900_000_000})
}

func TestAPersonSignsInOnceAndTheNextCommandAsksForNothing(t *testing.T) {
	state, _ := surroundings(t)
	e := newEntra(t)
	e.answers = append(e.answers, graphtest.Says(400, `{"error":"authorization_pending"}`), e.givesPerson(adasToken(t)))
	a, who, prompted := loginTo(t, e, state)
	t.Cleanup(func() { _, _, _ = kept(e, state).Logout(t.Context()) })
	if a.Name() != "ada@contoso.com in tid1" || who.UserPrincipalName != "ada@contoso.com" || !strings.Contains(prompted, "enter the code ABCD1234") {
		t.Errorf("got %v, %v, %q", a.Name(), who, prompted)
	}
	asked := e.Requests()
	if scope := asked[0].Get("scope"); !strings.Contains(scope, "https://graph.microsoft.com/User.Read.All") || !strings.Contains(scope, "offline_access") {
		t.Errorf("asked for %q", scope)
	}
	if asked[0].Get("client_id") != auth.DefaultClientID {
		t.Errorf("asked as %q", asked[0].Get("client_id"))
	}
	before := len(asked)
	for range 2 { // two more commands
		signsIn(t, kept(e, state), adasToken(t))
	}
	if got := len(e.Requests()) - before; got != 0 {
		t.Errorf("%d token requests after the sign-in, want none", got)
	}
	ours := filepath.Join(state, "accounts", "global_tid1_"+auth.DefaultClientID+".json")
	info, err := os.Stat(ours)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	text, _ := os.ReadFile(ours)
	for _, secret := range []string{"refresh-secret", "device-code-secret", adasToken(t)} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s has a secret", ours)
		}
	}
}

func TestAnAccountIsForItsTenantClientAndCloud(t *testing.T) {
	state, _ := surroundings(t)
	e := newEntra(t)
	e.answers = append(e.answers, e.givesPerson(adasToken(t)))
	loginTo(t, e, state, func(l *auth.Login) { l.TenantID = "contoso.com" })
	t.Cleanup(func() { _, _, _ = kept(e, state).Logout(t.Context()) })
	for name, c := range map[string]struct {
		change func(*auth.SignIn)
		found  bool
	}{
		"nothing named":       {func(*auth.SignIn) {}, true},
		"the tenant as typed": {func(s *auth.SignIn) { s.TenantID = "Contoso.com" }, true},
		"the tenant's id":     {func(s *auth.SignIn) { s.TenantID = "tid1" }, true},
		"another tenant":      {func(s *auth.SignIn) { s.TenantID = "fabrikam.com" }, false},
		"another client":      {func(s *auth.SignIn) { s.ClientID = "client1" }, false},
		"another cloud":       {func(s *auth.SignIn) { s.Cloud = graph.USGov }, false},
		"no state":            {func(s *auth.SignIn) { s.StateDir = "" }, false},
	} {
		s := kept(e, state)
		c.change(&s)
		_, err := s.Credential(t.Context())
		if (err == nil) != c.found {
			t.Errorf("%s: %v", name, err)
		}
		if name == "another tenant" && !strings.Contains(err.Error(), "signed in: ada@contoso.com in contoso.com") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Which of two is meant cannot be known.
	text, err := os.ReadFile(filepath.Join(state, "accounts", "global_tid1_"+auth.DefaultClientID+".json"))
	if err != nil {
		t.Fatal(err)
	}
	// An earlier release wrote it without a checksum.
	unsealed := regexp.MustCompile(`"checksum": ".*",`).ReplaceAllString(string(text), "")
	other := strings.NewReplacer(`"tid1"`, `"tid2"`, "contoso.com", "fabrikam.com", "account/v2", "account/v1").Replace(unsealed)
	if err := os.WriteFile(filepath.Join(state, "accounts", "global_tid2_"+auth.DefaultClientID+".json"), []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := kept(e, state).Credential(t.Context()); err == nil || !strings.Contains(err.Error(), "2 accounts are signed in") {
		t.Errorf("got %v", err)
	}
}

func TestLogoutLeavesNothingBehind(t *testing.T) {
	state, caches := surroundings(t)
	e := newEntra(t)
	e.answers = append(e.answers, e.givesPerson(adasToken(t)))
	loginTo(t, e, state)
	gone, cleared, err := kept(e, state).Logout(t.Context())
	if err != nil || len(gone) != 1 || cleared != 1 {
		t.Errorf("got %v, %d, %v", gone, cleared, err)
	}
	for _, folder := range []string{filepath.Join(state, "accounts"), caches} {
		if left, _ := filepath.Glob(filepath.Join(folder, "*"+auth.DefaultClientID+"*")); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	}
	if left := ourCaches(t, caches); runtime.GOOS != "windows" && len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if got := fails(t, kept(e, state)); got.Tried[0].Reason != "nobody has signed in with auth login" {
		t.Errorf("got %v", got)
	}
	if gone, _, err := kept(e, state).Logout(t.Context()); err != nil || len(gone) != 0 {
		t.Errorf("a second time: %v, %v", gone, err)
	}
}

func ourCaches(t *testing.T, folder string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "scimctl.*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// persistent is a sign-in of an application whose tokens outlive the process.
func persistent(e *entra, state string) auth.SignIn {
	s := e.signIn(auth.MethodClientSecret, nil)
	s.TenantID, s.ClientID, s.ClientSecret, s.StateDir, s.Getenv = "tenant1", "client1", "very-secret-word", state, os.Getenv
	return s
}

func TestAnApplicationsTokenServesTheNextCommandToo(t *testing.T) {
	state, caches := surroundings(t)
	e := newEntra(t, gives("from-secret", 3600), refuses(wrongSecret))
	t.Cleanup(func() { _, _, _ = persistent(e, state).Logout(t.Context()) })
	for range 3 {
		signsIn(t, persistent(e, state), "from-secret")
	}
	if got := len(e.Requests()); got != 1 {
		t.Errorf("%d token requests, want 1", got)
	}
	for _, file := range ourCaches(t, caches) {
		text, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(text), "from-secret") || strings.Contains(file, "very-secret-word") {
			t.Errorf("%s: the token is in clear, or %v", file, err)
		}
	}
	// Another secret must not be helped out by what the right one got.
	s := persistent(e, state)
	s.ClientSecret = "another-secret-word"
	if got := fails(t, s, "another-secret-word", "very-secret-word2"); !strings.Contains(got.Error(), "AADSTS7000215") {
		t.Errorf("got %v", got)
	}
}

func TestADamagedCacheIsDeletedAndTriedOnceMore(t *testing.T) {
	state, caches := surroundings(t)
	e := newEntra(t, gives("first", 3600), gives("second", 3600))
	t.Cleanup(func() { _, _, _ = persistent(e, state).Logout(t.Context()) })
	signsIn(t, persistent(e, state), "first")
	damaged := 0
	for _, file := range ourCaches(t, caches) {
		if !strings.HasSuffix(file, ".lockfile") {
			damaged++
			if err := os.WriteFile(file, []byte("not what it was"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if damaged == 0 {
		t.Skip("this system's cache is no file")
	}
	signsIn(t, persistent(e, state), "second")
	before := len(e.Requests())
	signsIn(t, persistent(e, state), "second")
	if got := len(e.Requests()) - before; got != 0 {
		t.Errorf("the mended cache gives nothing: %d requests", got)
	}
}

func TestADamagedCacheOfAPersonAsksForANewSignIn(t *testing.T) {
	state, caches := surroundings(t)
	e := newEntra(t)
	e.answers = append(e.answers, e.givesPerson(adasToken(t)))
	loginTo(t, e, state)
	t.Cleanup(func() { _, _, _ = kept(e, state).Logout(t.Context()) })
	for _, file := range ourCaches(t, caches) {
		if err := os.WriteFile(file, []byte("not what it was"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := fails(t, kept(e, state), "refresh-secret")
	if got.Tried[0].Reason != "the sign-in of ada@contoso.com in tid1 has ended" {
		t.Errorf("got %v", got)
	}
	for _, file := range ourCaches(t, caches) {
		if err := os.WriteFile(file, []byte("not what it was"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loginTo(t, e, state) // must not be lost in what is damaged
	signsIn(t, kept(e, state), adasToken(t))
}

func TestASignInThatEntraEndedSaysSo(t *testing.T) {
	state, _ := surroundings(t)
	e := newEntra(t)
	e.answers = append(e.answers, e.givesPerson("short"), e.givesPerson("short"), refuses("AADSTS50173: The provided grant has expired due to it being revoked."))
	loginTo(t, e, state)
	t.Cleanup(func() { _, _, _ = kept(e, state).Logout(t.Context()) })
	cred, err := kept(e, state).Credential(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// A challenge makes the token that is kept useless.
	g := graphtest.Serve(t, graphtest.InTurn(challenges, graphtest.Says(204, "")))
	got := signInError(t, synchronization.StartJob(t.Context(), g.Client(t, graphtest.Using(cred)), graphtest.Job()))
	if diff := cmp.Diff([]graph.Attempt{{Method: "login", Reason: "AADSTS50173: The provided grant has expired due to it being revoked"}}, got.Tried); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhereNothingCanBeKeptItIsSaidOnce(t *testing.T) {
	state, caches := surroundings(t)
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the folder cannot be taken away")
	}
	if err := errors.Join(os.RemoveAll(caches), os.MkdirAll(filepath.Dir(caches), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(caches, []byte("a file where the folder should be"), 0o600); err != nil {
		t.Fatal(err)
	}
	var said []string
	e := newEntra(t, gives("from-secret", 3600))
	for range 3 {
		s := persistent(e, state)
		s.Notice = func(line string) { said = append(said, line) }
		signsIn(t, s, "from-secret")
	}
	if len(said) != 1 || !strings.HasPrefix(said[0], "tokens are not kept between commands") {
		t.Errorf("said %q", said)
	}
	if strings.Contains(strings.Join(said, ""), "very-secret-word") {
		t.Errorf("said %q", said)
	}
}

func TestWhereASignInCannotBeKeptAPersonIsAskedAgain(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	e := newEntra(t)
	e.answers = append(e.answers, e.givesPerson("hers"))
	var said []string
	note := func(line string) { said = append(said, line) }
	homeless := func(l *auth.Login) { l.Getenv, l.Notice = nil, note }
	loginTo(t, e, state, homeless)
	if len(said) != 1 || !strings.Contains(said[0], "tokens are not kept between commands") {
		t.Errorf("said %q", said)
	}
	s := e.signIn(auth.MethodLogin, nil)
	s.StateDir, s.Notice = state, note
	if got := fails(t, s); !strings.Contains(got.Error(), "cannot be kept here, and nobody can be asked: there is no home folder") {
		t.Errorf("got %v", got)
	}
	s.Interactive = true
	signsIn(t, s, "hers")
	if len(said) != 2 || !strings.Contains(said[1], "enter the code ABCD1234") {
		t.Errorf("said %q", said)
	}
}

func TestAnAccountFileThatIsDamagedIsNoAccount(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	if err := os.MkdirAll(filepath.Join(state, "accounts"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"global_tid1_c.json": "{", "global_tid2_c.json": `{"kind":"Recipe"}`, "notes.txt": "mine"} {
		if err := os.WriteFile(filepath.Join(state, "accounts", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	accounts, err := auth.SignIn{StateDir: state}.Accounts()
	if err != nil || len(accounts) != 0 {
		t.Errorf("got %v, %v", accounts, err)
	}
}

func TestALoginThatIsRefusedKeepsNothing(t *testing.T) {
	state := t.TempDir()
	e := newEntra(t, refuses("AADSTS65001: The user or administrator has not consented."))
	l := auth.Login{SignIn: e.signIn("", nil), DeviceCode: true, Scopes: []string{"User.Read.All"}}
	_, _, err := l.Do(t.Context())
	if e, ok := errors.AsType[*graph.SignInError](err); !ok || !strings.Contains(e.Error(), "AADSTS65001") || strings.Contains(e.Error(), "device-code-secret") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(state); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
