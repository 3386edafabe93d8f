package users

import (
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/ui"
)

// nobody is a public id that no person has. Sent in the place of a manager who
// was not found, it lets the engine judge all other fields in the same go.
const nobody = "?"

// namedAtMost is how many people an ambiguous text names in its message.
const namedAtMost = 3

// manager puts the public id of the person that was typed as manager into the
// input. problem says why nobody, or not one person, is meant. What the form
// showed and nobody touched is left alone.
func (p *Pages) manager(c *web.Call, controls []control, in *directory.EditInput) (problem string, err error) {
	if in.Manager == nil || *in.Manager == "" {
		return "", nil
	}
	for _, o := range controls {
		if o.field.Name == directory.FieldManager && o.field.Value == *in.Manager {
			in.Manager = nil
			return "", nil
		}
	}
	found, err := p.People.Lookup(c.Ctx(), c.Tenant(), *in.Manager)
	if err != nil {
		return "", err
	}
	id, problem := oneOf(found)
	in.Manager = &id
	return problem, nil
}

// oneOf chooses the one person of a lookup: the one whose ID it is, or the only one.
func oneOf(found []directory.Exact) (id, problem string) {
	for _, e := range found {
		if e.By == "ID" {
			return e.PublicID, ""
		}
	}
	switch len(found) {
	case 0:
		return nobody, "Nobody here has exactly this e-mail address, username or ID."
	case 1:
		return found[0].PublicID, ""
	}
	var names []string
	for _, e := range found[:min(len(found), namedAtMost)] {
		names = append(names, e.DisplayName+" (ID "+e.PublicID+")")
	}
	more := ""
	if len(found) > namedAtMost {
		more = " and others"
	}
	return nobody, ui.People(len(found)) + " have this one: " + strings.Join(names, ", ") + more + ". Enter the ID of the person you mean."
}

// named puts the sentence about the manager in the place of the engine's, which
// only saw that there is no such ID.
func named(err error, problem string) error {
	e, ok := errs.As(err)
	if problem == "" || !ok || e.Kind != errs.Invalid {
		return err
	}
	fields := append([]errs.Field{}, e.Fields...)
	for i := range fields {
		if fields[i].Name == directory.FieldManager {
			fields[i].Message = problem
		}
	}
	return errs.Input(fields...)
}

// managerText gives a text that names the manager and nobody else: the e-mail
// address when it is theirs alone, else the ID.
func (p *Pages) managerText(c *web.Call, manager directory.PersonRef) (string, error) {
	if manager.IsZero() {
		return "", nil
	}
	person, err := p.People.Get(c.Ctx(), c.Tenant(), manager.PublicID)
	if err != nil {
		return "", err
	}
	found, err := p.People.Lookup(c.Ctx(), c.Tenant(), person.Email)
	if err != nil {
		return "", err
	}
	if len(found) == 1 && found[0].ID == manager.ID {
		return person.Email, nil
	}
	return manager.PublicID, nil
}
