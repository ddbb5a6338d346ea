package config

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/output"
)

// A Setting is one value that a user may set.
type Setting struct {
	Name      string // of the flag, such as graph-endpoint
	Shorthand string
	Value     string // what the flag takes, for its help; "" for a switch
	Usage     string
	Default   string
	Allowed   []string // the only values, when there are but a few
	Also      string   // a variable of other tools that is looked at last
	NoFlag    bool
	NoKey     bool // not from the config file

	set func(*Settings, string) error
}

// Variable is the environment variable of the setting.
func (s Setting) Variable() string {
	return "SCIMCTL_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Key is the setting's name in a profile of the config file, "" when it cannot
// be set there.
func (s Setting) Key() string {
	if s.NoKey {
		return ""
	}
	return strings.ReplaceAll(s.Name, "-", "_")
}

// Secret tells whether the value must not be seen: neither a command line nor a
// file may carry it.
func (s Setting) Secret() bool { return s.NoFlag && s.NoKey }

// isSwitch tells whether the setting is on or off.
func (s Setting) isSwitch() bool { return s.Value == "" && len(s.Allowed) == 0 && !s.Secret() }

// Table declares every setting, in the order of the help.
func Table() []Setting {
	return append(append(target(), talk()...), safety()...)
}

// target are the settings that say what is worked on, and who works.
func target() []Setting {
	clouds := []string{"global", "usgov", "usgov-dod", "china"}
	ways := []string{
		"auto", "token", "login", "env", "client-secret", "client-certificate", "workload-identity",
		"github-oidc", "azure-pipelines", "managed-identity", "cli", "azd",
	}
	return []Setting{
		{
			Name: "app", Shorthand: "a", Value: "application", Usage: "work on this `application`: its name or one of its ids",
			set: text(func(s *Settings) *string { return &s.App }),
		},
		{
			Name: "job", Value: "id", Usage: "work on the provisioning job with this `id`, when there are several",
			set: text(func(s *Settings) *string { return &s.Job }),
		},
		{
			Name: "profile", Value: "name", Usage: "take settings from the profile of this `name` in the config file", NoKey: true,
			set: text(func(s *Settings) *string { return &s.Profile }),
		},
		{
			Name: "tenant", Value: "tenant", Usage: "sign in to this `tenant`: its id or a domain of it", Also: "AZURE_TENANT_ID",
			set: text(func(s *Settings) *string { return &s.Tenant }),
		},
		{
			Name: "client-id", Value: "id", Usage: "sign in with the client of this `id`", Also: "AZURE_CLIENT_ID",
			set: text(func(s *Settings) *string { return &s.ClientID }),
		},
		{
			Name: "cloud", Value: "cloud", Usage: "work in this `cloud`", Default: "global", Allowed: clouds,
			set: choice(func(s *Settings) *string { return &s.Cloud }, clouds),
		},
		{
			Name: "auth", Value: "way", Usage: "sign in this `way`", Default: "auto", Allowed: ways,
			set: choice(func(s *Settings) *string { return &s.Auth }, ways),
		},
		{
			Name: "graph-endpoint", Value: "url", Usage: "ask the Graph at this `url`",
			set: endpoint(func(s *Settings) *string { return &s.GraphEndpoint }),
		},
		{
			Name: "state-dir", Value: "folder", Usage: "keep copies of schemas, accounts and the sandbox in this `folder`",
			set: text(func(s *Settings) *string { return &s.StateDir }),
		},
		{
			Name: "config", Value: "file", Usage: "read settings from this `file`", NoKey: true,
			set: text(func(s *Settings) *string { return &s.Config }),
		},
		{
			Name: "role-attribute", Value: "attribute", Usage: "base name of the `attribute` that holds a role", NoFlag: true,
			set: text(func(s *Settings) *string { return &s.RoleAttribute }),
		},
		{
			Name: "certificate", Value: "file", Usage: "sign in with the certificate and key in this PEM or PFX `file`", Also: "AZURE_CLIENT_CERTIFICATE_PATH", NoFlag: true,
			set: text(func(s *Settings) *string { return &s.Certificate }),
		},
		{
			Name: "federated-token", Value: "file", Usage: "sign in with a workload's token in this `file`", Also: "AZURE_FEDERATED_TOKEN_FILE", NoFlag: true,
			set: text(func(s *Settings) *string { return &s.FederatedToken }),
		},
		{
			Name: "service-connection", Value: "id", Usage: "sign in as the service connection of this `id`, in Azure Pipelines", Also: "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", NoFlag: true,
			set: text(func(s *Settings) *string { return &s.ServiceConnection }),
		},
		{
			Name: "authority-host", Value: "url", Usage: "get tokens at this https `url`, instead of the cloud's own", Also: "AZURE_AUTHORITY_HOST", NoFlag: true,
			set: authority(func(s *Settings) *string { return &s.AuthorityHost }),
		},
	}
}

// talk are the settings that say what is told, and how long is waited.
func talk() []Setting {
	return []Setting{
		{
			Name: "output", Shorthand: "o", Value: "format", Usage: "answer in this `format`",
			Default: string(output.Table), Allowed: output.Formats(),
			set: func(s *Settings, text string) error { return s.Output.Set(text) },
		},
		{
			Name: "raw", Usage: "write csv and tsv without the apostrophe that keeps spreadsheets from taking cells for formulas",
			set: toggle(func(s *Settings) *bool { return &s.Raw }),
		},
		{
			Name: "jq", Value: "expression", Usage: "filter the JSON answer with this jq `expression`", NoKey: true,
			set: func(s *Settings, text string) error { return s.JQ.Set(text) },
		},
		{
			Name: "timeout", Value: "duration", Usage: "give up after this `duration`; 0 for never", Default: "0s",
			set: duration(func(s *Settings) durationField { return &s.Timeout }),
		},
		{
			Name: "wait-timeout", Value: "duration", Usage: "wait for replication no longer than this `duration`", Default: "5m0s",
			set: duration(func(s *Settings) durationField { return &s.WaitTimeout }),
		},
		{
			Name: "quiet", Shorthand: "q", Usage: "say nothing but answers, warnings and errors",
			set: toggle(func(s *Settings) *bool { return &s.Quiet }),
		},
		{
			Name: "verbose", Shorthand: "v", Usage: "say more, with --dry-run the requests held back",
			set: toggle(func(s *Settings) *bool { return &s.Verbose }),
		},
		{
			Name: "no-limits", NoKey: true,
			Usage: "accept answers and files of any size and wait for a silent server forever",
			set:   toggle(func(s *Settings) *bool { return &s.NoLimits }),
		},
		{
			Name: "debug", Usage: "show requests and answers, secrets struck out",
			set: toggle(func(s *Settings) *bool { return &s.Debug }),
		},
	}
}

// safety are the settings that are for one command at a time, and the secrets.
func safety() []Setting {
	return []Setting{
		{
			Name: "dry-run", Usage: "show what would change and change nothing", NoKey: true,
			set: toggle(func(s *Settings) *bool { return &s.DryRun }),
		},
		{
			Name: "yes", Shorthand: "y", Usage: "answer every question with yes", NoKey: true,
			set: toggle(func(s *Settings) *bool { return &s.Yes }),
		},
		{
			Name: "sandbox", Usage: "work on a simulated tenant on this machine", NoKey: true,
			set: toggle(func(s *Settings) *bool { return &s.Sandbox }),
		},
		{
			Name: "access-token", Usage: "access token for Graph, instead of signing in", NoFlag: true, NoKey: true,
			set: secret(func(s *Settings) *Secret { return &s.AccessToken }),
		},
		{
			Name: "client-secret", Usage: "secret of the client to sign in with", NoFlag: true, NoKey: true, Also: "AZURE_CLIENT_SECRET",
			set: secret(func(s *Settings) *Secret { return &s.ClientSecret }),
		},
		{
			Name: "certificate-password", Usage: "password of the PFX file with the client's certificate", NoFlag: true, NoKey: true, Also: "AZURE_CLIENT_CERTIFICATE_PASSWORD",
			set: password(func(s *Settings) *Secret { return &s.CertificatePassword }),
		},
	}
}

func find(name string) Setting {
	for _, s := range Table() {
		if s.Name == name {
			return s
		}
	}
	return Setting{}
}

// Register makes a flag for each setting that has one.
func Register(flags *pflag.FlagSet) {
	for _, s := range Table() {
		if s.NoFlag {
			continue
		}
		usage := s.Usage
		if len(s.Allowed) > 0 {
			usage += ": " + strings.Join(s.Allowed, ", ")
		}
		flag := flags.VarPF(&flagValue{setting: s, text: s.Default}, s.Name, s.Shorthand, usage)
		if s.Value == "" {
			flag.NoOptDefVal = "true"
		}
	}
}

// flagValue refuses when it is set what the setting cannot take.
type flagValue struct {
	setting Setting
	text    string
}

func (v *flagValue) Set(text string) error {
	if err := v.setting.set(new(Settings), text); err != nil {
		return &ValueError{Origin: Origin{Kind: Flag, Setting: v.setting.Name}, Reason: err.Error()}
	}
	v.text = text
	return nil
}

func (v *flagValue) String() string { return v.text }

func (v *flagValue) Type() string {
	if v.setting.Value == "" {
		return "bool"
	}
	return v.setting.Value
}
