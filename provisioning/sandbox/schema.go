package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/schema"
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
	return k.Schema(j.ID)
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
		b.Write(odata.Encode(m.name))
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func getSchema(c *odata.Call, _ *state, a *app, j *job) *odata.Answer {
	return document(c, syncPath(a)+"/jobs('"+j.ID+"')/schema/$entity", j.schema(a))
}

func getTemplateSchema(c *odata.Call, _ *state, a *app, k schema.Connector) *odata.Answer {
	return document(c, syncPath(a)+"/templates('"+k.ID+"')/schema/$entity", k.Schema(k.ID+".00000000000000000000000000000000"))
}

// document answers a schema with every byte that it has. A schema that is kept
// is an object with members.
func document(c *odata.Call, fragment string, data []byte) *odata.Answer {
	raw := append([]byte(`{"@odata.context":`), odata.Encode(c.Context(fragment))...)
	raw = append(raw, ',')
	return &odata.Answer{Status: http.StatusOK, Raw: append(raw, bytes.TrimSpace(data)[1:]...)}
}

// putSchema replaces the whole document. The next cycle looks at everyone.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update
func (t *Tenant) putSchema(c *odata.Call, _ *state, a *app, j *job) *odata.Answer {
	if len(bytes.TrimSpace(c.Body)) == 0 {
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Empty Payload. JSON content expected.")
	}
	if !json.Valid(c.Body) {
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	members, err := membersOf(c.Body)
	if err != nil {
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	k, _ := a.connector(j.Template)
	if problem := schema.Check(c.Body, k, schema.Operators(t.options.allOperators)); problem != "" {
		return wrapped(http.StatusBadRequest, odata.Object{"error": odata.Object{
			"code": "SandboxInvalidSchema", "message": problem, "target": nil, "details": []odata.Object{}, "innerError": nil,
		}})
	}
	version := "Date:" + c.Now.Format("2006-01-02T15:04:05.0000000Z") + ", ActivityId:" + uuid.NewString()
	members = slices.DeleteFunc(members, func(m member) bool {
		return strings.Contains(m.name, "@odata.") || m.name == "id" || m.name == "version"
	})
	head := []member{{"id", odata.Encode(j.ID)}, {"version", odata.Encode(version)}}
	j.Schema = join(append(head, members...))
	j.again(c.Now)
	return odata.NoContent()
}

// patchSchema is not there, whatever Graph's metadata says.
func patchSchema(_ *odata.Call, _ *state, a *app, j *job) *odata.Answer {
	return noSuchURI("servicePrincipals('" + a.SP + "')/synchronization/jobs('" + j.ID + "')/schema")
}

// resetSchema goes back to the template's defaults.
func resetSchema(c *odata.Call, _ *state, _ *app, j *job) *odata.Answer {
	j.Schema = nil
	j.again(c.Now)
	return odata.NoContent()
}

// again has the next cycle look at everyone, soon.
func (j *job) again(now time.Time) {
	j.Full = true
	j.Edits++
	j.Next = now
}

// filterOperators lists the operators of scoping filters.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-filteroperators
func (t *Tenant) filterOperators(c *odata.Call, _ *state, _ *app) *odata.Answer {
	value := []odata.Object{}
	for _, o := range schema.Operators(t.options.allOperators) {
		arity := "Binary"
		if o.Unary {
			arity = "Unary"
		}
		value = append(value, odata.Object{"id": o.Name, "arity": arity, "multivaluedComparisonType": "All", "supportedAttributeTypes": slices.Clone(o.Types)})
	}
	return odata.OK(odata.Object{"@odata.context": c.Context("Collection(microsoft.graph.filterOperatorSchema)"), "value": value})
}

// functions lists the functions of expressions.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-functions
func functions(c *odata.Call, _ *state, _ *app) *odata.Answer {
	var value []odata.Object
	for line := range strings.SplitSeq(schema.Signatures, "\n") {
		fields := strings.Fields(line)
		parameters := []odata.Object{}
		for _, p := range fields[1:] {
			parameters = append(parameters, odata.Object{
				"name": strings.TrimRight(p, "?+"), "required": !strings.HasSuffix(p, "?"),
				"allowMultipleOccurrences": strings.HasSuffix(p, "+"), "type": "String",
			})
		}
		value = append(value, odata.Object{"id": fields[0], "parameters": parameters})
	}
	return odata.OK(odata.Object{"@odata.context": c.Context("Collection(microsoft.graph.attributeMappingFunctionSchema)"), "value": value})
}

type testInput struct {
	Properties []struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	} `json:"properties"`
}

// parseExpression parses an expression and evaluates it over the properties
// that came with it. A bad expression is a success that says so.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression
func (t *Tenant) parseExpression(c *odata.Call, s *state, _ *app) *odata.Answer {
	var body struct {
		Expression string     `json:"expression"`
		Input      *testInput `json:"testInputObject"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	out := odata.Object{
		"@odata.context": c.Context("microsoft.graph.parseExpressionResponse"), "error": nil, "evaluationResult": []string{},
		"evaluationSucceeded": false, "parsedExpression": nil, "parsingSucceeded": false,
	}
	n, err := schema.Parse(body.Expression)
	if err != nil {
		out["error"] = publicError("ExpressionParsingFailed", err)
		return odata.OK(out)
	}
	out["parsingSucceeded"], out["parsedExpression"] = true, schema.Stored(n)
	if body.Input == nil {
		return odata.OK(out)
	}
	in := body.Input.attributes()
	in.Now, in.DefaultDomain, in.RegexLimit = c.Now, s.Domain, t.options.regexLimit
	v, err := expression.Evaluate(n, in)
	if err != nil {
		out["error"] = publicError("ExpressionEvaluationFailed", err)
		return odata.OK(out)
	}
	out["evaluationSucceeded"], out["evaluationResult"] = true, append([]string{}, v.Values...)
	return odata.OK(out)
}

func publicError(code string, err error) odata.Object {
	return odata.Object{"code": code, "message": err.Error(), "target": nil, "details": []odata.Object{}, "innerError": nil}
}

func (t *testInput) attributes() expression.Input {
	in := expression.Input{Attributes: map[string][]string{}}
	for _, p := range t.Properties {
		switch v := p.Value.(type) {
		case nil:
		case []any:
			for _, item := range v {
				in.Attributes[p.Key] = append(in.Attributes[p.Key], plainText(item))
			}
		default:
			in.Attributes[p.Key] = []string{plainText(v)}
		}
	}
	return in
}

// plainText is a value as expressions see it.
func plainText(v any) string {
	if b, isBool := v.(bool); isBool {
		if b {
			return "True"
		}
		return "False"
	}
	return fmt.Sprint(v)
}
