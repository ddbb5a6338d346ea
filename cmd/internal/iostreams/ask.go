package iostreams

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

// A CannotAskError says that a question needs a person and there is no terminal
// to ask on.
type CannotAskError struct {
	Question string
	Secret   bool // not yes or no, but a secret was to be typed
}

// Error tells what was to be asked.
func (e *CannotAskError) Error() string {
	return fmt.Sprintf("cannot ask without a terminal: %s", e.Question)
}

// Confirm asks a question on Err and reads the answer: true for yes, false for
// anything else, also for an answer that never comes. Without a terminal it is a
// *[CannotAskError].
func (s *Streams) Confirm(ctx context.Context, question string) (bool, error) {
	if !s.CanAsk() {
		return false, &CannotAskError{Question: question}
	}
	if _, err := Fprintf(s.Err, "%s [y/N] ", question); err != nil {
		return false, err
	}
	answer, err := s.await(ctx, func() (string, error) { return readLine(s.In) })
	if err != nil {
		_, _ = io.WriteString(s.Err, "\n") // the question stands on its line without an answer
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// ReadSecret asks for a secret on Err and reads it from the terminal without
// showing it. The echo is off before the prompt appears: a token is pasted faster
// than a program reads. Without a terminal it is a *[CannotAskError].
func (s *Streams) ReadSecret(ctx context.Context, prompt string) (secret string, err error) {
	if !s.CanAsk() {
		return "", &CannotAskError{Question: prompt, Secret: true}
	}
	if s.in.file != nil {
		show, problem := hideTyping(s.in.file)
		if problem != nil {
			return "", fmt.Errorf("turn off the echo of the terminal: %w", problem)
		}
		defer func() { show(secret == "") }()
	}
	if _, err := Fprintf(s.Err, "%s: ", prompt); err != nil {
		return "", err
	}
	defer func() { _, _ = io.WriteString(s.Err, "\n") }() // the line end that was typed is not shown either
	return s.await(ctx, s.secret)
}

// An UnansweredError is a question that ended without an answer, by Ctrl-C or
// because the time was up.
type UnansweredError struct{ Err error }

func (e *UnansweredError) Error() string { return "the question was not answered: " + e.Err.Error() }

func (e *UnansweredError) Unwrap() error { return e.Err }

// await reads from the terminal until ctx ends. A read cannot be called back:
// the one that is left waits on until the process ends.
func (s *Streams) await(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	answers := parallel.Start(func() answer {
		text, err := read()
		return answer{text, err}
	})
	select {
	case <-ctx.Done():
		return "", &UnansweredError{Err: context.Cause(ctx)}
	case result := <-answers:
		a := result.Get()
		if errors.Is(a.err, io.EOF) && interrupted(ctx) {
			return "", &UnansweredError{Err: context.Cause(ctx)}
		}
		return a.text, a.err
	}
}

// interrupted tells, of a read that has just come to the end of the terminal,
// whether Ctrl-C ended it. A Windows console ends the read first and tells of
// Ctrl-C a moment later.
func interrupted(ctx context.Context) bool {
	moment := time.NewTimer(100 * time.Millisecond)
	defer moment.Stop()
	select {
	case <-ctx.Done():
		return true
	case <-moment.C:
		return false
	}
}

// readLine reads one line and not a byte more, so that the next question finds
// its own answer. Of the last line the end may be missing.
func readLine(r io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); ; {
		n, err := r.Read(b)
		if n > 0 && b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b[:n]...)
		if err == io.EOF && len(line) > 0 {
			return string(line), nil
		}
		if err != nil {
			return "", err
		}
	}
}
