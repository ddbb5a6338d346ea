// Package remedy describes what an administrator can do about a problem, as data:
// a reason and the arguments of a command. The domain makes remedies and never
// writes a command line. Quoting one for a shell, and adding the flags of the
// running command, happens in cmd.
package remedy

import (
	"maps"
	"slices"
	"strings"
)

// A Remedy is something to do: advice, a command, or a command and why to run it.
type Remedy struct {
	Reason string // a clause: "assign the nested groups"
	// Args are what follows the program's name; none when no command helps. A
	// flag and its value are one argument, and operands stand after "--", so that
	// a name can never be taken for a flag.
	Args []string
	// Program runs instead of scimctl.
	Program string
	// IDs are the ids of things whose names are in Args, by name. They are used
	// where a name cannot be pasted into a shell.
	IDs map[string]string
	// Text is the remedy as it is printed. It is set just before printing.
	Text string
}

// Advise is a remedy without a command.
func Advise(advice string) Remedy { return Remedy{Reason: advice} }

// Run is a command of scimctl, such as "assignment add", with its operands.
func Run(reason, command string, operands ...string) Remedy {
	args := strings.Fields(command)
	if len(operands) > 0 {
		args = append(append(args, "--"), operands...)
	}
	return Remedy{Reason: reason, Args: args}
}

// Flag adds a flag with a value.
func (r Remedy) Flag(name, value string) Remedy { return r.insert("--" + name + "=" + value) }

// Switch adds a flag without a value.
func (r Remedy) Switch(name string) Remedy { return r.insert("--" + name) }

func (r Remedy) insert(flag string) Remedy {
	at := slices.Index(r.Args, "--")
	if at < 0 {
		at = len(r.Args)
	}
	r.Args = slices.Insert(slices.Clone(r.Args), at, flag)
	return r
}

// Or names the id to use where the name cannot be pasted.
func (r Remedy) Or(name, id string) Remedy {
	ids := map[string]string{name: id}
	maps.Copy(ids, r.IDs)
	r.IDs = ids
	return r
}

// MarshalText is what JSON shows of the remedy. Before it is rendered that is
// the reason: an unquoted command is never shown.
func (r Remedy) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// String is what MarshalText gives.
func (r Remedy) String() string {
	if r.Text != "" {
		return r.Text
	}
	return r.Reason
}

// A List is what to do, in order.
type List []Remedy

// MarshalText shows the remedies as one text.
func (l List) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// String has the remedies below each other.
func (l List) String() string {
	texts := make([]string, len(l))
	for i, r := range l {
		texts[i] = r.String()
	}
	return strings.Join(texts, "\n")
}

// Advice is a list of remedies without commands.
func Advice(texts ...string) List {
	var list List
	for _, text := range texts {
		list = append(list, Advise(text))
	}
	return list
}
