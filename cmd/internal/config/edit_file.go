package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/cmd/internal/plaintext"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/private"
)

func (e Edit) read() ([]byte, error) {
	raw, err := private.ReadLinked(e.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the config file: %w", err)
	}
	return plaintext.Decode(raw)
}

// decode reads the file with all that is in it. What has not the shape of a
// config file is left to the reader to explain.
func (e Edit) decode(text []byte) (*yaml.Node, error) {
	documents, err := bounds.YAML(text)
	if err == nil && len(documents) == 0 { // nothing in it, or only comments
		return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}, nil
	}
	if err != nil || len(documents) > 1 || !shaped(documents[0].Content[0]) {
		if _, err := parse(e.Path, text); err != nil {
			return nil, err
		}
		return nil, &EditError{fmt.Sprintf("%s is too intricate to be changed here: change it by hand", e.Path)}
	}
	return documents[0], nil
}

// encode writes the document down, and reads it once as every command will.
func (e Edit) encode(old []byte, document *yaml.Node) ([]byte, error) {
	var text bytes.Buffer
	if made := document.Line == 0; made && len(bytes.TrimSpace(old)) > 0 {
		text.Write(append(bytes.TrimSpace(old), "\n\n"...)) // comments that belong to nothing
	}
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(document), encoder.Close()); err != nil {
		return nil, err
	}
	_, err := parse(e.Path, text.Bytes())
	if err == nil {
		return text.Bytes(), nil
	}
	if _, before := parse(e.Path, old); before != nil { // it was wrong before, in lines that the user knows
		err = before
	}
	return nil, err
}

// write replaces the file, or what a link in its place leads to.
func (e Edit) write(text []byte) error {
	path := e.Path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	err := private.MakeFolder(filepath.Dir(path))
	if err == nil {
		err = private.WriteFile(path, bytes.NewReader(text))
	}
	if err != nil {
		return fmt.Errorf("write the config file: %w", err)
	}
	return nil
}
