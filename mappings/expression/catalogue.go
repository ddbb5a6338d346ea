package expression

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// A Function is a documented function of the language.
type Function struct {
	Name       string      `json:"name"`
	Signature  string      `json:"signature"` // Switch(source, defaultValue?, key, value, …)
	Meaning    string      `json:"meaning"`   // one sentence, without a full stop
	Parameters []Parameter `json:"parameters"`
	// Least and Most are how many arguments a call has, those at its end that
	// are left out not counted. Most is -1 when there may be any number.
	Least        int      `json:"leastArguments"`
	Most         int      `json:"mostArguments"`
	Restrictions []string `json:"restrictions"` // where it cannot be used, or not as it seems
	Page         string   `json:"page"`         // where Microsoft describes it
	Example      Example  `json:"example"`
}

// A Parameter is what a function takes in one place.
type Parameter struct {
	Name     string `json:"name"`
	Meaning  string `json:"meaning"`
	Optional bool   `json:"optional,omitempty"` // may be left empty
	Repeated bool   `json:"repeated,omitempty"` // it, with all that are repeated, goes on
}

// An Example is a call that can be tried.
type Example struct {
	Expression    string              `json:"expression"`
	Attributes    map[string][]string `json:"attributes"`
	Now           time.Time           `json:"now,omitzero"`
	DefaultDomain string              `json:"defaultDomain,omitempty"`
	Outcome       Outcome             `json:"outcome"`
	// Result is what it yields: several values of a list, none without an
	// outcome of value. What is random looks like it and fits Shape, a regular
	// expression.
	Result []string `json:"result"`
	Shape  string   `json:"shape,omitempty"`
}

// Catalogue is all documented functions, in the order of [Names]. The slices
// are the caller's own.
func Catalogue() []Function {
	all := written()
	place := map[string]int{}
	for i, name := range Names() {
		place[name] = i
	}
	for i := range all {
		all[i].complete()
	}
	slices.SortStableFunc(all, func(a, b Function) int { return place[a.Name] - place[b.Name] })
	return all
}

// Describe finds a documented function by its name in any case.
func Describe(name string) (Function, bool) {
	for _, f := range written() {
		if strings.EqualFold(f.Name, name) {
			f.complete()
			return f, true
		}
	}
	return Function{}, false
}

// byName is the catalogue by the names in lower case, for reading alone: a
// checker looks up every call, and making the catalogue costs more than all
// else that it does.
var byName = sync.OnceValue(func() map[string]Function {
	all := map[string]Function{}
	for _, f := range Catalogue() {
		all[strings.ToLower(f.Name)] = f
	}
	return all
})

// written is the catalogue as it is written down, before it is completed.
func written() []Function {
	return slices.Concat(textCatalogue(), choiceCatalogue(), dateCatalogue(), listCatalogue(), roleCatalogue(), otherCatalogue())
}

// The pages that describe functions.
const (
	functionsPage = "https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data"
	rolesPage     = "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app"
	graphPage     = "https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions"
)

// complete fills in what follows from the rest, unless it is there.
func (f *Function) complete() {
	f.Signature = f.signature()
	least, most := f.counts()
	if f.Least == 0 {
		f.Least = least
	}
	f.Most = most
	if f.Page == "" {
		f.Page = functionsPage + "#" + strings.ToLower(f.Name)
	}
	if f.Example.Outcome == "" {
		f.Example.Outcome = Given
	}
	f.Parameters = orEmpty(f.Parameters)
	f.Restrictions = orEmpty(f.Restrictions)
	f.Example.Result = orEmpty(f.Example.Result)
	if f.Example.Attributes == nil {
		f.Example.Attributes = map[string][]string{}
	}
}

// orEmpty keeps a list from being null in JSON.
func orEmpty[T any](list []T) []T { return append([]T{}, list...) }

func (f *Function) signature() string {
	var parts []string
	for i, p := range f.Parameters {
		name := p.Name
		if p.Optional {
			name += "?"
		}
		parts = append(parts, name)
		if p.Repeated && (i+1 == len(f.Parameters) || !f.Parameters[i+1].Repeated) {
			parts = append(parts, "…")
		}
	}
	return f.Name + "(" + strings.Join(parts, ", ") + ")"
}

// counts are the least and the most arguments. An optional one before others
// is left empty, and counts.
func (f *Function) counts() (least, most int) {
	most = len(f.Parameters)
	for i, p := range f.Parameters {
		if !p.Optional {
			least = i + 1
		}
		if p.Repeated {
			most = -1
		}
	}
	return least, most
}

func param(name, meaning string) Parameter { return Parameter{Name: name, Meaning: meaning} }

func optional(name, meaning string) Parameter {
	return Parameter{Name: name, Meaning: meaning, Optional: true}
}

func repeated(name, meaning string) Parameter {
	return Parameter{Name: name, Meaning: meaning, Repeated: true}
}

// example makes one over single-valued attributes, given as name and value in
// turn.
func example(expression, result string, attributes ...string) Example {
	e := Example{Expression: expression, Result: []string{result}, Attributes: map[string][]string{}}
	for pair := range slices.Chunk(attributes, 2) {
		e.Attributes[pair[0]] = []string{pair[1]}
	}
	return e
}
