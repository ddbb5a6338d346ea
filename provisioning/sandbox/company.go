package sandbox

import (
	"crypto/rand"
	"maps"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

const domain = "contoso.com"

// newCompany is a tenant as it begins. Ids are the same each time. All of it
// was made long before now, so that nothing lags behind.
func newCompany(now time.Time, token string) *state {
	if token == "" {
		token = rand.Text()
	}
	s := &state{
		TenantID: odata.IDOf("tenant/" + domain), Domain: domain,
		Users: people(now), Groups: groups(now), Apps: apps(now), Delays: map[string]*delay{}, SCIMToken: token,
		SCIM: &scimserver.Store{},
	}
	for _, u := range s.Users {
		if u.Manager != "" {
			u.Manager = userID(u.Manager)
		}
	}
	s.touch()
	return s
}

func userID(nickname string) string { return odata.IDOf("user/" + nickname) }

// people reads the staff list and adds those who are special.
func people(now time.Time) []*user {
	var out []*user
	for line := range strings.SplitSeq(strings.TrimSpace(staff), "\n") {
		out = append(out, staffMember(strings.Split(line, "|"), now.AddDate(-2, 0, -len(out))))
	}
	for _, u := range out {
		special(u, now)
	}
	return out
}

func staffMember(f []string, created time.Time) *user {
	given, surname, nickname, title, department, city, country, number, manager := f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8]
	p := map[string]any{
		"accountEnabled": true, "displayName": given + " " + surname, "givenName": given, "surname": surname,
		"userPrincipalName": nickname + "@" + domain, "mail": nickname + "@" + domain, "mailNickname": strings.ReplaceAll(nickname, "'", ""),
		"jobTitle": title, "department": department, "companyName": "Contoso", "city": city, "country": country, "employeeId": number,
		"preferredLanguage": "en-US", "usageLocation": country, "userType": "Member", "officeLocation": city + " " + number[len(number)-2:],
		"mobilePhone": "+1 555 010 0" + number[len(number)-3:], "proxyAddresses": []any{"SMTP:" + nickname + "@" + domain},
		"businessPhones": []any{"+1 555 020 0" + number[len(number)-3:]},
	}
	return &user{ID: userID(nickname), Created: created, Properties: p, Manager: manager}
}

// special makes some people what every real tenant has.
func special(u *user, now time.Time) {
	set := func(values map[string]any) { maps.Copy(u.Properties, values) }
	switch u.text("mailNickname") {
	case "alan":
		set(map[string]any{"accountEnabled": false})
	case "grace":
		set(map[string]any{
			"onPremisesSyncEnabled": true, "onPremisesLastSyncDateTime": odata.Instant(now.AddDate(0, 0, -1)), "onPremisesDomainName": "corp." + domain,
			"onPremisesSamAccountName": "ghopper", "onPremisesImmutableId": "Z2hvcHBlcg==", "onPremisesUserPrincipalName": "grace@" + domain,
		})
	case "annie":
		set(map[string]any{"mail": "annie.easley@" + domain, "otherMails": []any{"annie.easley@example.com"}})
	case "karen":
		set(map[string]any{"mail": "k.sparck.jones@" + domain})
	case "mary_fabrikam.com":
		set(map[string]any{
			"userPrincipalName": "mary_fabrikam.com#EXT#@" + domain, "mail": "mary@fabrikam.com", "userType": "Guest", "creationType": "Invitation",
			"externalUserState": "Accepted", "otherMails": []any{"mary@fabrikam.com"}, "companyName": "Fabrikam", "proxyAddresses": []any{"SMTP:mary@fabrikam.com"},
		})
		delete(u.Properties, "employeeId")
	case "service":
		for _, name := range []string{"mail", "mobilePhone", "employeeId", "proxyAddresses", "businessPhones", "surname"} {
			delete(u.Properties, name)
		}
		set(map[string]any{"displayName": "Service Desk"})
	}
}

