package iostreams

import (
	"context"
	"io"

	"github.com/scimctl/scimctl/graph/parallel"
)

// Until returns a reader of from that fails when ctx ends, also while it waits. A
// read of a terminal or pipe cannot be canceled: the last one stays behind until
// the process ends.
func Until(ctx context.Context, from io.Reader) io.Reader { return &until{ctx: ctx, from: from} }

type until struct {
	ctx  context.Context // a Read has no parameter for it
	from io.Reader
	own  []byte // the read that stays behind must not write to the caller's
}

func (u *until) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	type answer struct {
		n   int
		err error
	}
	if len(u.own) < len(p) {
		u.own = make([]byte, len(p))
	}
	own := u.own[:len(p)]
	answers := parallel.Start(func() answer {
		n, err := u.from.Read(own)
		return answer{n, err}
	})
	select {
	case <-u.ctx.Done():
		return 0, context.Cause(u.ctx)
	case result := <-answers:
		a := result.Get()
		return copy(p, own[:a.n]), a.err
	}
}
