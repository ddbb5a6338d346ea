package config

import (
	"strconv"
	"strings"
)

// DefaultProfile is the key of the config file, outside of every profile, that
// names the profile which holds when none is named.
const DefaultProfile = "default_profile"

// An Edit changes one value in the config file and leaves all else there as it
// is, with its comments and its order.
type Edit struct {
	Path    string // of the file, which need not exist
	Profile string // "" for the one that holds by itself
	Key     string // of a setting, or [DefaultProfile]
	Value   string // "" takes the key away
	DryRun  bool   // only tell what would change
}

// Edited is what an [Edit] changed.
type Edited struct {
	File    string `json:"file"`
	Profile string `json:"profile,omitempty"` // none for default_profile
	Key     string `json:"key"`
	Old     string `json:"old,omitempty"` // none when the key was not there
	New     string `json:"new,omitempty"` // none when it is not there now
	Changed bool   `json:"changed"`
	// Default tells that the profile holds without being named.
	Default bool `json:"default"`
}

// An EditError is an edit of the config file that makes no sense.
type EditError struct{ Reason string }

// Error is what is wrong with it.
func (e *EditError) Error() string { return e.Reason }

// Do makes the change and writes the file for its owner alone. Nothing is
// written when the file says so already, or when what came out could not be
// read: then the error is an *[EditError] or a *[FileError].
func (e Edit) Do() (Edited, error) {
	if err := e.check(); err != nil {
		return Edited{}, err
	}
	old, err := e.read()
	if err != nil {
		return Edited{}, err
	}
	document, err := e.decode(old)
	if err != nil {
		return Edited{}, err
	}
	done, err := e.change(document.Content[0])
	if err == nil && !done.Changed {
		err = e.known()
	}
	if err != nil || !done.Changed {
		return done, err
	}
	text, err := e.encode(old, document)
	if err != nil || e.DryRun {
		return done, err
	}
	return done, e.write(text)
}

// check refuses what the reader of the file, or the setting, would refuse, and
// writes key and value as the file has them.
func (e *Edit) check() error {
	e.Key, e.Value = keyOf(e.Key), strings.TrimSpace(e.Value)
	if e.Path == "" {
		return &EditError{"this system names no folder for a config file: name a file with --config"}
	}
	if e.Key == DefaultProfile || e.Value == "" {
		return nil
	}
	if err := e.known(); err != nil {
		return err
	}
	setting := find(nameOf(e.Key))
	if err := setting.set(new(Settings), e.Value); err != nil {
		return &EditError{e.Key + ": " + err.Error()}
	}
	if on, err := strconv.ParseBool(e.Value); err == nil && setting.isSwitch() {
		e.Value = strconv.FormatBool(on)
	}
	return nil
}
