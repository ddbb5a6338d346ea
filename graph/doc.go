// Package graph is the connection to Microsoft Graph: one request pipeline with
// throttling, paging and batches, the table of operations, errors with the
// service's own words, and waiting for replication.
//
// The calls are in the packages below it, by their nouns: auth, directory,
// applications, synchronization and auditlogs. One function stands for one call
// of Graph. The shapes are plain structs with the members that scimctl needs; a
// synchronization schema stays raw JSON, so that nothing of it is lost.
//
// Every answer passes the wire through the [net/http.RoundTripper] of
// [Options]: a simulated tenant is a transport, not a mock.
package graph
