package iostreams

import "io"

// A writer is Out or Err: it takes the progress line away before it writes, and
// writes nothing that acts on who reads it.
type writer struct {
	streams *Streams
	to      io.Writer
	cleaner cleaner
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
	_, err := w.to.Write(append([]byte(sequence), w.cleaner.clean(b, w.raw())...))
	return err
}

func (w *writer) flush() {
	w.streams.mu.Lock()
	defer w.streams.mu.Unlock()
	if rest := w.cleaner.flush(w.raw()); len(rest) > 0 {
		_, _ = w.to.Write(rest) // the command has ended
	}
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
	return w.streams.Data && w.streams.Out == io.Writer(w) && !w.streams.out.terminal
}

// below is what a writer writes to.
func below(stream io.Writer) io.Writer {
	if w, ok := stream.(*writer); ok {
		return w.to
	}
	return stream
}
