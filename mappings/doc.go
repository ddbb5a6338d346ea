// Package mappings reads and changes the synchronization schema of a
// provisioning job: which attributes of a person in Microsoft Entra ID become
// which attributes in the application, for which objects and which actions.
//
// A [Schema] is the document as Graph gave it. It is changed in place by an
// [Edit]; whatever the edit does not touch keeps its bytes, because Graph
// replaces the whole schema on every write. [Update] is the one way in which a
// schema reaches Graph: it keeps a copy, asks when the job runs, notices
// changes that somebody else made in between, and reads back what was kept.
package mappings
