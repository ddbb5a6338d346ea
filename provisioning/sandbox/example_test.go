package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func Example() {
	tenant := sandbox.New()
	defer func() { _ = tenant.Close() }()
	client := &http.Client{Transport: tenant.Transport()}

	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://graph.microsoft.com/v1.0/users/ada@contoso.com", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	request.Header.Set("Authorization", "Bearer any")
	response, err := client.Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	var user struct{ DisplayName, JobTitle string }
	err = json.NewDecoder(response.Body).Decode(&user)
	fmt.Println(user.DisplayName, user.JobTitle, err)
	// Output: Ada Lovelace Principal Engineer <nil>
}
