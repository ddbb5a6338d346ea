package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is linked for the system that the tests run on has its license in the
// committed file, with its version. .ci/run compares the whole file.
func TestEveryLinkedModuleHasItsNotice(t *testing.T) {
	t.Chdir(filepath.Join("..", "..", ".."))
	committed, err := os.ReadFile(filepath.Join("docs", "third-party-notices.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(committed), "\n")
	modules := map[string]string{}
	if err := linked(t.Context(), modules); err != nil {
		t.Fatal(err)
	}
	if len(modules) < 20 {
		t.Fatalf("only %d modules found", len(modules))
	}
	for name, folder := range modules {
		texts, err := textsOf(folder)
		if err != nil || len(texts) == 0 {
			t.Errorf("%s: %d texts, %v", name, len(texts), err)
		}
		if !slices.Contains(lines, name) {
			t.Errorf("%s is missing: run go run ./cmd/internal/gennotices", name)
		}
		for _, text := range texts {
			if !strings.Contains(string(committed), text) {
				t.Errorf("a text of %s is missing", name)
			}
		}
	}
}

func TestAModuleWithoutALicenseIsAnError(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "NOTICE"), []byte("a notice"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := notices(map[string]string{"example.com/m v1.0.0": folder}); err == nil {
		t.Errorf("got %s", text)
	}
}
