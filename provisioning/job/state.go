package job

import (
	"github.com/scimctl/scimctl/graph/synchronization"
)

// An View is a provisioning job in short.
type View struct {
	ID         string `json:"id"`
	TemplateID string `json:"templateId"`
	State      State  `json:"state"`
}

// ViewOf is a job as results show it.
func ViewOf(job synchronization.Job) View {
	return View{ID: job.ID, TemplateID: job.TemplateID, State: StateOf(job)}
}
