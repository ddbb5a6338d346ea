//go:build !windows

package iostreams

import (
	"os"
)

// takesSequences tells whether the terminal behind f understands sequences that
// colour text and replace a line. Every terminal here does, but for TERM=dumb.
func takesSequences(*os.File) bool { return true }
