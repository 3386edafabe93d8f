package audit

import (
	"errors"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/audit"
	"github.com/rollcall/rollcall/views/ui"
)

// named is whom and what the filters name, as far as they were found.
type named struct {
	who, whom, role string // names
	pick            *view.Pick
	wrong           []errs.Field
}

// shownPeople is how many people are offered when a name fits several.
const shownPeople = 10

// resolve finds the people and the role of the filters and puts them into the
// query. What was typed becomes the person's id, so that the address can be kept.
func (p *Pages) resolve(c *web.Call, s *search, q *audit.Query) (named, error) {
	var n named
	var err error
	if s.who != "" && !scoped(c) {
		q.Actor, n.who, err = p.person(c, s, "who", &n)
		if err != nil {
			return n, err
		}
	}
	if s.whom != "" && n.pick == nil {
		q.Target = audit.Ref{Kind: models.KindUser}
		q.Target.ID, n.whom, err = p.person(c, s, "whom", &n)
		if err != nil {
			return n, err
		}
	}
	if s.role != "" {
		q.Object = audit.Ref{Kind: models.KindRole}
		q.Object.ID, n.role, err = p.Log.RoleID(c.Ctx(), c.Tenant(), s.role)
		if errs.Is(err, errs.NotFound) {
			n.wrong, err = append(n.wrong, errs.Field{Message: "There is no role with the key " + s.role + "."}), nil
		}
	}
	return n, err
}

// person finds one filter's person by public id, by something exact, or by name.
func (p *Pages) person(c *web.Call, s *search, field string, n *named) (int64, string, error) {
	text := &s.who
	if field == "whom" {
		text = &s.whom
	}
	id, name, err := p.Log.UserID(c.Ctx(), c.Tenant(), *text)
	if err == nil || !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Invalid) {
		return id, name, err
	}
	found, err := p.candidates(c, *text)
	if err != nil {
		return 0, "", err
	}
	switch len(found) {
	case 0:
		n.wrong = append(n.wrong, errs.Field{Name: field, Message: "Nobody is called " + quoted(*text) + ". Type the beginning of a name, or an exact e-mail address, username or ID."})
	case 1:
		*text = found[0].PublicID
		return found[0].ID, found[0].DisplayName, nil
	default:
		n.pick = pickOf(*s, field, found)
	}
	return 0, "", nil
}

// candidates gives the people a text may mean; only for readers of people.
func (p *Pages) candidates(c *web.Call, text string) ([]directory.Row, error) {
	if !c.Can(models.UsersRead) {
		return nil, nil
	}
	exact, err := p.People.Lookup(c.Ctx(), c.Tenant(), text)
	if err != nil {
		return nil, err
	}
	var found []directory.Row
	for _, e := range exact {
		found = append(found, e.Row)
	}
	if len(found) > 0 {
		return found, nil
	}
	page, err := p.People.List(c.Ctx(), c.Tenant(), directory.Query{Text: text, Limit: 25})
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Invalid {
		return nil, nil // nothing that could be a name
	}
	return page.Rows, err
}

func pickOf(s search, field string, found []directory.Row) *view.Pick {
	text := s.who
	if field == "whom" {
		text = s.whom
	}
	pick := &view.Pick{Sentence: "Several people match " + quoted(text) + ". Choose one."}
	if len(found) > shownPeople {
		pick.Sentence = "More than " + ui.People(shownPeople) + " match " + quoted(text) + ". Choose one, or type more of the name."
		found = found[:shownPeople]
	}
	for _, row := range found {
		one := s
		if field == "who" {
			one.who = row.PublicID
		} else {
			one.whom = row.PublicID
		}
		pick.People = append(pick.People, view.Person{Name: row.DisplayName, Email: row.Email, Href: one.href("/audit")})
	}
	return pick
}

func quoted(text string) string { return "\u201c" + strings.ToValidUTF8(text, "") + "\u201d" }
