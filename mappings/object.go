package mappings

// An Object is the mapping of one kind of object inside a [Schema]: which
// actions are carried out for it, and from which attributes. It points into
// the schema, so a change shows there at once.
type Object struct {
	kind          string
	schema        *Schema
	rule, mapping *node
}

// Kind is "user" or "group".
func (o Object) Kind() string { return o.kind }

// RuleID is the id of the rule that the object mapping belongs to.
func (o Object) RuleID() string { return o.rule.field("id") }

// SourceName is the object's name in Microsoft Entra ID's directory: "User".
func (o Object) SourceName() string { return o.mapping.field("sourceObjectName") }

// TargetName is the object's name in the application's directory, such as
// "urn:ietf:params:scim:schemas:core:2.0:Group".
func (o Object) TargetName() string { return o.mapping.field("targetObjectName") }

// Enabled says whether objects of this kind are provisioned.
func (o Object) Enabled() bool {
	var on bool
	_ = o.mapping.get("enabled").decode(&on)
	return on
}

// SetEnabled turns provisioning of the kind on or off. That of users cannot be
// turned off, as in the portal: the error is a *[RefusedError].
func (o Object) SetEnabled(on bool) error {
	if !on && o.kind == User {
		return &RefusedError{Action: "disable the user mapping", Reason: "Microsoft Entra ID does not allow it; actions can be taken away instead"}
	}
	if o.Enabled() != on {
		o.mapping.set("enabled", on)
	}
	return nil
}
