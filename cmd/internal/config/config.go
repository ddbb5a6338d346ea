// Package config gathers what the user has set: by flag, by SCIMCTL_… variable,
// in a profile of the config file, or not at all, in that order.
//
// One table declares every setting; flags, variables, keys, help and checks come
// from it. No value that does not parse is ever passed over: it is a
// *[ValueError] that names where it comes from.
package config

import (
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/private"
)

// Settings are all settings with their values.
type Settings struct {
	App                 string
	Job                 string
	Profile             string
	Tenant              string
	ClientID            string
	Cloud               string
	Auth                string
	GraphEndpoint       string // "" for that of Cloud
	AuthorityHost       string // "" for that of Cloud
	Certificate         string // path of a file
	FederatedToken      string // path of a file
	ServiceConnection   string
	StateDir            string // "" when the system names none; see State
	Config              string // the config file, whether it exists or not
	RoleAttribute       string
	Output              output.Format
	JQ                  output.Query
	Timeout             time.Duration // of the whole command; 0 for none
	WaitTimeout         time.Duration
	Raw                 bool
	Quiet               bool
	Verbose             bool
	Debug               bool
	NoLimits            bool // see package bounds
	DryRun              bool
	Yes                 bool
	Sandbox             bool
	AccessToken         Secret
	ClientSecret        Secret
	CertificatePassword Secret

	origins   map[string]Origin
	texts     map[string]string // values as they were given, secrets struck out
	preferred given             // what the config file says of default_profile
}

// A Secret is a value that must not be seen: whatever prints it prints stars.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// MarshalText hides the secret from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal is the secret itself, for the one who must send it.
func (s Secret) Reveal() string { return string(s) }

// Origin tells where the value of a setting comes from, by the setting's name
// in [Table].
func (s Settings) Origin(name string) Origin { return s.origins[name] }

// Text is the value of a setting as it was given, by its name in [Table]. That of
// a secret is hidden.
func (s Settings) Text(name string) string { return s.texts[name] }

// State is the folder for what scimctl keeps. It may not exist yet. Where the
// system names none, such as without HOME, it is a *[ValueError]; a folder that
// other users may write is a *[private.FileError].
func (s Settings) State() (string, error) {
	if s.StateDir == "" {
		return "", &ValueError{
			Origin: Origin{Kind: Default, Setting: "state-dir"},
			Reason: "this system names no folder to keep state in: name one with --state-dir",
		}
	}
	return s.StateDir, private.CheckFolder(s.StateDir)
}

// Load merges the flags that [Register] has made, the environment and the
// config file. A config file that is not there is none, unless it was asked for.
//
// What cannot be used is a *[ValueError], *[FileError] or *[ConflictError].
func Load(flags *pflag.FlagSet, getenv func(string) string) (Settings, error) {
	l := loader{merged: viper.New(), flags: flags, getenv: getenv, places: placesOf(runtime.GOOS, getenv)}
	return l.load()
}

// LoadAround is [Load] for somebody who is about to mend the config file: one
// that cannot be used counts for nothing.
func LoadAround(flags *pflag.FlagSet, getenv func(string) string) (Settings, error) {
	settings, err := Load(flags, getenv)
	if err == nil {
		return settings, nil
	}
	l := loader{merged: viper.New(), flags: flags, getenv: getenv, places: placesOf(runtime.GOOS, getenv), around: true}
	return l.load()
}

type loader struct {
	merged *viper.Viper
	flags  *pflag.FlagSet
	getenv func(string) string
	places places
	around bool // the config file is not looked at
}

func (l loader) load() (Settings, error) {
	if err := l.bindFlags(); err != nil {
		return Settings{}, err
	}
	foreign, own := l.environment()
	profile, preferred, err := l.profile(own)
	if err != nil {
		return Settings{}, err
	}
	layers := []layer{foreign, profile, own} // the weakest first
	for _, each := range layers {
		if err := each.mergeInto(l.merged); err != nil {
			return Settings{}, err
		}
	}
	settings, err := l.decode(layers)
	settings.preferred = preferred
	return settings, err
}

func (l loader) bindFlags() error {
	for _, s := range Table() {
		flag := l.flags.Lookup(s.Name)
		if flag == nil {
			l.merged.SetDefault(s.Name, s.Default)
			continue
		}
		if err := l.merged.BindPFlag(s.Name, flag); err != nil {
			return err
		}
	}
	l.merged.SetDefault("config", l.places.config)
	l.merged.SetDefault("state-dir", l.places.state)
	return nil
}

// decode reads each merged value as what it is.
func (l loader) decode(layers []layer) (Settings, error) {
	result := Settings{origins: map[string]Origin{}, texts: map[string]string{}}
	for _, s := range Table() {
		origin := l.origin(s, layers)
		result.origins[s.Name] = origin
		text := l.merged.GetString(s.Name)
		if err := s.set(&result, text); err != nil {
			return Settings{}, &ValueError{Origin: origin, Reason: err.Error()}
		}
		result.texts[s.Name] = s.shown(text)
	}
	return result, result.check()
}

func (l loader) origin(s Setting, layers []layer) Origin {
	if flag := l.flags.Lookup(s.Name); flag != nil && flag.Changed {
		return Origin{Kind: Flag, Setting: s.Name}
	}
	origin := Origin{Kind: Default, Setting: s.Name}
	for _, each := range layers {
		if given, ok := each[s.Name]; ok {
			origin = given.origin
		}
	}
	return origin
}

// check refuses what only fits together one way.
func (s Settings) check() error {
	if !s.Sandbox {
		return nil
	}
	if s.AccessToken != "" {
		return &ConflictError{s.Origin("sandbox"), s.Origin("access-token")}
	}
	if s.GraphEndpoint != "" {
		return &ConflictError{s.Origin("sandbox"), s.Origin("graph-endpoint")}
	}
	return nil
}
