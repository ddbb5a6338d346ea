package cli

import (
	"runtime"
	"strings"
	"sync"
)

// An Environment is that of a process, without the secrets that have been taken
// out of it. Programs that are started, such as az, a browser, or the commands
// of a file, inherit the rest. Some are started by libraries, so their
// Environment cannot be chosen one by one.
type Environment struct {
	Lookup func(name string) string
	Unset  func(name string) error

	mu    sync.Mutex
	Taken map[string]string
}

// Getenv reads a variable, also one that was taken out.
func (e *Environment) Getenv(name string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if value, ok := e.Taken[sameName(name)]; ok {
		return value
	}
	return e.Lookup(name)
}

// Withhold takes variables out of the environment of programs to come.
func (e *Environment) Withhold(names ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, name := range names {
		if value := e.Lookup(name); value != "" && e.Unset(name) == nil {
			e.Taken[sameName(name)] = value
		}
	}
}

// sameName is a name as the system compares it.
func sameName(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}

// SecretNames are those of NAME=value whose value only this program may have:
// the variables of our own secrets, and the names that files give to tokens of
// applications.
func SecretNames(variables []string) []string {
	names := withheldVariables()
	for _, variable := range variables {
		name, _, _ := strings.Cut(variable, "=")
		upper := strings.ToUpper(name)
		if strings.HasSuffix(upper, "_SCIM_TOKEN") || strings.HasSuffix(upper, "_SCIM_SECRET") || upper == "SCIM_TOKEN" {
			names = append(names, name)
		}
	}
	return names
}
