// Package bulk brings the roles of very many users to what a file, a group or a
// filter says, and remembers each step, so that a run that ends anywhere goes
// on from there and can be taken back.
//
// A run reads first and writes only what differs. Before the first write its
// plan is on the disk, with the values that will be replaced; after each batch
// the rows that Graph confirmed are. Both lie in a folder of the run, beside a
// copy of its input. Nothing in it is a secret.
package bulk
