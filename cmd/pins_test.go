package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A tag of an action can be moved to other code; a hash cannot. This holds for
// what we run, for our action, and for what readers copy.
func TestEveryActionIsPinnedByItsHash(t *testing.T) {
	t.Parallel()
	uses := regexp.MustCompile(`(?m)^\s*(?:-\s+)?uses:\s*(.*)$`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # (v\d+\.\d+\.\d+|main)$`)
	files := []string{"../action.yml"}
	for _, pattern := range []string{"../.github/workflows/*.y*ml", "../examples/github-actions/*.y*ml", "../docs/*.md", "../docs/guides/*.md", "../README.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	hashes := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range uses.FindAllStringSubmatch(string(text), -1) {
			use := strings.TrimSpace(m[1])
			if strings.HasPrefix(use, "./") {
				continue // it is in this repository
			}
			if !pinned.MatchString(use) {
				t.Errorf("%s: %q has no hash of 40 digits with its version behind it", file, use)
			}
			action, _, _ := strings.Cut(use, "@")
			if other := hashes[action]; other != "" && other != use {
				t.Errorf("%s: %q is elsewhere %q", file, use, other)
			}
			hashes[action] = use
		}
	}
	if len(hashes) < 4 {
		t.Errorf("only %d actions found", len(hashes))
	}
}

func TestArchivesHoldTheNoticesOfOthers(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"LICENSE", "docs/third-party-notices.txt"} {
		if _, err := os.Stat(filepath.Join("..", file)); err != nil || !strings.Contains(string(text), "- "+file+"\n") {
			t.Errorf("%s is not in the archives: %v", file, err)
		}
	}
}
