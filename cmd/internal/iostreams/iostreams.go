// Package iostreams is what scimctl reads from and writes to: standard input,
// output and error, with what is known of the terminal behind each.
//
// Out carries data, Err everything else: notes, warnings, questions, progress.
// A progress line on a terminal is taken away before anything else is written,
// so that commands write to Out and Err without thinking of it.
//
// Whatever is written to Out and Err, no text from outside acts on the terminal
// or on the runner of a pipeline: everything invisible is written as a visible
// escape, and the only escape sequences are those of [Style]. What must not
// begin a line of its own is written with [Fprintf].
package iostreams

import (
	"bytes"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// Streams are the three streams of a process, or pretend ones for a test. The
// zero value is not usable: take [System], [Discard] or [Test].
//
// It may be used by several goroutines at once.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer

	// Quiet hushes notes and progress. Warnings and errors are still said.
	Quiet bool
	// NoProgress hushes progress alone, as for output that a program reads.
	NoProgress bool
	// Data says that a program reads what goes to Out: text in it stays as it
	// is, unless Out is a terminal.
	Data bool
	// Redact removes secrets from what is written; nil leaves it as it is.
	Redact func(string) string
	// RedactMessage is Redact for Err; nil is Redact.
	RedactMessage func(string) string

	in, out, err device
	seal         string // begins the styles of both outputs
	secret       func() (string, error)

	mu    sync.Mutex
	shown string // the progress line that stands on the terminal now
}

// A device is one end of a stream, with what it can do.
type device struct {
	file     *os.File // nil in a test
	terminal bool
	colour   bool
	moves    bool // understands the sequences that replace a line
}

// System gives the streams of this process. The environment decides on colour:
// NO_COLOR and TERM=dumb take it away, CLICOLOR_FORCE gives it to a pipe too.
func System(getenv func(string) string) *Streams {
	s := &Streams{
		In:  os.Stdin,
		in:  device{file: os.Stdin, terminal: isTerminal(os.Stdin)},
		out: open(os.Stdout, getenv),
		err: open(os.Stderr, getenv),
	}
	s.open(os.Stdout, os.Stderr)
	s.secret = s.readHidden
	return s
}

// Discard gives streams that read nothing and write nowhere.
func Discard() *Streams {
	s := &Streams{In: new(bytes.Buffer), Out: io.Discard, Err: io.Discard}
	s.secret = func() (string, error) { return readLine(s.In) }
	return s
}

// Test gives streams over buffers, none of which is a terminal; [Streams.Pretend]
// makes them look like one.
func Test() (s *Streams, in, out, err *bytes.Buffer) {
	in, out, err = new(bytes.Buffer), new(bytes.Buffer), new(bytes.Buffer)
	s = Discard()
	s.In = in
	s.open(out, err)
	return s, in, out, err
}

func (s *Streams) open(out, err io.Writer) {
	s.seal = newSeal()
	s.Out, s.Err = newWriter(s, out), newWriter(s, err)
}

// OnRunner has lines that the runner of a pipeline would obey written so that
// it does not. No runner reads a file.
func (s *Streams) OnRunner() {
	for stream, d := range map[io.Writer]device{s.Out: s.out, s.Err: s.err} {
		if w, ok := stream.(*writer); ok && !d.isFile() {
			w.cleaner.runner = true
		}
	}
}

func (d device) isFile() bool {
	if d.file == nil {
		return false
	}
	info, err := d.file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// Flush writes the beginning of a character that nothing followed. It is for
// the end of a command.
func (s *Streams) Flush() {
	for _, stream := range []io.Writer{s.Out, s.Err} {
		if w, ok := stream.(*writer); ok {
			w.flush()
		}
	}
}

// Pretend makes the streams of a test look like terminals, without colour and
// 80 columns wide.
func (s *Streams) Pretend(in, out, err bool) {
	s.in.terminal = in
	s.out = device{terminal: out, moves: out}
	s.err = device{terminal: err, moves: err}
}

// PretendColor makes the outputs of a test take color.
func (s *Streams) PretendColor() { s.out.colour, s.err.colour = true, true }

// InIsTerminal tells whether a person may be typing on In.
func (s *Streams) InIsTerminal() bool { return s.in.terminal }

// OutIsTerminal tells whether Out is shown on a terminal.
func (s *Streams) OutIsTerminal() bool { return s.out.terminal }

// ErrIsTerminal tells whether Err is shown on a terminal.
func (s *Streams) ErrIsTerminal() bool { return s.err.terminal }

// CanAsk tells whether a question reaches a person and an answer comes back.
func (s *Streams) CanAsk() bool { return s.in.terminal && s.err.terminal }

// OutStyle paints what goes to Out.
func (s *Streams) OutStyle() Style { return s.style(s.out) }

// ErrStyle paints what goes to Err.
func (s *Streams) ErrStyle() Style { return s.style(s.err) }

func (s *Streams) style(d device) Style {
	if !d.colour {
		return Style{}
	}
	return Style{seal: s.seal}
}

// Width is how many columns Out has, 0 when it is not a terminal.
func (s *Streams) Width() int { return s.out.width() }

func (d device) width() int {
	if !d.terminal {
		return 0
	}
	if d.file != nil {
		if columns, _, err := term.GetSize(int(d.file.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return 80
}

func open(f *os.File, getenv func(string) string) device {
	d := device{file: f, terminal: isTerminal(f)}
	d.moves = d.terminal && getenv("TERM") != "dumb" && takesSequences(f)
	d.colour = wantsColour(d.moves, getenv)
	return d
}

// wantsColour follows no-color.org and bixense.com/clicolors.
func wantsColour(able bool, getenv func(string) string) bool {
	if getenv("NO_COLOR") != "" {
		return false
	}
	if force := getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		return true
	}
	return able && getenv("CLICOLOR") != "0"
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Within gives streams that read from in and write where outer does, for a
// command inside another.
func Within(outer *Streams, in io.Reader) *Streams {
	s := &Streams{In: in, out: outer.out, err: outer.err}
	s.open(below(outer.Out), below(outer.Err))
	s.secret = func() (string, error) { return readLine(s.In) }
	return s
}
