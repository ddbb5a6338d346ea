package table_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/graph/safetext"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/mappings/table"
)

func TestMappingsAreReadFromEveryFormatInWhichTheyAreListed(t *testing.T) {
	t.Parallel()
	want := []schema.Setting{
		{Mapping: schema.Mapping{Target: "userName", Kind: schema.Direct, Source: "mail", Match: 1, Apply: schema.Always, Flow: schema.FlowWhenChanged}, NoDefault: true},
		{Mapping: schema.Mapping{Target: `emails[type eq "work"].value`, Kind: schema.Expression, Source: "Join(\"-\",\n[city], [mail])", Apply: schema.OnCreate, Default: "1.50", Flow: schema.FlowAlways}, NoMatch: true},
		{Mapping: schema.Mapping{Target: "title", Kind: schema.None, Default: "Mx", Flow: schema.FlowWhenChanged}, NoMatch: true},
	}
	const comma = "target,kind,source,match,apply,default,flow\nuserName,direct,mail,1,always,,\n" +
		"\"emails[type eq \"\"work\"\"].value\",expression,\"Join(\"\"-\"\",\n[city], [mail])\",,on-create,1.50,always\ntitle,none,,0,,Mx,\n"
	const yaml = `- {target: userName, kind: direct, source: mail, match: 1, apply: always, default: "", flow: when-changed}
- target: emails[type eq "work"].value
  kind: expression
  source: |-
    Join("-",
    [city], [mail])
  match: 0
  apply: on-create
  default: 1.50
  flow: always
- {"target": "title", "kind": "none", "match": 0, "default": "Mx", "flow": null}
`
	const tab = "target\tkind\tsource\tmatch\tapply\tdefault\tflow\nuserName\tdirect\tmail\t1\talways\t\t\n" +
		"\"emails[type eq \"\"work\"\"].value\"\texpression\t\"Join(\"\"-\"\",\n[city], [mail])\"\t\ton-create\t1.50\talways\ntitle\tnone\t\t0\t\tMx\t\n"
	const semicolon = "target;kind;source;match;apply;default;flow\nuserName;direct;mail;1;always;;\n" +
		"\"emails[type eq \"\"work\"\"].value\";expression;\"Join(\"\"-\"\",\n[city], [mail])\";;on-create;1.50;always\ntitle;none;;0;;Mx;\n"
	for name, text := range map[string]string{"a.csv": comma, "-": comma, "a.tsv": tab, "b": tab, "a.yaml": yaml, "c": yaml, "semicolons.csv": semicolon, "d": semicolon} {
		got, err := table.ParseFile(name, []byte(text))
		lines := [][]int{{2, 3, 5}, {1, 2, 11}}[strings.Count(text, "- target")]
		for i := range got {
			if diff := cmp.Diff(schema.Origin{File: name, Line: lines[i]}, got[i].Origin); diff != "" {
				t.Errorf("%s (-want +got)\n%s", name, diff)
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(schema.Setting{}, "Origin")); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", name, err, diff)
		}
	}
}

// Without its apostrophes a table would be another one in a spreadsheet.
func TestMappingsAreReadAsTheirTableIsWritten(t *testing.T) {
	t.Parallel()
	want := []schema.Setting{{
		Mapping: schema.Mapping{Target: "title", Kind: schema.Expression, Source: `Join(";", [city],` + "\n" + `"-", [mail])`, Default: "-1"},
		Origin:  schema.Origin{File: "x.csv", Line: 2},
	}}
	for _, name := range []string{"x.csv", "x.tsv"} {
		want[0].Origin.File = name
		var text strings.Builder
		rows := csv.NewWriter(&text)
		if name == "x.tsv" {
			rows.Comma = '\t'
		}
		m := want[0].Mapping
		row := []string{safetext.Cell(m.Target), safetext.Cell(string(m.Kind)), safetext.Cell(m.Source), safetext.Cell(m.Default)}
		if err := rows.WriteAll([][]string{{"target", "kind", "source", "default"}, row}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), "'-1") {
			t.Errorf("nothing is to be removed from %q", text.String())
		}
		got, err := table.ParseFile(name, []byte(text.String()))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
	}
}

