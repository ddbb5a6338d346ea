package cmd

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

const (
	gitHubExample = "../examples/github-actions/provisioning.yml"
	azureExample  = "../examples/azure-pipelines/azure-pipelines.yml"
	shellExample  = "../examples/shell/provisioning.sh"
)

// A runner runs the scripts of a pipeline in a folder of its own, against a
// sandbox of its own. The program on its path is this test binary.
type runner struct {
	*testing.T
	folder, bin string
	env         []string
}

func newRunner(t *testing.T) *runner {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil || runtime.GOOS == "windows" {
		t.Skip("the pipelines run on Linux")
	}
	r := &runner{T: t, folder: t.TempDir(), bin: t.TempDir()}
	token, _ := newReader(t).run(t, []string{"sandbox", "show", "--sandbox", "--jq", ".scimToken", "--state-dir", filepath.Join(r.folder, "state")})
	r.env = []string{
		"PATH=" + r.bin + string(filepath.ListSeparator) + os.Getenv("PATH"), "HOME=" + r.folder, "SCIMCTL_SANDBOX=1", "SCIMCTL_STATE_DIR=" + filepath.Join(r.folder, "state"),
		"WORKATO_SCIM_URL=https://scim.sandbox.invalid/scim", "WORKATO_SCIM_TOKEN=" + strings.TrimSpace(token), "BUILD_REASON=PullRequest", "NUMBER=7",
		"GITHUB_OUTPUT=" + r.path("output"), "GITHUB_STEP_SUMMARY=" + r.path("summary"), "GITHUB_PATH=" + r.path("added"), "TOOL=none",
	}
	if err := os.CopyFS(r.path("provisioning"), os.DirFS("../examples/provisioning")); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *runner) path(name string) string { return filepath.Join(r.folder, name) }

func (r *runner) read(name string) string {
	text, _ := os.ReadFile(r.path(name)) // one that is not there is empty
	return string(text)
}

// stub puts a program on the path.
func (r *runner) stub(name, script string) {
	r.Helper()
	if err := os.WriteFile(filepath.Join(r.bin, name), []byte("#!/usr/bin/env bash\n"+script), 0o755); err != nil {
		r.Fatal(err)
	}
}

// run runs a script as GitHub does, and returns its exit code.
func (r *runner) run(script string, args ...string) int {
	r.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(r.Context()), "bash", append([]string{"--noprofile", "--norc", "-eo", "pipefail", "-c", script, "bash"}, args...)...)
	cmd.Dir, cmd.Env = r.folder, append(slices.Clone(os.Environ()), r.env...)
	out, err := cmd.CombinedOutput()
	r.Logf("%s\n%s", script, out)
	if err != nil && cmd.ProcessState == nil {
		r.Fatal(err)
	}
	return cmd.ProcessState.ExitCode()
}

// scripts are the scripts in a pipeline, by the name of their step.
func scripts(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	var walk func(n *yaml.Node, name string)
	walk = func(n *yaml.Node, name string) {
		for i := 0; n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			switch value := n.Content[i+1]; n.Content[i].Value {
			case "name", "displayName":
				name = value.Value
			case "run", "inlineScript":
				found[name] = value.Value
			}
		}
		for _, child := range n.Content {
			walk(child, name)
		}
	}
	walk(&root, "")
	return found
}

func TestTheGitHubExampleWorksInTheSandbox(t *testing.T) {
	t.Parallel()
	r, steps := newRunner(t), scripts(t, gitHubExample)
	r.stub("gh", `[[ "$*" == "pr comment 7 --edit-last --create-if-none --body-file plan.md" ]] && cp plan.md commented.md`)
	if code := r.run(steps["Plan"]); code != 0 {
		t.Errorf("plan ends with %d", code)
	}
	if code := r.run(steps["Comment"]); code != 0 || !strings.Contains(r.read("commented.md"), "workato_role_prod") || r.read("summary") != r.read("commented.md") {
		t.Errorf("the comment ends with %d: %s", code, r.read("commented.md"))
	}
	if code := r.run(steps["Look for drift"]); code != int(exit.Differs) {
		t.Errorf("before apply, drift ends with %d", code)
	}
	if code := r.run(steps["Apply"]); code != 0 {
		t.Errorf("apply ends with %d", code)
	}
	if kept, err := filepath.Glob(r.path("state/schemas/*.json")); err != nil || len(kept) == 0 {
		t.Errorf("no schema is kept: %v", err)
	}
	if code := r.run(steps["Look for drift"]); code != 0 {
		t.Errorf("after apply, drift ends with %d", code)
	}
}

func TestTheAzureExampleWorksInTheSandbox(t *testing.T) {
	t.Parallel()
	r, steps := newRunner(t), scripts(t, azureExample)
	if code := r.run(steps["Plan"]); code != 0 {
		t.Errorf("a plan of a pull request ends with %d", code)
	}
	r.env = append(r.env, "BUILD_REASON=Schedule")
	if code := r.run(steps["Plan"]); code != int(exit.Differs) {
		t.Errorf("drift ends with %d", code)
	}
	if code := r.run(steps["Apply"]); code != 0 {
		t.Errorf("apply ends with %d", code)
	}
	if code := r.run(steps["Plan"]); code != 0 {
		t.Errorf("after apply, a plan ends with %d", code)
	}
}

