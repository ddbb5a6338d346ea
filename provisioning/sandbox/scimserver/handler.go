package scimserver

import (
	"net/http"
	"slices"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
)

// handler keeps one resource type for the library, for the length of one
// request. Every method is one step under the store's lock.
type handler struct {
	call *call
	list *[]Resource
}

// Create keeps a new resource.
func (h handler) Create(_ *http.Request, attributes scim.ResourceAttributes) (scim.Resource, error) {
	defer h.lock()()
	r := Resource{Type: h.resourceType(), Attributes: accept(attributes)}
	if err := h.unique(r); err != nil {
		return scim.Resource{}, err
	}
	r.ID = h.call.server.store.newID()
	r.Created = h.now()
	r.LastModified = r.Created
	*h.list = append(*h.list, r)
	h.keep()
	return h.answer(r), nil
}

// Get returns a resource.
func (h handler) Get(_ *http.Request, id string) (scim.Resource, error) {
	defer h.lock()()
	i := find(*h.list, id)
	if i < 0 {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	return h.answer((*h.list)[i]), nil
}

// GetAll returns the page of those that pass the request's filter.
func (h handler) GetAll(_ *http.Request, params scim.ListRequestParams) (scim.Page, error) {
	defer h.lock()()
	page := scim.Page{Resources: []scim.Resource{}}
	for _, r := range *h.list {
		if !h.call.passes(r) {
			continue
		}
		page.TotalResults++
		if page.TotalResults >= params.StartIndex && len(page.Resources) < params.Count {
			page.Resources = append(page.Resources, h.answer(r))
		}
	}
	return page, nil
}

// Replace puts new attributes in the place of all old ones.
func (h handler) Replace(_ *http.Request, id string, attributes scim.ResourceAttributes) (scim.Resource, error) {
	defer h.lock()()
	return h.change(id, func(r *Resource) error {
		r.Attributes = accept(attributes)
		return nil
	})
}

// Patch applies the operations, all or none.
func (h handler) Patch(_ *http.Request, id string, operations []scim.PatchOperation) (scim.Resource, error) {
	defer h.lock()()
	return h.change(id, func(r *Resource) error {
		for _, o := range operations {
			if err := h.call.apply(r, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// Delete removes a resource, and it from the groups that it was in.
func (h handler) Delete(_ *http.Request, id string) error {
	defer h.lock()()
	i := find(*h.list, id)
	if i < 0 {
		return errors.ScimErrorResourceNotFound(id)
	}
	*h.list = slices.Delete(*h.list, i, i+1)
	for _, g := range h.call.server.store.groups {
		leave(g, id)
	}
	h.call.changed = true
	return nil
}

func leave(group Resource, id string) {
	members, _ := group.Attributes["members"].([]any)
	left := slices.DeleteFunc(members, func(m any) bool {
		member, _ := m.(map[string]any)
		return member["value"] == id
	})
	if len(members) > 0 {
		setOrDelete(group.Attributes, "members", left)
	}
}

// change changes a copy and keeps it when all went well.
func (h handler) change(id string, edit func(*Resource) error) (scim.Resource, error) {
	i := find(*h.list, id)
	if i < 0 {
		return scim.Resource{}, errors.ScimErrorResourceNotFound(id)
	}
	r := (*h.list)[i].clone()
	if err := edit(&r); err != nil {
		return scim.Resource{}, err
	}
	if err := h.unique(r); err != nil {
		return scim.Resource{}, err
	}
	delete(r.Attributes, "password")
	r.LastModified = h.now()
	if h.call.server.options.Habit == Forgets {
		return h.answer((*h.list)[i]), nil
	}
	(*h.list)[i] = r
	h.keep()
	return h.answer(r), nil
}

func (h handler) unique(r Resource) error {
	attribute := "userName"
	if r.Type == "Group" {
		attribute = "displayName"
	}
	name, _ := r.Attributes[attribute].(string)
	if taken(*h.list, attribute, name, r.ID) {
		return errors.ScimErrorUniqueness
	}
	return nil
}

// keep adds what the request taught about extensions to the store.
func (h handler) keep() {
	store := h.call.server.store
	for _, e := range h.call.extensions {
		for _, a := range e.Attributes {
			store.extensions = adopt(store.extensions, e.URN, a)
		}
	}
	h.call.changed = true
}

// accept takes attributes over from the library: under the real URNs, with
// nothing shared, and without the password, which is never given back.
func accept(attributes scim.ResourceAttributes) map[string]any {
	out := map[string]any{}
	for name, value := range attributes {
		if copied := cloneValue(value); name != "password" && !isEmpty(copied) {
			out[unalias(name)] = copied
		}
	}
	return out
}

func (h handler) answer(r Resource) scim.Resource {
	r = h.call.project(r.clone())
	return scim.Resource{ID: r.ID, Attributes: r.Attributes, Meta: scim.Meta{Created: &r.Created, LastModified: &r.LastModified}}
}

func (h handler) resourceType() string {
	if h.list == &h.call.server.store.groups {
		return "Group"
	}
	return "User"
}

// now is to the second: meta travels as such.
func (h handler) now() time.Time {
	return h.call.server.options.Now().UTC().Truncate(time.Second)
}

// lock takes the store and returns what gives it back.
func (h handler) lock() (unlock func()) {
	h.call.server.store.mu.Lock()
	return h.call.server.store.mu.Unlock
}
