package bulk

import (
	"fmt"
)

// past is what the logs of a run say of its rows.
type past struct {
	planned map[int]planned // as last planned
	written map[int]bool    // confirmed
	unheard map[int]int     // how often a row was planned without being refused
}

// past reads the logs of a run.
func (r Runs) past(id string) (past, error) {
	run, err := r.read(id)
	if err != nil {
		return past{}, err
	}
	p := past{map[int]planned{}, map[int]bool{}, map[int]int{}}
	err = readLog(r.plan(run), func(one planned) error {
		p.planned[one.Row] = one
		p.unheard[one.Row]++
		return nil
	})
	if err == nil {
		err = readLog(r.journal(run), p.confirm)
	}
	if err != nil {
		return p, r.unreadable(id, err)
	}
	return p, nil
}

// confirm takes over what Graph answered. It answers only what was planned.
func (p past) confirm(c confirmation) error {
	for _, i := range c.Written {
		if _, ok := p.planned[i]; !ok {
			return fmt.Errorf("row %d was written, and is missing from %s", i+1, planFile)
		}
		p.written[i] = true
	}
	for _, refused := range c.Refused {
		if _, ok := p.planned[refused.Row]; !ok {
			return fmt.Errorf("row %d was refused, and is missing from %s", refused.Row+1, planFile)
		}
		p.unheard[refused.Row]--
	}
	return nil
}

// mayHaveLanded tells of a row that is not confirmed, whether it was sent, or
// may have been, without being refused.
func (p past) mayHaveLanded(i int) bool { return !p.written[i] && p.unheard[i] > 0 }