func TestTheShellExampleWorksInTheSandbox(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	text, err := os.ReadFile(shellExample)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		code exit.Code
	}{{"plan", exit.OK}, {"drift", exit.Differs}, {"apply", exit.OK}, {"drift", exit.OK}, {"destroy", exit.Usage}} {
		if code := r.run(string(text), c.what, "provisioning"); code != int(c.code) {
			t.Errorf("%s ends with %d, want %d", c.what, code, c.code)
		}
	}
}

func TestTheActionRunsACommand(t *testing.T) {
	t.Parallel()
	r, steps := newRunner(t), scripts(t, "../action.yml")
	for args, want := range map[string]string{
		"plan -f provisioning --detailed-exitcode": "exit-code=2\n", "plan -f absent": "exit-code=64\n", "version": "exit-code=0\n",
	} {
		_ = os.Remove(r.path("output"))
		r.env = append(r.env, "ARGS="+args)
		code := r.run(steps["Run scimctl"])
		if got := r.read("output"); got != want || (code != 0) != strings.Contains(want, "64") {
			t.Errorf("%s ends with %d, and the output %q", args, code, got)
		}
	}
}

// crashes are programs that end with 2 and found no differences, and one that is
// interrupted. "$@" writes nothing that could be taken for a result.
var crashes = map[string]string{
	"a fatal error of the runtime":          "echo 'fatal error: concurrent map writes' >&2; exit 2",
	"a fatal error after the whole output":  "echo '2 plan'; echo '2 plan' >&2; exit 2",
	"a fatal error while it writes":         `echo '2 plan' > "$SCIMCTL_RESULT_FILE.new-1"; exit 2`,
	"another command with exit code 2":      `echo '2 apply' > "$SCIMCTL_RESULT_FILE"; exit 2`,
	"the result of another exit code":       `echo '0 plan' > "$SCIMCTL_RESULT_FILE"; exit 2`,
	"a crash that was recovered":            "exit 70",
	"an interruption":                       "exit 130",
	"a process that was killed for memory":  "kill -9 $$",
	"a stack overflow with half the output": "echo '## Plan'; exit 2",
}

func TestTheActionTakesNoCrashForDifferences(t *testing.T) {
	t.Parallel()
	for name, crash := range crashes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, steps := newRunner(t), scripts(t, "../action.yml")
			r.stub("scimctl", crash)
			r.env = append(r.env, "ARGS=plan -f provisioning --detailed-exitcode", "RUNNER_TEMP="+t.TempDir())
			code := r.run(steps["Run scimctl"])
			if got := r.read("output"); code == 0 || code == 2 || got == "exit-code=2\n" || got == "exit-code=0\n" {
				t.Errorf("ends with %d, and the output %q", code, got)
			}
		})
	}
}

func TestTheActionTakesEveryDocumentedDifference(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"plan", "mapping diff", "user verify-role"} {
		r, steps := newRunner(t), scripts(t, "../action.yml")
		r.stub("scimctl", `echo "2 `+command+`" > "$SCIMCTL_RESULT_FILE"; exit 2`)
		r.env = append(r.env, "ARGS="+command)
		if code := r.run(steps["Run scimctl"]); code != 0 || r.read("output") != "exit-code=2\n" {
			t.Errorf("%s: ends with %d, and the output %q", command, code, r.read("output"))
		}
	}
}

func TestTheExamplesTakeNoCrashForDifferences(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(shellExample)
	if err != nil {
		t.Fatal(err)
	}
	for name, script := range map[string]string{
		"GitHub Actions": scripts(t, gitHubExample)["Plan"], "Azure Pipelines": scripts(t, azureExample)["Plan"], "shell": string(text),
	} {
		for crash, program := range crashes {
			if strings.Contains(program, `> "$SCIMCTL_RESULT_FILE"`) {
				continue // the examples run one command alone
			}
			r := newRunner(t)
			r.stub("scimctl", program)
			if code := r.run(script, "plan", "provisioning"); code == 0 || code == 2 {
				t.Errorf("%s: %s ends with %d", name, crash, code)
			}
			if r.read("summary") != "" {
				t.Errorf("%s: after %s half a plan is shown", name, crash)
			}
		}
	}
}

