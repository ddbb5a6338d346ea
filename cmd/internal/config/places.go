package config

import (
	"path/filepath"
)

// places are where this system keeps what belongs to one user; "" where it does
// not say.
type places struct{ config, state string }

// placesOf follows os.UserConfigDir for the config file. It asks the environment
// that it is given, so that a test never finds the developer's own.
func placesOf(system string, getenv func(string) string) places {
	home := getenv("HOME")
	switch system {
	case "windows":
		return places{
			config: below(getenv("AppData"), "scimctl", "config.yaml"),
			state:  below(getenv("LocalAppData"), "scimctl"),
		}
	case "darwin":
		support := below(home, "Library", "Application Support", "scimctl")
		return places{config: below(support, "config.yaml"), state: support}
	default:
		return places{
			config: below(either(getenv("XDG_CONFIG_HOME"), below(home, ".config")), "scimctl", "config.yaml"),
			state:  below(either(getenv("XDG_STATE_HOME"), below(home, ".local", "state")), "scimctl"),
		}
	}
}

// either gives the folder that is set; a relative one does not count:
// https://specifications.freedesktop.org/basedir-spec/latest/.
func either(set, fallback string) string {
	if filepath.IsAbs(set) {
		return set
	}
	return fallback
}

func below(folder string, names ...string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(append([]string{folder}, names...)...)
}
