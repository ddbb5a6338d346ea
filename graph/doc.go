// Package graph is scimctl's connection to Microsoft Graph: credentials and
// clouds, one request pipeline with throttling, paging and batches, errors with
// the service's own words, names turned into ids, and waiting for replication.
//
// One method stands for one call of Graph. The shapes are plain structs with
// the members that scimctl needs; a synchronization schema stays raw JSON, so
// that nothing of it is lost.
//
// Every answer passes the wire through the [net/http.RoundTripper] of
// [Options]: a simulated tenant is a transport, not a mock.
package graph
