//go:build !race

package cmd

const racing = false
