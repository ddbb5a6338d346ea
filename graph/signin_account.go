package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/scimctl/scimctl/graph/private"
)

const (
	accountsFolder  = "accounts"
	accountsVersion = "scimctl.account/v1"

	// DefaultClientID is the client that people sign in with: Microsoft Graph
	// Command Line Tools, which Microsoft registered in every tenant and which
	// may be given any permission of Graph.
	DefaultClientID = "14d82eec-204b-4c2f-b7e8-296a70dab67e"

	anyTenant = "organizations" // the authority's word for whatever tenant the person is in
)

// An Account is a person who signed in on this machine. It is no secret: the
// tokens are in azidentity's cache.
type Account struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Cloud      string `json:"cloud"`
	Tenant     string `json:"tenant"` // as it was asked for; "organizations" when none was named
	ClientID   string `json:"clientId"`
	// DeviceCode tells that the person signed in by typing a code elsewhere.
	DeviceCode bool                            `json:"deviceCode,omitempty"`
	SignedIn   time.Time                       `json:"signedIn"`
	Record     azidentity.AuthenticationRecord `json:"record"`
}

// Name tells the account from others: ada@contoso.com in contoso.com.
func (a Account) Name() string { return a.Record.Username + " in " + a.inTenant() }

func (a Account) inTenant() string {
	if a.Tenant == anyTenant {
		return a.Record.TenantID
	}
	return a.Tenant
}

// file is the name of the account's file, one for each tenant, client and cloud.
func (a Account) file() string {
	return strings.ToLower(strings.Join([]string{a.Cloud, a.Record.TenantID, a.ClientID}, "_")) + ".json"
}

// Accounts are those that are kept for the cloud and, where they are named,
// the tenant and the client, sorted by name. A file that cannot be understood
// is no account.
func (s SignIn) Accounts() ([]Account, error) {
	if s.StateDir == "" {
		return nil, nil
	}
	folder := filepath.Join(s.StateDir, accountsFolder)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found []Account
	for _, entry := range entries {
		if a, err := readAccount(filepath.Join(folder, entry.Name())); err == nil && a.file() == entry.Name() && s.means(a) {
			found = append(found, a)
		}
	}
	slices.SortStableFunc(found, func(a, b Account) int { return cmp.Compare(a.Name(), b.Name()) })
	return found, nil
}

// means reports whether an account is one that the settings leave over. The
// client must be named as scimctl's own setting: AZURE_CLIENT_ID is about
// applications.
func (s SignIn) means(a Account) bool {
	tenant := s.tenant()
	return a.Cloud == s.Cloud.orGlobal().Name &&
		(tenant == "" || strings.EqualFold(tenant, a.Tenant) || strings.EqualFold(tenant, a.Record.TenantID)) &&
		(s.ClientID == "" || strings.EqualFold(s.ClientID, a.ClientID))
}

func readAccount(path string) (Account, error) {
	var a Account
	if filepath.Ext(path) != ".json" {
		return a, errors.New("no account")
	}
	data, err := private.ReadFile(path)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(data, &a); err != nil {
		return a, err
	}
	if a.APIVersion != accountsVersion || a.Kind != "Account" || a.Record.HomeAccountID == "" {
		return a, fmt.Errorf("%s is no account", path)
	}
	return a, nil
}

// keep writes the account for the owner alone.
func (s SignIn) keep(ctx context.Context, a Account) error {
	a.APIVersion, a.Kind = accountsVersion, "Account"
	data, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	folder := filepath.Join(s.StateDir, accountsFolder)
	if err := private.MakeFolder(folder); err != nil {
		return err
	}
	path := filepath.Join(folder, a.file())
	if old, err := readAccount(path); err == nil && s.accountCache(old) != s.accountCache(a) {
		s.caches().remove(ctx, s.accountCache(old)) // the same tenant by another name
	}
	return private.WriteFile(path, bytes.NewReader(append(data, '\n')))
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
