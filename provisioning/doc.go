// Package provisioning sets up, runs and explains the automatic provisioning of
// an enterprise application: the application itself, its job, credentials and
// scope, who is assigned to it, and what happens to one person now.
//
// Each task is a struct whose fields say what is asked, with a method Do that
// carries it out and returns what was found or done. Applications, users,
// groups and roles are given by name or id. What exists already is compared
// and left alone, so that everything can be run again; in dry-run mode of the
// client nothing is written.
package provisioning
