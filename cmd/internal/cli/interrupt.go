package cli

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
)

const (
	// patience is how long a command has to end after the first signal.
	patience = time.Second
	// undoPatience is how long it has for an undo, which itself gives up after
	// ten seconds.
	undoPatience = 11 * time.Second
	// oneSignal is how close two signals are that count as one: some programs send
	// one to the process and one to its group.
	oneSignal = 200 * time.Millisecond
)

var (
	errSignalTwice = errors.New("a second signal ended it at once")
	errNoEnd       = errors.New("it did not end by itself")
)

// Supervise runs a command line. The first signal cancels its context, as
// --timeout does. A command that then does not end, such as one that waits for a
// lock or computes, is left behind: the process ends without it. So does a second
// signal.
func (a *App) Supervise(ctx context.Context, args []string, signals <-chan os.Signal) int {
	g := newGrace()
	ctx, cancel := context.WithCancel(graph.NotifyUndo(ctx, func(what string) func() {
		a.IO.Say("Undoing before the command ends (up to 10s; Ctrl-C again ends it now): %s", what)
		return g.undo()
	}))
	defer cancel()
	late := make(chan time.Duration, 1)
	a.timedOut = func(after time.Duration) { late <- after }
	ended := parallel.Start(func() int { return a.Run(ctx, args) })
	var reason error = &exit.InterruptedError{Err: errNoEnd}
	select {
	case code := <-ended:
		return code.Get()
	case after := <-late:
		reason = &exit.TimeoutError{After: after, Err: errNoEnd}
	case <-signals:
		cancel()
	}
	g.begin()
	began := time.Now()
	for waiting := true; waiting; {
		select {
		case code := <-ended:
			if _, timeout := errors.AsType[*exit.TimeoutError](reason); timeout || code.Get() == int(exit.Crash) {
				return code.Get()
			}
			return int(exit.Interrupted) // also of a command that had just ended
		case <-g.over.C:
			waiting = false
		case <-signals:
			if time.Since(began) > oneSignal {
				waiting, reason = false, &exit.InterruptedError{Err: errSignalTwice}
			}
		}
	}
	// The command may still be reading its settings, so those are not used here.
	return int((&App{IO: a.IO, Getenv: a.Getenv, Secrets: a.Secrets}).Explain(a.wantsJSON(args), reason))
}

// grace is the time that an interrupted command has left.
type grace struct {
	over *time.Timer

	mu    sync.Mutex
	undos int // under way
}

func newGrace() *grace {
	g := &grace{over: time.NewTimer(0)}
	g.over.Stop()
	return g
}

// begin gives the command its time. During an undo, as after a timeout, that is
// the time of the undo.
func (g *grace) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.undos == 0 {
		g.over.Reset(patience)
	}
}

// undo gives the command the time of an undo until ended is called.
func (g *grace) undo() (ended func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.undos++
	g.over.Reset(undoPatience)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.undos--; g.undos == 0 {
			g.over.Reset(patience)
		}
	}
}
