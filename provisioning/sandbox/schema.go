package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/scimctl/scimctl/provisioning/engine"
)

func (t *Tenant) schemaRoutes() []route {
	job := "servicePrincipals/{sp}/synchronization/jobs/{job}/schema"
	template := "servicePrincipals/{sp}/synchronization/templates/{template}/schema"
	return []route{
		on(get, job, withJob(getSchema)),
		on(put, job, withJob(t.putSchema)),
		on(patch, job, withJob(patchSchema)),
		on(remove, job, withJob(resetSchema)),
		on(get, template, withConnector(getTemplateSchema)),
		on(get, job+"/filterOperators", withSync(t.filterOperators)),
		on(get, template+"/filterOperators", withSync(t.filterOperators)),
		on(get, job+"/functions", withSync(functions)),
		on(get, template+"/functions", withSync(functions)),
		on(post, job+"/parseExpression", withSync(t.parseExpression)),
		on(post, template+"/parseExpression", withSync(t.parseExpression)),
	}
}

// schema is the document that the job works by.
func (j *job) schema(a *app) []byte {
	if j.Schema != nil {
		return j.Schema
	}
	k, _ := a.connector(j.Template)
	return k.schema(j.ID)
}

// rules are what a job's schema says.
func (t *Tenant) rules(s *state, a *app, j *job) (*engine.Rules, error) {
	read := t.loaded[j.ID]
	if read == nil || !bytes.Equal(read.stored, j.Schema) {
		rules, err := engine.Load(j.schema(a))
		if err != nil {
			return nil, err
		}
		read = &readSchema{stored: j.Schema, rules: rules}
		t.loaded[j.ID] = read
	}
	rules := *read.rules
	rules.Now, rules.DefaultDomain, rules.RegexLimit = t.now(), s.Domain, t.options.regexLimit
	return &rules, nil
}

// A readSchema is a job's schema as last read, which takes longer than a cycle
// that has nothing to do.
type readSchema struct {
	stored []byte // nil: the template's
	rules  *engine.Rules
}

// A member of a JSON object, with its value's own bytes.
type member struct {
	name  string
	value json.RawMessage
}

// members takes an object apart without touching its values.
func membersOf(data []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("not a JSON object"), err)
	}
	var out []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		var m member
		m.name, _ = name.(string)
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func join(members []member) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(encode(m.name))
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func getSchema(c *call, _ *state, a *app, j *job) *answer {
	return document(c, syncPath(a)+"/jobs('"+j.ID+"')/schema/$entity", j.schema(a))
}

func getTemplateSchema(c *call, _ *state, a *app, k connector) *answer {
	return document(c, syncPath(a)+"/templates('"+k.id+"')/schema/$entity", k.schema(k.id+".00000000000000000000000000000000"))
}

// document answers a schema with every byte that it has. A schema that is kept
// is an object with members.
func document(c *call, fragment string, data []byte) *answer {
	raw := append([]byte(`{"@odata.context":`), encode(c.context(fragment))...)
	raw = append(raw, ',')
	return &answer{status: http.StatusOK, raw: append(raw, bytes.TrimSpace(data)[1:]...)}
}

// putSchema replaces the whole document. The next cycle looks at everyone.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update
func (t *Tenant) putSchema(c *call, _ *state, a *app, j *job) *answer {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return fail(http.StatusBadRequest, "BadRequest", "Empty Payload. JSON content expected.")
	}
	if !json.Valid(c.body) {
		return fail(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	members, err := membersOf(c.body)
	if err != nil {
		return fail(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	if problem := checkSchema(c.body, a, j, t.operators()); problem != "" {
		return wrapped(http.StatusBadRequest, object{"error": object{
			"code": "SandboxInvalidSchema", "message": problem, "target": nil, "details": []object{}, "innerError": nil,
		}})
	}
	version := "Date:" + c.now.Format("2006-01-02T15:04:05.0000000Z") + ", ActivityId:" + uuid.NewString()
	members = slices.DeleteFunc(members, func(m member) bool {
		return strings.Contains(m.name, "@odata.") || m.name == "id" || m.name == "version"
	})
	head := []member{{"id", encode(j.ID)}, {"version", encode(version)}}
	j.Schema = join(append(head, members...))
	j.again(c.now)
	return noContent()
}

// patchSchema is not there, whatever Graph's metadata says.
func patchSchema(_ *call, _ *state, a *app, j *job) *answer {
	return noSuchURI("servicePrincipals('" + a.SP + "')/synchronization/jobs('" + j.ID + "')/schema")
}

// resetSchema goes back to the template's defaults.
func resetSchema(c *call, _ *state, _ *app, j *job) *answer {
	j.Schema = nil
	j.again(c.now)
	return noContent()
}

// again has the next cycle look at everyone, soon.
func (j *job) again(now time.Time) {
	j.Full = true
	j.Edits++
	j.Next = now
}
