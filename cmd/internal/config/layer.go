package config

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/viper"

	"github.com/scimctl/scimctl/cmd/internal/plaintext"
	"github.com/scimctl/scimctl/graph/private"
)

// A layer is what one source gives: texts by the names of the settings.
type layer map[string]given

type given struct {
	text   string
	origin Origin
}

func (l layer) mergeInto(v *viper.Viper) error {
	texts := make(map[string]any, len(l))
	for name, g := range l {
		texts[name] = g.text
	}
	return v.MergeConfigMap(texts)
}

// environment gives what the variables of other tools say and what our own say.
// A variable that is empty is none.
func (l loader) environment() (foreign, own layer) {
	foreign, own = layer{}, layer{}
	for _, s := range Table() {
		for name, to := range map[string]layer{s.Variable(): own, s.Also: foreign} {
			if name == "" {
				continue
			}
			if text := l.getenv(name); text != "" {
				to[s.Name] = given{text, Origin{Kind: Variable, Setting: s.Name, Variable: name}}
			}
		}
	}
	return foreign, own
}

// profile gives what the config file says in the profile that holds, and which
// one it prefers.
func (l loader) profile(own layer) (profile layer, preferred given, err error) {
	if err := own.mergeInto(l.merged); err != nil {
		return nil, given{}, err
	}
	content, err := l.readFile(own)
	if err != nil || l.around {
		return nil, given{}, err
	}
	name, origin := l.merged.GetString("profile"), l.origin(find("profile"), []layer{own})
	if name == "" {
		if name, origin, err = content.chosen(); name == "" || err != nil {
			return layer{}, given{}, err
		}
	}
	profile, ok := content.profiles[name]
	if !ok {
		return nil, given{}, &ValueError{Origin: origin, Reason: content.noProfile(name)}
	}
	profile["profile"] = given{name, origin}
	return profile, content.preferred, nil
}

func (l loader) readFile(own layer) (file, error) {
	path := l.merged.GetString("config")
	if path == "" || l.around {
		return file{}, nil
	}
	raw, err := private.ReadLinked(path)
	origin := l.origin(find("config"), []layer{own})
	if errors.Is(err, fs.ErrNotExist) && origin.Kind == Default {
		return file{path: path}, nil
	}
	if err != nil {
		return file{}, &ValueError{Origin: origin, Reason: fmt.Sprintf("the config file cannot be read: %v", err)}
	}
	text, err := plaintext.Decode(raw)
	if err != nil {
		return file{}, &ValueError{Origin: origin, Reason: fmt.Sprintf("the config file cannot be read: %v", err)}
	}
	return parse(path, text)
}
