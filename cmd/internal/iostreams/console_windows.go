package iostreams

import (
	"os"

	"golang.org/x/sys/windows"
)

// takesSequences switches the console to terminal sequences. Consoles before
// Windows 10 refuse; they get plain text.
// https://learn.microsoft.com/windows/console/console-virtual-terminal-sequences
func takesSequences(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
