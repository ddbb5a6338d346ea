package bulk_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr/bulk"
)

// inUTF16 is a text as Windows PowerShell's > writes it.
func inUTF16(order binary.AppendByteOrder, text string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return string(raw)
}

func TestATableIsReadAsEveryProgramWritesIt(t *testing.T) {
	inCompany(t, func(c *company) {
		want := map[string]string{
			"ada@contoso.com workato_role": "Ad,min", "ada@contoso.com workato_role_test": "Analyst", "sean.o'brien@contoso.com workato_role": "Größe",
		}
		const table = "user,role,test\nada@contoso.com,\"Ad,min\",Analyst\nsean.o'brien@contoso.com,Größe,\n"
		windows := strings.ReplaceAll(table, "\n", "\r\n")
		semicolons := "user;role;test\nada@contoso.com;Ad,min;Analyst\nsean.o'brien@contoso.com;Größe;\n"
		for name, input := range map[string]struct{ name, text string }{
			"plain":                         {"r.csv", table},
			"no line end":                   {"r.csv", strings.TrimSpace(table) + " "},
			"empty lines":                   {"r.csv", "\n\n" + strings.ReplaceAll(table, "\n", "\n\n")},
			"Windows":                       {"r.csv", windows},
			"UTF-8 with a mark":             {"r.csv", "\ufeff" + windows},
			"Windows PowerShell":            {"r.csv", inUTF16(binary.LittleEndian, windows)},
			"UTF-16, the other way round":   {"r.csv", inUTF16(binary.BigEndian, table)},
			"semicolons":                    {"r.csv", semicolons},
			"semicolons, standard input":    {"standard input", semicolons},
			"tabs":                          {"r.tsv", strings.ReplaceAll(semicolons, ";", "\t")},
			"tabs, standard input":          {"standard input", strings.ReplaceAll(semicolons, ";", "\t")},
			"capitals, blanks, more":        {"r.csv", "Display Name,User Principal Name,ROLE,Workato_Role_Test\nx,ada@contoso.com,\"Ad,min\",Analyst\n,sean.o'brien@contoso.com,Größe,\n"},
			"a quote over lines":            {"r.csv", "user,note,role,test\nada@contoso.com,\"two\nlines, \"\"quoted\"\"\",\"Ad,min\",Analyst\nsean.o'brien@contoso.com,,Größe,\n"},
			"old Mac line ends":             {"r.csv", strings.ReplaceAll(table, "\n", "\r")},
			"what Excel reads":              {"r.csv", "sep=;\r\n" + semicolons},
			"what Excel reads, quoted":      {"r.csv", "\ufeff\"SEP=,\"\r\n" + windows},
			"what Excel reads, with bars":   {"r.csv", "sep=|\n" + strings.ReplaceAll(semicolons, ";", "|")},
			"objects":                       {"r.jsonl", `{"user":"ada@contoso.com","role":"Ad,min","test":"Analyst"}` + "\n\n" + `{"role":"Größe","user":"sean.o'brien@contoso.com","test":null}`},
			"objects, standard input":       {"standard input", `{"user":"ada@contoso.com","role":"Ad,min","test":"Analyst"}` + "\n" + `{"role":"Größe","user":"sean.o'brien@contoso.com"}`},
			"the full name of an attribute": {"r.csv", strings.Replace(table, "role,test", "role,extension_e680a1f31a4a5d7da1215723c0cb89e8_workato_role_test", 1)},
		} {
			if _, err := c.from("reset.csv", "user,role,test\nada@contoso.com,-,-\nsean.o'brien@contoso.com,-,-\n").Do(c.Context()); err != nil {
				c.Fatal(err)
			}
			if _, err := c.from(input.name, input.text).Do(c.Context()); err != nil {
				c.Errorf("%s: %v", name, err)
			}
			if diff := cmp.Diff(want, c.roles("ada@contoso.com", "sean.o'brien@contoso.com")); diff != "" {
				c.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestATableThatCannotBeReadIsRefusedBeforeAnythingIsDone(t *testing.T) {
	inCompany(t, func(c *company) {
		for name, test := range map[string]struct{ name, text, want string }{
			"empty":                    {"r.csv", "", "r.csv: is empty"},
			"Latin-1":                  {"r.csv", "user,role\nada@contoso.com,A\nx,Gr\xf6\xdfe\n", `r.csv, line 3: is not UTF-8: save it as "CSV UTF-8", or convert it with iconv`},
			"UTF-16 without a mark":    {"r.csv", "u\x00s\x00e\x00r\x00", "r.csv, line 1: holds a zero byte: it is no text, or UTF-16 without a byte-order mark"},
			"no user":                  {"r.csv", "name,role\nx,A\n", "r.csv: no column is named user, userPrincipalName, mail or id; its columns are name, role"},
			"no role":                  {"r.csv", "user,rolle\nx,A\n", `r.csv: there is no attribute "rolle"; near it: role; its columns are user, rolle`},
			"only others":              {"r.csv", "user,age\nx,A\n", "r.csv: no column is named role, or as an environment or an attribute of Workato; its columns are user, age"},
			"a role twice":             {"r.csv", "user,role,workato_role\nx,A,B\n", "r.csv: two columns are workato_role; its columns are user, role, workato_role"},
			"an open quote":            {"r.csv", "user,role\nada@contoso.com,\"A\nx,B\n", `r.csv, line 2: extraneous or missing " in quoted-field`},
			"a stray quote":            {"r.csv", "user,role\nada@contoso.com,A\"B\n", `r.csv, line 2: bare " in non-quoted-field`},
			"no object":                {"r.jsonl", "{\"user\":\"a\",\"role\":\"b\"}\n[1]\n", "r.jsonl, line 2: is no JSON object on one line"},
			"half an object":           {"r.jsonl", "{\"user\":\"a\"\n", "r.jsonl, line 1: is no JSON object on one line"},
			"an open quote over 20 MB": {"r.csv", "user,role\n\"" + strings.Repeat("x\n", 10<<20), "r.csv: a row has more than 16 MB: is a quote not closed?"},
		} {
			_, err := c.from(test.name, test.text).Do(c.Context())
			if err == nil {
				c.Errorf("%s: it is read", name)
				continue
			}
			got := err.Error()
			if strings.HasPrefix(name, "an open quote over") {
				got = strings.Replace(got, ", line 1", "", 1)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				c.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if _, batches, _ := c.asked(); batches > 0 {
			c.Error("something was written")
		}
		if list, err := c.runs.List(); err != nil || len(list) > 0 {
			c.Errorf("%v, %v", list, err)
		}
	})
}

// What is wrong with a row keeps only that row from being carried out.
func TestARowThatCannotBeCarriedOutIsTold(t *testing.T) {
	inCompany(t, func(c *company) {
		huge := strings.Repeat("x", 10<<20)
		_, err := c.from("r.csv", "user,role,test\n"+
			"ada@contoso.com,Admin,\n"+ // 2
			huge+",Admin,\n"+ // 3
			"betty@contoso.com,"+huge+",\n"+ // 4
			"betty@contoso.com,"+strings.Repeat("y", 257)+",\n"+ // 5
			",Admin,\n"+ // 6
			"nobody@contoso.com,Admin,\n"+ // 7
			"00000000-0000-0000-0000-000000000009,Admin,\n"+ // 8
			"ada,Admin,\n"+ // 9
			"hedy@contoso.com,Admin\n"+ // 10: too short
			"joan@contoso.com,Admin,A,B\n"+ // 11: too long
			"karen@contoso.com,A,\n"+ // 12
			"k.sparck.jones@contoso.com,B,\n"+ // 13: the same under another name
			"radia@contoso.com,A,\n"+ // 14
			"RADIA@contoso.com,A,\n"). // 15: again, the same
			Do(c.Context())
		failed, ok := errors.AsType[*bulk.RowsFailedError](err)
		if !ok || failed.Failed != 11 || failed.Rows != 14 {
			c.Fatalf("%v", err)
		}
		want := map[string]string{"ada@contoso.com workato_role": "Admin", "radia@contoso.com workato_role": "A"}
		if diff := cmp.Diff(want, c.roles()); diff != "" {
			c.Errorf("(-want +got):\n%s", diff)
		}
		sum, _ := c.from("r.csv", "user,role\nnobody@contoso.com,Admin\nhedy@contoso.com,"+strings.Repeat("y", 257)+"\nAda Lovelace,Admin\nada@contoso.com\n").Do(c.Context())
		wantProblems := []bulk.Problem{
			{Line: 2, User: "nobody@contoso.com", Reason: "no user has this name, id or mail address"},
			{Line: 3, User: "hedy@contoso.com", Reason: "workato_role: it has 257 characters, and 256 is the most"},
			{Line: 4, User: "Ada Lovelace", Reason: "is no user principal name, id or mail address; display names are not looked up"},
			{Line: 5, User: "ada@contoso.com", Reason: "has 1 cell, and the head has 2"},
		}
		if diff := cmp.Diff(wantProblems, sum.Problems); diff != "" {
			c.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Nobody can tell which of them is meant, also where one is there twice.
func TestRowsThatContradictEachOtherAllFail(t *testing.T) {
	inCompany(t, func(c *company) {
		for name, table := range map[string]string{
			"one name":              "ada@contoso.com,X\nada@contoso.com,X\nada@contoso.com,Y\n",
			"in another order":      "ada@contoso.com,X\nada@contoso.com,Y\nADA@contoso.com,X\n",
			"the second twice":      "annie@contoso.com,X\nannie.easley@contoso.com,Y\nannie.easley@contoso.com,Y\n",
			"two names":             "annie@contoso.com,X\nannie.easley@contoso.com,X\nannie@contoso.com,Y\n",
			"the last by the other": "annie@contoso.com,X\nannie@contoso.com,Y\nannie.easley@contoso.com,X\n",
			"of nobody":             "nobody@contoso.com,X\nnobody@contoso.com,X\nnobody@contoso.com,Y\n",
		} {
			sum, err := c.from("r.csv", "user,role\n"+table).Do(c.Context())
			if failed, ok := errors.AsType[*bulk.RowsFailedError](err); !ok || failed.Failed != 3 || sum.Unchanged+sum.Repeated > 0 {
				c.Errorf("%s: %v %+v", name, err, sum)
			}
		}
		if found := c.roles(); len(found) > 0 {
			c.Errorf("written: %v", found)
		}
	})
}

func TestTenThousandUnknownUsersAreTenThousandRows(t *testing.T) {
	inCompany(t, func(c *company) {
		sum, err := c.from("r.csv", crowdTable(10000, "Admin")).Do(c.Context())
		if failed, ok := errors.AsType[*bulk.RowsFailedError](err); !ok || failed.Failed != 10000 || len(sum.Problems) != 20 || len(sum.Reasons) != 1 {
			c.Errorf("%v: %d problems, %v", err, len(sum.Problems), sum.Reasons)
		}
		if reads, batches, _ := c.asked(); reads > 5 || batches > 0 {
			c.Errorf("%d reads and %d batches for a tenant of 36", reads, batches)
		}
	})
}

func TestUsersAreNamedByWhatTheyHave(t *testing.T) {
	inCompany(t, func(c *company) {
		for name, test := range map[string]struct {
			match bulk.Match
			named map[string]string
			text  string
			want  []string
		}{
			"by number":            {match: bulk.MatchEmployeeID, text: "employeeId,role\n10002,number\n", want: []string{"ada@contoso.com"}},
			"by mail alone":        {match: bulk.MatchMail, text: "mail,role\nannie.easley@contoso.com,mail\n", want: []string{"annie@contoso.com"}},
			"a guest":              {text: "user,role\nmary_fabrikam.com#EXT#@contoso.com,guest\n", want: []string{"mary_fabrikam.com#EXT#@contoso.com"}},
			"columns of their own": {named: map[string]string{"user": "Login", "test": "Role in test"}, text: "Login,Role in test\nada@contoso.com,named\n", want: []string{"ada@contoso.com"}},
		} {
			run := c.from("r.csv", test.text)
			run.Match, run.Named = test.match, test.named
			if _, err := run.Do(c.Context()); err != nil {
				c.Errorf("%s: %v", name, err)
			}
			found := c.roles(test.want...)
			if len(found) == 0 {
				c.Errorf("%s: nothing was written", name)
			}
		}
		run := c.from("r.csv", "user,role\nannie.easley@contoso.com,x\n")
		run.Match = bulk.MatchUPN
		if _, err := run.Do(c.Context()); err == nil {
			c.Error("a mail address is taken for a user principal name")
		}
	})
}

func TestOfSeveralMissingColumnsAllAreReportedEachTime(t *testing.T) {
	inCompany(t, func(c *company) {
		reported := map[string]bool{}
		for range 20 {
			run := c.from("r.csv", "user,role\nada@contoso.com,Admin\n")
			run.Named = map[string]string{"user": "Login", "role": "Role", "test": "Role in test", "prod": "Role in prod", "dev": "Role in dev"}
			_, err := run.Do(c.Context())
			if err == nil {
				c.Fatal("columns that are not there are used")
			}
			for _, head := range []string{"Login", "Role in test", "Role in prod", "Role in dev"} {
				if !strings.Contains(err.Error(), head) {
					c.Errorf("%s is missing in %v", head, err)
				}
			}
			reported[err.Error()] = true
		}
		if len(reported) != 1 {
			c.Errorf("the errors are %q", slices.Sorted(maps.Keys(reported)))
		}
	})
}

func TestATableWithoutMeasureIsRefusedAtOnce(t *testing.T) {
	inCompany(t, func(c *company) {
		var objects, heads, long strings.Builder
		for i := range 60_000 {
			fmt.Fprintf(&objects, "{\"user\":\"ada@contoso.com\",\"member%d\":\"x\"}\n", i)
			fmt.Fprintf(&heads, ",member%d", i)
		}
		for i := range 900 {
			fmt.Fprintf(&long, ",%s%d", strings.Repeat("x", 1000), i)
		}
		for name, text := range map[string]string{
			"members.jsonl": objects.String(),
			"members.csv":   "user" + heads.String() + "\nada@contoso.com\n",
			"long.csv":      "login" + long.String() + "\nada@contoso.com\n",
			"deep.jsonl":    `{"user":` + strings.Repeat("[", 100_000) + "\n",
			"items.jsonl":   `{"user":[{}` + strings.Repeat(",{}", 200_000) + "]}\n",
		} {
			_, err := c.from(name, text).Do(c.Context())
			if err == nil || len(err.Error()) > 4000 || !strings.Contains(err.Error(), name) {
				c.Errorf("%s: got %.4000v", name, err)
			}
		}
		if _, _, writes := c.asked(); writes != 0 {
			c.Errorf("%d writes", writes)
		}
	})
}
