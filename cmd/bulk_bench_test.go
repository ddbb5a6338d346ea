//go:build unix

package cmd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a bulk run of 100,000 rows may take: the promise of docs/performance.md.
const (
	mostBulkMemory = 100e6 // bytes
	mostBulkCPU    = 60 * time.Second
)

// BenchmarkBulk runs the program, as it is shipped, over tables of so many rows
// of which all change, against a tenant in another process. It fails beyond the
// memory and the processor time that are promised for 100,000 rows.
func BenchmarkBulk(b *testing.B) {
	binary := buildProgram(b)
	for _, rows := range []int{10000, 100000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			p := ofCrowd(b, binary, "-people", fmt.Sprint(rows))
			p.run("ext create workato_role")
			p.measure(func(i int) { p.run("user set-role --yes --quiet --write-quota 0 --file " + p.write(rows, i)) })
			if p.memory > mostBulkMemory {
				b.Errorf("%.0f MB of memory, limit %.0f MB", p.memory/1e6, mostBulkMemory/1e6)
			}
			if each := p.cpu / time.Duration(p.runs); each > mostBulkCPU {
				b.Errorf("%s of processor time, limit %s", each, mostBulkCPU)
			}
			p.ReportMetric(float64(p.cpu.Microseconds())/float64(p.runs*rows), "cpu-µs/row")
		})
	}
}

// BenchmarkBulkBeside does the same work in two ways, one after the other in one
// run, against a server that takes 100 ms for each answer: scimctl, and one
// process of curl for each user. It tells how many times as long the latter
// takes, and where az is installed how many times as long one process of az does,
// of which a tenth of the users have to do.
func BenchmarkBulkBeside(b *testing.B) {
	const rows = 200
	if _, err := exec.LookPath("curl"); err != nil {
		b.Skip("there is no curl")
	}
	p := ofCrowd(b, buildProgram(b), "-people", fmt.Sprint(rows), "-latency", "100ms")
	p.run("ext create workato_role")
	_, noAz := exec.LookPath("az")
	var ours, theirs, azs time.Duration
	runs := 0
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		p.run("user set-role --yes --quiet --write-quota 0 --file " + p.write(rows, i))
		ours += time.Since(began)
		began = time.Now()
		p.curls(rows, i)
		theirs += time.Since(began)
		if noAz == nil {
			began = time.Now()
			p.azs(rows/10, i)
			azs += 10 * time.Since(began)
		}
		runs++
	}
	b.ReportMetric(ours.Seconds()/float64(runs), "scimctl-s/op")
	b.ReportMetric(theirs.Seconds()/float64(runs), "curl-s/op")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "times-faster")
	if noAz == nil {
		b.ReportMetric(azs.Seconds()/ours.Seconds(), "times-faster-than-az")
	}
}

// ofCrowd gives the program a tenant of very many people.
func ofCrowd(b *testing.B, binary string, args ...string) *program {
	b.Helper()
	folder := b.TempDir()
	url := startCrowd(b, args...)
	return &program{B: b, binary: binary, url: url, env: []string{
		"SCIMCTL_APP=Workato", "SCIMCTL_STATE_DIR=" + folder, "HOME=" + folder,
		"SCIMCTL_GRAPH_ENDPOINT=" + url, "SCIMCTL_ACCESS_TOKEN=token",
	}}
}

// write makes the table of a run, in which everybody gets another role than in
// the one before.
func (p *program) write(rows, i int) string {
	p.Helper()
	path := filepath.Join(p.TempDir(), "roles.csv")
	if err := os.WriteFile(path, []byte(crowdTable(rows, fmt.Sprintf("Role%d", i))), 0o600); err != nil {
		p.Fatal(err)
	}
	return path
}

// roleOfCrowd is the property that those who write without scimctl write.
const roleOfCrowd = "extension_e680a1f31a4a5d7da1215723c0cb89e8_workato_role"

// curls writes each user with a process of its own, as a loop in a shell does.
func (p *program) curls(rows, i int) {
	p.Helper()
	for n := range rows {
		p.other("curl", "-sS", "-f", "-o", os.DevNull, "-X", "PATCH", "-H", "Authorization: Bearer token", "-H", "Content-Type: application/json",
			"-d", fmt.Sprintf(`{%q:"Curl%d"}`, roleOfCrowd, i), p.crowdUser(n))
	}
}

// azs does so with the command line of Azure, which is given the token: there is
// nobody to sign in with.
func (p *program) azs(rows, i int) {
	p.Helper()
	for n := range rows {
		p.other("az", "rest", "--method", "patch", "--skip-authorization-header", "--headers", "Authorization=Bearer token", "Content-Type=application/json",
			"--body", fmt.Sprintf(`{%q:"Az%d"}`, roleOfCrowd, i), "--url", p.crowdUser(n))
	}
}

func (p *program) crowdUser(n int) string {
	return fmt.Sprintf("%s/v1.0/users/person%06d@contoso.com", p.url, n+1)
}

// other runs another program to its end.
func (p *program) other(name string, args ...string) {
	p.Helper()
	if out, err := exec.CommandContext(p.Context(), name, args...).CombinedOutput(); err != nil {
		p.Fatalf("%v: %s", err, strings.TrimSpace(string(out)))
	}
}
