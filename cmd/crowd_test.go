package cmd

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// crowdMain is a program of the tests: a tenant of very many people, in the
// memory of a process of its own, that answers over HTTP on loopback and prints
// its URL. It ends when its standard input does.
func crowdMain() {
	people := flag.Int("people", 1000, "")
	latency := flag.Duration("latency", 0, "")
	flag.Parse()
	tenant := sandbox.New(sandbox.WithLag(0), sandbox.WithPeople(*people))
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() { _ = http.Serve(listener, delayed(tenant.Handler(), *latency)) }()
	fmt.Println("http://" + listener.Addr().String())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// delayed answers after a while.
func delayed(next http.Handler, latency time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if latency > 0 {
			select {
			case <-time.After(latency):
			case <-r.Context().Done():
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// startCrowd runs crowdMain and returns its URL.
func startCrowd(t testing.TB, args ...string) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(context.WithoutCancel(t.Context()), exe, args...)
	c.Args[0] = "crowd" // which testscript runs it by
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// crowdTable gives the first n of the crowd a role.
func crowdTable(n int, role string) string {
	var b strings.Builder
	b.WriteString("user,role\n")
	for i := range n {
		fmt.Fprintf(&b, "person%06d@contoso.com,%s\n", i+1, role)
	}
	return b.String()
}
