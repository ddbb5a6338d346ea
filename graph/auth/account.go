package auth

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
)

const accountsFolder = "accounts"

// DefaultClientID is the client that people sign in with: Microsoft Graph
// Command Line Tools, which Microsoft registered in every tenant and which
// may be given any permission of Graph.
const DefaultClientID = "14d82eec-204b-4c2f-b7e8-296a70dab67e"

// An Account is a person who signed in on this machine. It is no secret: the
// tokens are in azidentity's cache.
type Account struct {
	Cloud    string `json:"cloud"`
	Tenant   string `json:"tenant"` // as it was asked for; "organizations" when none was named
	ClientID string `json:"clientId"`
	// DeviceCode tells that the person signed in by typing a code elsewhere.
	DeviceCode bool                            `json:"deviceCode,omitempty"`
	SignedIn   time.Time                       `json:"signedIn"`
	Record     azidentity.AuthenticationRecord `json:"record"`
}

// Name tells the account from others: ada@contoso.com in contoso.com.
func (a Account) Name() string { return a.Record.Username + " in " + a.inTenant() }

func (a Account) inTenant() string {
	if a.Tenant == graph.AnyTenant {
		return a.Record.TenantID
	}
	return a.Tenant
}

// file is the name of the account's file, one for each tenant, client and cloud.
func (a Account) file() string {
	return private.Name(strings.ToLower(strings.Join([]string{a.Cloud, a.Record.TenantID, a.ClientID}, "_"))) + ".json"
}

func accountKind() sealed.Kind {
	return sealed.Kind{Version: "scimctl.account/v2", Name: "Account", Before: []string{"scimctl.account/v1"}}
}

// Accounts are those that are kept for the cloud and, where they are named,
// the tenant and the client, sorted by name. A damaged file is named in a notice
// and skipped.
func (s SignIn) Accounts() ([]Account, error) {
	found, damaged, err := s.accounts()
	for _, problem := range damaged {
		s.say(problem.Error())
	}
	return found, err
}

func (s SignIn) accounts() (found []Account, damaged []error, err error) {
	if s.StateDir == "" {
		return nil, nil, nil
	}
	if err := private.CheckFolder(s.StateDir); err != nil {
		return nil, nil, err
	}
	folder := filepath.Join(s.StateDir, accountsFolder)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) != ".json" {
			continue
		}
		a, err := readAccount(filepath.Join(folder, entry.Name()))
		switch {
		case err != nil:
			damaged = append(damaged, err)
		case a.file() == entry.Name() && s.means(a):
			found = append(found, a)
		}
	}
	slices.SortStableFunc(found, func(a, b Account) int { return cmp.Compare(a.Name(), b.Name()) })
	return found, damaged, nil
}

// means reports whether an account is one that the settings leave over. The
// client must be named as scimctl's own setting: AZURE_CLIENT_ID is about
// applications.
func (s SignIn) means(a Account) bool {
	tenant := s.tenant()
	return a.Cloud == s.Cloud.OrGlobal().Name &&
		(tenant == "" || strings.EqualFold(tenant, a.Tenant) || strings.EqualFold(tenant, a.Record.TenantID)) &&
		(s.ClientID == "" || strings.EqualFold(s.ClientID, a.ClientID))
}

func readAccount(path string) (a Account, err error) {
	_, found, err := accountKind().Read(path, &a)
	if err == nil && (!found || a.Record.HomeAccountID == "") {
		err = &sealed.DamagedError{Path: path, Kind: accountKind().Name, Reason: "it names no account"}
	}
	return a, err
}

// keep writes the account for the owner alone.
func (s SignIn) keep(ctx context.Context, a Account) error {
	path := filepath.Join(s.StateDir, accountsFolder, a.file())
	if old, err := readAccount(path); err == nil && s.accountCache(old) != s.accountCache(a) {
		s.caches().remove(ctx, s.accountCache(old)) // the same tenant by another name
	}
	return accountKind().Write(path, a)
}

// Logout forgets the accounts that the settings leave over, with all tokens
// that were kept for their clients. It returns them, and how many caches of
// tokens are gone. The authority is not told: tokens that were copied elsewhere
// end by themselves.
func (s SignIn) Logout(ctx context.Context) (gone []Account, cleared int, err error) {
	accounts, err := s.Accounts()
	if err != nil {
		return nil, 0, err
	}
	for _, a := range accounts {
		cleared += s.caches().removeAll(ctx, s.cacheFamily(a.Tenant, a.ClientID))
		if err := os.Remove(filepath.Join(s.StateDir, accountsFolder, a.file())); err != nil {
			return gone, cleared, err
		}
		gone = append(gone, a)
	}
	if tenant, client := s.tenant(), s.client(); tenant != "" && client != "" {
		cleared += s.caches().removeAll(ctx, s.cacheFamily(tenant, client))
	}
	return gone, cleared, nil
}