func TestTheActionTakesOnlyAnArchiveWithItsChecksum(t *testing.T) {
	t.Parallel()
	r, steps := newRunner(t), scripts(t, "../action.yml")
	release := `mkdir release; cd release; echo 'echo the release' > scimctl; chmod +x scimctl; tar -czf scimctl_1.2.3_linux_amd64.tar.gz scimctl; sha256sum *.tar.gz > checksums.txt`
	if r.run("command -v sha256sum tar && "+release) != 0 {
		t.Skip("there is no sha256sum or tar")
	}
	r.stub("curl", `while [ $# -gt 1 ]; do if [ "$1" = --output ]; then out=$2; fi; shift; done; cp "`+r.path("release")+`/${1##*/}" "$out"`)
	r.env = append(r.env, "VERSION=v1.2.3", "FOLDER="+r.path("got"), "REPOSITORY=contoso/scimctl", "SYSTEM=Linux", "MACHINE=X64")
	if code := r.run(steps["Download scimctl"]); code != 0 || strings.TrimSpace(r.read("added")) != r.path("got") || !strings.Contains(r.read("got/scimctl"), "the release") {
		t.Errorf("ends with %d", code)
	}
	if r.run("echo more >> release/scimctl_1.2.3_linux_amd64.tar.gz; rm -r got added"); r.run(steps["Download scimctl"]) == 0 || r.read("added") != "" {
		t.Error("another archive than that of the checksum is taken")
	}
}

func TestTheExampleFileIsThatOfThePreset(t *testing.T) {
	t.Parallel()
	got := filepath.Join(t.TempDir(), "workato.yaml")
	newReader(t).succeed(t, "init", "--preset", "workato", "--set", "environments=true", "--out", got)
	made, err := os.ReadFile(got)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../examples/provisioning/workato.yaml", string(made), os.Getenv("UPDATE") != "")
}

// What a pipeline must not do, beside what actionlint finds.
func TestPipelinesHandTheirRightsToNobody(t *testing.T) {
	t.Parallel()
	for _, path := range []string{gitHubExample, "../action.yml", "../.github/workflows/ci.yml"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		withoutComments := regexp.MustCompile(`(?m)(^|\s)#.*$`).ReplaceAllString(string(text), "")
		if strings.Contains(withoutComments, "pull_request_target") {
			t.Errorf("%s: pull_request_target runs what a stranger wrote with the repository's rights", path)
		}
		for name, script := range scripts(t, path) {
			if strings.Contains(script, "${{") {
				t.Errorf("%s, %s: an expression in a script is code for whoever decides its value; hand it in by env", path, name)
			}
		}
	}
	var workflow struct {
		Permissions map[string]string
		Jobs        map[string]struct {
			Permissions map[string]string
			Environment string
			Env         map[string]string
		}
	}
	text, err := os.ReadFile(gitHubExample)
	if err == nil {
		err = yaml.Unmarshal(text, &workflow)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, job := range workflow.Jobs {
		for variable, value := range job.Env {
			if strings.Contains(value, "secrets.") && job.Environment == "" {
				t.Errorf("the job %s gets %s, and nobody approves it", name, variable)
			}
		}
	}
	want := map[string]string{"contents": "read", "id-token": "write", "pull-requests": "write"}
	if diff := cmp.Diff(want, workflow.Jobs["plan"].Permissions); diff != "" || workflow.Permissions == nil || len(workflow.Permissions) > 0 {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
}

func TestReleasesAreForTheSystemsThatAreBuilt(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var release struct {
		Version  int
		Builds   []struct{ Goos, Goarch, Env []string }
		Archives []struct {
			NameTemplate    string `yaml:"name_template"`
			Formats, Files  []string
			FormatOverrides []struct {
				Goos    string
				Formats []string
			} `yaml:"format_overrides"`
		}
		Checksum struct {
			NameTemplate string `yaml:"name_template"`
			Algorithm    string
		}
	}
	if err := yaml.Unmarshal(text, &release); err != nil {
		t.Fatal(err)
	}
	if release.Version != 2 || len(release.Builds) != 1 || len(release.Archives) != 1 {
		t.Fatalf("%+v", release)
	}
	build, archive := release.Builds[0], release.Archives[0]
	built, err := os.ReadFile("../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	for _, loop := range []string{"for os in " + strings.Join(build.Goos, " "), "for arch in " + strings.Join(build.Goarch, " ")} {
		if !strings.Contains(string(built), loop+"; do") {
			t.Errorf("CI does not build %q", loop)
		}
	}
	if !slices.Contains(build.Env, "CGO_ENABLED=0") {
		t.Error("a release needs a C library")
	}
	download := scripts(t, "../action.yml")["Download scimctl"]
	name := strings.NewReplacer("{{ .Version }}", "${VERSION#v}", "{{ .Os }}", "${os}", "{{ .Arch }}", "${arch}").Replace(archive.NameTemplate)
	if !strings.Contains(download, name+".${end}") || !strings.Contains(download, release.Checksum.NameTemplate) || release.Checksum.Algorithm != "sha256" {
		t.Errorf("action.yml does not download %s with %s", name, release.Checksum.NameTemplate)
	}
	if archive.Formats[0] != "tar.gz" || len(archive.FormatOverrides) != 1 || archive.FormatOverrides[0].Goos != "windows" || archive.FormatOverrides[0].Formats[0] != "zip" {
		t.Errorf("archives are %+v", archive)
	}
	for _, file := range archive.Files {
		if _, err := os.Stat(filepath.Join("..", file)); err != nil {
			t.Error(err)
		}
	}
}
