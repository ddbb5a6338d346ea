// Package blueprint keeps the whole set-up of an application's provisioning in
// one file: it reads the file, says what applying it would change, applies it,
// and writes the file of what exists.
//
// What a file does not name is left alone; a section with prune is exclusive.
package blueprint
