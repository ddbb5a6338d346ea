package blueprint

import (
	"encoding/json"
)

// MarshalJSON writes the reference as a file has it.
func (r Reference) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// UnmarshalJSON reads what MarshalJSON has written.
func (r *Reference) UnmarshalJSON(text []byte) error {
	var reference string
	if err := json.Unmarshal(text, &reference); err != nil {
		return err
	}
	if *r = referenceTo(reference); reference == "" {
		*r = Reference{}
	}
	return nil
}
