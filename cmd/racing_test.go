//go:build race

package cmd

// racing tests take ten times as long. Of cases that differ only in data, one
// in seven is enough to find a race.
const racing = true