func TestAColumnThatIsNotThereLeavesOpenWhatItStandsFor(t *testing.T) {
	t.Parallel()
	got, err := table.ParseFile("x.csv", []byte("apply,target\non-create,title\n"))
	want := []schema.Setting{{Mapping: schema.Mapping{Target: "title", Apply: schema.OnCreate}, Origin: schema.Origin{File: "x.csv", Line: 2}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestWhatIsWrongInAFileIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	const columns = "there are target, kind, source, match, apply, default, flow"
	for _, c := range []struct{ name, text, want string }{
		{"a.csv", "", "line 1: it holds no mapping"},
		{"a.csv", "target\n", "line 1: it holds no mapping"},
		{"a.csv", "tagret,source\na,b\n", `line 1: unknown column "tagret": ` + columns},
		{"a.csv", "target;sauce\na;b\n", `line 1: unknown column "sauce": ` + columns},
		{"a.csv", "source,kind\na,b\n", "line 1: the column target is missing"},
		{"a.csv", "target,target\na,b\n", "line 1: the column target stands there twice"},
		{"a.csv", "target,source\n\n\n,b\n", "line 4: it needs a target attribute"},
		{"a.csv", "target,source\na\n", "line 2: it has not as many fields as the first line"},
		{"a.csv", "target,source\na,\"b\n", `line 2: extraneous or missing " in quoted-field`},
		{"a.csv", "target,match\na,first\n", `line 2: match is a whole number, and not "first"`},
		{"a.csv", "target,match\na,-1\n", `line 2: match is a whole number, and not "-1"`},
		{"a.csv", "target,kind,source\na,direct,\n", "line 2: the direct is empty"},
		{"a.csv", "target,kind,source\na,none,b\n", "line 2: it is of kind none, and has a source"},
		{"a.csv", "target,kind,source\na,Direct,b\n", `line 2: its kind is direct, expression, constant or none, not "Direct"`},
		{"a.csv", "target,apply\na,never\n", `line 2: it applies always, on-create, multi-value-add-only, value-add-only or attribute-add-only, not "never"`},
		{"a.yaml", "target: a\n", "line 1: it is no list of mappings"},
		{"a.yaml", "- target: a\n- b\n", "line 2: it is no mapping: an object with a target is due"},
		{"a.yaml", "- target: a\n  sauce: b\n", `line 2: unknown member "sauce": ` + columns},
		{"a.yaml", "- target: a\n  source: [b]\n", "line 2: source is one value"},
		{"a.yaml", "- source: b\n", "line 1: it needs a target attribute"},
		{"a.yaml", "# nothing\n", "line 1: it holds no mapping"},
		{"a.yaml", "- target: \"a\n", "line 1: "},
	} {
		_, err := table.ParseFile(c.name, []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.name+", "+c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

func TestWhatCannotBeDoneIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	whole := schematest.Text(t)
	for text, want := range map[string]string{
		"target,kind,source\ntitle,direct,department\ntitel,direct,department\n":     `x.csv, line 3: no target attribute "titel"; near it: title`,
		"target,kind,source\ntitle,direct,departmnt\n":                               `x.csv, line 2: no source attribute "departmnt"; near it: department`,
		"target,kind,source\ntitle,expression,ToUpper([departmnt])\n":                `x.csv, line 2: no source attribute "departmnt", named at column 9 of the expression for title; near it: department`,
		"target,kind,source\ntitle,expression,ToUper([department])\n":                `x.csv, line 2: expression for title: column 1: there is no function ToUper; near it: ToUpper`,
		"target,kind,source\ntitle,expression,ToUpper([department]\n":                `x.csv, line 2: expression for title: `,
		"target,kind,source\ntitle,direct,department\n\ntitle,direct,mail\n":         "x.csv, line 4: mapping of title: it is asked for twice, and differently",
		"target,kind,source\nid,direct,department\n":                                 "x.csv, line 2: the application itself gives the id",
		"target,kind,source,match\ntitle,direct,department,\nuserType,direct,mail,1": "x.csv, line 3: matching priority 1 belongs to userName",
	} {
		settings, err := table.ParseFile("x.csv", []byte(text))
		if err == nil {
			_, err = schematest.Set(t, schematest.Parse(t, whole), settings...)
		}
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v\nwant %s", text, err, want)
		}
	}
	same, err := table.ParseFile("x.csv", []byte("target,source\ntitle,department\ntitle,department\n"))
	if err == nil {
		_, err = schematest.Set(t, schematest.Parse(t, whole), same...)
	}
	if err != nil {
		t.Errorf("twice the same: %v", err)
	}
}
