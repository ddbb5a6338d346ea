package iostreams

import (
	"bytes"
	"io"
)

// A writer is Out or Err: it takes the progress line away before it writes, and
// writes nothing that acts on who reads it.
type writer struct {
	streams *Streams
	to      io.Writer
	cleaner cleaner
	line    []byte // the last line, as long as it has no end: a secret may be in it
}

func newWriter(s *Streams, to io.Writer) *writer {
	return &writer{streams: s, to: to, cleaner: cleaner{seal: s.seal}}
}

// Write writes b whole, never between two parts of what another goroutine writes.
func (w *writer) Write(b []byte) (int, error) {
	if err := w.write("", b); err != nil {
		return 0, err
	}
	return len(b), nil
}

// write writes a sequence for the terminal, and then what is shown.
func (w *writer) write(sequence string, b []byte) error {
	w.streams.mu.Lock()
	defer w.streams.mu.Unlock()
	if err := w.wipe(); err != nil {
		return err
	}
	_, err := w.to.Write(append([]byte(sequence), w.cleaner.clean(w.redacted(b), w.raw())...))
	return err
}

func (w *writer) flush() {
	w.streams.mu.Lock()
	defer w.streams.mu.Unlock()
	var last []byte
	if len(w.line) > 0 {
		last = w.cleaner.clean([]byte(w.streams.Redact(string(w.line))), w.raw())
		w.line = nil
	}
	if last = append(last, w.cleaner.flush(w.raw())...); len(last) > 0 {
		_, _ = w.to.Write(last) // the command has ended
	}
}

// longestLine is how much of a line that does not end is kept back.
const longestLine = 64 << 10

// redacted returns what may be written of b without its secrets. What goes to
// Out may come in pieces, so its last line waits until it ends. What goes to Err
// is whole, and a question has no end of a line.
func (w *writer) redacted(b []byte) []byte {
	if w.streams.Redact == nil {
		return b
	}
	if w.streams.Out == io.Writer(w) {
		end := bytes.LastIndexByte(b, '\n') + 1
		if end == 0 && len(w.line)+len(b) >= longestLine {
			end = len(b)
		}
		if end == 0 {
			w.line = append(w.line, b...)
			return nil
		}
		b, w.line = append(w.line, b[:end]...), bytes.Clone(b[end:])
	} else if w.streams.RedactMessage != nil {
		return []byte(w.streams.RedactMessage(string(b)))
	}
	return []byte(w.streams.Redact(string(b)))
}

// wipe takes the progress line off the terminal. The caller holds mu.
func (w *writer) wipe() error {
	err, ok := w.streams.Err.(*writer)
	if !ok {
		return nil
	}
	sequence := w.streams.wiped()
	if len(sequence) == 0 {
		return nil
	}
	_, problem := err.to.Write(sequence)
	return problem
}

// raw reports whether what is written is data for a program.
func (w *writer) raw() bool {
	return w.streams.Out == io.Writer(w) && w.streams.Data && !w.streams.out.terminal
}

// below is what a writer writes to.
func below(stream io.Writer) io.Writer {
	if w, ok := stream.(*writer); ok {
		return w.to
	}
	return stream
}
