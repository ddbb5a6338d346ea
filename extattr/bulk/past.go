package bulk

import "path/filepath"

// past is what the logs of a run say of its rows.
type past struct {
	planned map[int]planned // as last planned
	written map[int]bool    // confirmed
	unheard map[int]int     // how often a row was planned without being refused
}

// past reads the logs of a run.
func (r Runs) past(id string) (past, error) {
	p := past{map[int]planned{}, map[int]bool{}, map[int]int{}}
	err := readLog(filepath.Join(r.folder(id), planFile), func(one planned) error {
		p.planned[one.Row] = one
		p.unheard[one.Row]++
		return nil
	})
	if err == nil {
		err = readLog(filepath.Join(r.folder(id), journalFile), func(c confirmation) error {
			for _, i := range c.Written {
				p.written[i] = true
			}
			for _, refused := range c.Refused {
				p.unheard[refused.Row]--
			}
			return nil
		})
	}
	if err != nil {
		return p, &RunError{Run: id, Reason: "cannot be read: " + err.Error()}
	}
	return p, nil
}

// mayHaveLanded tells of a row that is not confirmed, whether it was sent, or
// may have been, without being refused.
func (p past) mayHaveLanded(i int) bool { return !p.written[i] && p.unheard[i] > 0 }
