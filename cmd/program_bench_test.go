//go:build unix

package cmd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What the program may weigh, on disk and in memory. Sizes do not depend on the
// mood of the machine, so the benchmark fails beyond them; times are told only.
const (
	largestProgram = 22e6 // bytes
	mostMemory     = 160e6
)

// BenchmarkProgram builds the program as it is shipped and runs it, as a
// process, against a tenant over HTTP on loopback. It tells the processor time
// of the process, and the most memory that one had: no less than this process
// has, which the system counts for those that it starts. ns/op is the time that
// passes.
func BenchmarkProgram(b *testing.B) {
	binary := buildProgram(b)
	b.Run("true", func(b *testing.B) {
		p := program{B: b, binary: "true"}
		p.measure(func(int) { p.run("") })
	})
	b.Run("version", func(b *testing.B) {
		p := program{B: b, binary: binary}
		p.measure(func(int) { p.run("version") })
	})
	b.Run("set-role", func(b *testing.B) {
		p := serve(b, binary)
		p.run("ext create workato_role workato_role_test workato_role_prod")
		p.measure(func(i int) {
			p.run(fmt.Sprintf("user set-role ada@contoso.com R%d --env test=T%d --env prod=P%d", i, i, i))
		})
	})
	b.Run("status", func(b *testing.B) {
		p := serve(b, binary)
		p.run("provision setup")
		p.measure(func(int) { p.run("provision status") })
	})
	b.Run("mapping-add-5MB", func(b *testing.B) {
		p := serve(b, binary)
		p.run("provision setup")
		p.enlargeSchema(5 << 20)
		p.measure(func(i int) { p.run(fmt.Sprintf("mapping add urn:example:team%d=department", i)) })
		if p.memory > mostMemory {
			b.Errorf("%.0f MB of memory, limit %.0f MB", p.memory/1e6, mostMemory/1e6)
		}
	})
}

func buildProgram(b *testing.B) string {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "scimctl")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("the program has %.1f MB", float64(info.Size())/1e6)
	if info.Size() > largestProgram {
		b.Errorf("the program has %d bytes, limit %d", info.Size(), int64(largestProgram))
	}
	return binary
}

// A program is run as a process of its own.
type program struct {
	*testing.B
	binary string
	env    []string
	url    string // of its tenant
	runs   int
	cpu    time.Duration // of all runs
	memory float64       // the most of any run, in bytes
}

// serve gives the program a tenant that answers over HTTP, in a third process:
// the memory of this one would be counted as the program's.
func serve(b *testing.B, binary string) *program {
	b.Helper()
	folder := b.TempDir()
	p := &program{B: b, binary: binary, env: []string{"SCIMCTL_APP=Workato", "SCIMCTL_STATE_DIR=" + folder, "HOME=" + folder}}
	server := p.command(context.WithoutCancel(b.Context()), "sandbox serve --listen 127.0.0.1:0 --lag 0 --quiet")
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = server.Process.Signal(os.Interrupt) // when it has ended already, Wait says why
		if err := server.Wait(); err != nil {
			b.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	p.url = strings.TrimSpace(line)
	p.env = append(p.env, "SCIMCTL_GRAPH_ENDPOINT="+p.url, "SCIMCTL_ACCESS_TOKEN=token")
	return p
}

func (p *program) command(ctx context.Context, line string) *exec.Cmd {
	c := exec.CommandContext(ctx, p.binary, strings.Fields(line)...)
	c.Env = append([]string{"PATH=" + os.Getenv("PATH")}, p.env...)
	return c
}

// measure tells what do costs, apart from what went before.
func (p *program) measure(do func(i int)) {
	p.Helper()
	p.runs, p.cpu, p.memory = 0, 0, 0
	for i := 0; p.Loop(); i++ {
		do(i)
	}
	p.ReportMetric(float64(p.cpu.Microseconds())/1000/float64(p.runs), "cpu-ms/op")
	p.ReportMetric(p.memory/1e6, "max-MB")
}

func (p *program) run(line string) {
	p.Helper()
	c := p.command(p.Context(), line)
	if out, err := c.CombinedOutput(); err != nil {
		p.Fatalf("%s: %v: %s", line, err, out)
	}
	p.runs++
	p.cpu += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		p.memory = max(p.memory, residentBytes(usage))
	}
}

// residentBytes reads what macOS tells in bytes and others in kilobytes.
func residentBytes(usage *syscall.Rusage) float64 {
	if runtime.GOOS == "darwin" {
		return float64(usage.Maxrss)
	}
	return float64(usage.Maxrss) * 1024
}

// enlargeSchema adds attributes to the schema of the only job until it has a size.
func (p *program) enlargeSchema(size int) {
	p.Helper()
	jobs := p.ask(http.MethodGet, "/servicePrincipals(appId='e680a1f3-1a4a-5d7d-a121-5723c0cb89e8')/synchronization/jobs", "")
	_, id, _ := strings.Cut(jobs, `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	path := "/servicePrincipals(appId='e680a1f3-1a4a-5d7d-a121-5723c0cb89e8')/synchronization/jobs/" + id + "/schema"
	schema := p.ask(http.MethodGet, path, "")
	var more strings.Builder
	for i := 0; more.Len()+len(schema) < size; i++ {
		fmt.Fprintf(&more, `{"anchor":false,"apiExpressions":[],"caseExact":false,"defaultValue":null,"flowNullValues":false,"metadata":[],"multivalued":false,"mutability":"ReadWrite","name":"extension_%032d_attribute","referencedObjects":[],"required":false,"type":"String"},`, i)
	}
	p.ask(http.MethodPut, path, strings.Replace(schema, `"attributes":[`, `"attributes":[`+more.String(), 1))
}

func (p *program) ask(method, path, body string) string {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), method, p.url+"/v1.0"+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer token")
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if _ = answer.Body.Close(); err != nil || answer.StatusCode >= http.StatusMultipleChoices { // read to its end
		p.Fatalf("%s %s: %s %s", method, path, answer.Status, text)
	}
	return string(text)
}