// staff: given name, surname, nickname, title, department, city, country,
// number, manager's nickname.
const staff = `Margaret|Hamilton|margaret|Chief Executive Officer|Management|Boston|US|10001|
Ada|Lovelace|ada|Principal Engineer|Engineering|London|GB|10002|katherine
Katherine|Johnson|katherine|Head of Engineering|Engineering|Boston|US|10003|margaret
Grace|Hopper|grace|Compiler Engineer|Engineering|New York|US|10004|katherine
Alan|Turing|alan|Research Engineer|Engineering|London|GB|10005|katherine
Edsger|Dijkstra|edsger|Software Engineer|Engineering|Rotterdam|NL|10006|katherine
Barbara|Liskov|barbara|Software Engineer|Engineering|Boston|US|10007|katherine
Donald|Knuth|donald|Technical Writer|Engineering|San Francisco|US|10008|katherine
Radia|Perlman|radia|Network Engineer|Engineering|Seattle|US|10009|katherine
Dennis|Ritchie|dennis|Systems Engineer|Engineering|New York|US|10010|radia
Frances|Allen|frances|Performance Engineer|Engineering|New York|US|10011|radia
Annie|Easley|annie|Data Engineer|Engineering|Cleveland|US|10012|radia
Sean|O'Brien|sean.o'brien|Head of Sales|Sales|Dublin|IE|10013|margaret
Mary|Jackson|mary.jackson|Account Manager|Sales|Hampton|US|10014|sean.o'brien
Dorothy|Vaughan|dorothy|Account Manager|Sales|Hampton|US|10015|sean.o'brien
John|Smith|john.smith|Sales Engineer|Sales|Chicago|US|10016|sean.o'brien
John|Smith|john.smith2|Sales Representative|Sales|Denver|US|10017|sean.o'brien
Hedy|Lamarr|hedy|Sales Representative|Sales|Vienna|AT|10018|sean.o'brien
Joan|Clarke|joan|Account Manager|Sales|London|GB|10019|sean.o'brien
Karen|Sparck Jones|karen|Head of Marketing|Marketing|Cambridge|GB|10020|margaret
Evelyn|Berezin|evelyn|Brand Manager|Marketing|New York|US|10021|karen
Lynn|Conway|lynn|Content Designer|Marketing|Ann Arbor|US|10022|karen
Adele|Goldberg|adele|Product Marketing Manager|Marketing|Palo Alto|US|10023|karen
Sophie|Wilson|sophie|Event Manager|Marketing|Cambridge|GB|10024|karen
Jean|Bartik|jean|Head of Finance|Finance|Philadelphia|US|10025|margaret
Betty|Holberton|betty|Controller|Finance|Philadelphia|US|10026|jean
Kathleen|Antonelli|kathleen|Accountant|Finance|Philadelphia|US|10027|jean
Ruth|Teitelbaum|ruth|Accountant|Finance|Philadelphia|US|10028|jean
Marlyn|Meltzer|marlyn|Payroll Specialist|Finance|Philadelphia|US|10029|jean
Frances|Spence|frances.spence|Buyer|Finance|Philadelphia|US|10030|jean
Stephanie|Shirley|stephanie|Head of People|Human Resources|London|GB|10031|margaret
Ida|Rhodes|ida|Recruiter|Human Resources|Washington|US|10032|stephanie
Gladys|West|gladys|Trainer|Human Resources|Washington|US|10033|stephanie
Elsie|Shutt|elsie|IT Administrator|IT|Boston|US|10034|katherine
Service|Desk|service|Shared Mailbox|IT|Boston|US|10035|elsie
Mary|Fabrikam|mary_fabrikam.com|Consultant|Sales|Redmond|US|10036|sean.o'brien`

func groups(now time.Time) []*group {
	ids := func(nicknames string) []string {
		var out []string
		for name := range strings.FieldsSeq(nicknames) {
			out = append(out, userID(name))
		}
		return out
	}
	make := func(name, members string) *group {
		return &group{
			ID: odata.IDOf("group/" + name), Created: now.AddDate(-2, 0, 0), DisplayName: name, MailNickname: strings.ReplaceAll(strings.ToLower(name), " ", "-"),
			SecurityEnabled: true, Members: ids(members),
		}
	}
	sales := make("Sales", "sean.o'brien mary.jackson dorothy john.smith mary_fabrikam.com")
	sales.Description = "Everyone who sells"
	engineering := make("Engineering", "katherine grace alan edsger barbara donald radia dennis frances annie")
	field := make("Sales Field Team", "john.smith2 hedy")
	sales.Members = append(sales.Members, field.ID) // nested
	news := make("All Hands News", "margaret katherine sean.o'brien karen jean stephanie")
	news.SecurityEnabled, news.MailEnabled = false, true
	finance := make("Finance (dynamic)", "jean betty kathleen ruth marlyn frances.spence")
	finance.MailNickname, finance.Types, finance.Rule = "finance-dynamic", []string{"DynamicMembership"}, `user.department -eq "Finance"`
	pilots := make("Workato Pilots", "edsger barbara")
	return []*group{sales, engineering, field, news, finance, pilots}
}

func apps(now time.Time) []*app {
	long := now.AddDate(-1, -3, 0)
	enterprise := func(name, key, template string) *app {
		g, _ := templateOf(template)
		return &app{
			ID: odata.IDOf("application/" + key), AppID: odata.IDOf("client/" + key), SP: odata.IDOf("principal/" + key), DisplayName: name,
			Template: template, Custom: template == customTemplate, HomePage: g.homePage, Created: long, Roles: g.roles(),
		}
	}
	return []*app{
		enterprise("Workato", "workato", customTemplate),
		enterprise("Workday Reporting", "workday-reporting", customTemplate),
		enterprise("Expenses", "expenses-1", customTemplate),
		enterprise("Expenses", "expenses-2", customTemplate),
		enterprise("Fabrikam Notes", "notes", odata.IDOf("template/Fabrikam Notes")),
		{
			ID: odata.IDOf("application/badge-printer"), AppID: odata.IDOf("client/badge-printer"), SP: "", DisplayName: "Badge Printer",
			Created: long, Roles: []appRole{},
		},
		{
			AppID: "00000003-0000-0000-c000-000000000000", SP: odata.IDOf("principal/graph"), DisplayName: "Microsoft Graph",
			Created: long, Owner: "f8cdef31-a31e-4b4a-93e4-5f571e91255a", Roles: []appRole{},
		},
	}
}
