package accounts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/insight"
	view "github.com/rollcall/rollcall/views/accounts"
	"github.com/rollcall/rollcall/views/ui"
)

// SignIn answers GET /users/:id/signin: every system is asked now.
func (p *Pages) SignIn(c *web.Call) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	answer, err := p.Insight.SignIn(c.Ctx(), c.Actor(), person)
	if err != nil {
		return err
	}
	m := signInModel(c, person, answer)
	part := view.SignInSection(m)
	m.Alone = true
	return c.Render(web.Page{
		Title: "Can " + m.Name + " sign in?", Crumbs: crumbs(person, "Sign-in"), Fragment: part, Status: answer.Sentence,
	}, view.SignInPage(m))
}

// SignInSection draws what is known without asking anybody; the page then asks.
func (p *Pages) SignInSection(c *web.Call, person directory.Person) (web.Component, error) {
	answer, err := p.Insight.Outline(c.Ctx(), c.Actor(), person)
	if err != nil {
		return nil, err
	}
	m := signInModel(c, person, answer)
	m.Later = answer.Later
	return view.SignInSection(m), nil
}

func signInModel(c *web.Call, person directory.Person, a insight.Answer) view.SignIn {
	m := view.SignIn{
		Name: a.Name, Path: path(person) + "/signin", Mark: string(a.Can), Sentence: a.Sentence, Advice: a.Next.Sentence, ReadAt: a.ReadAt, Now: c.Now(),
	}
	m.Groups = groups(a.Facts)
	if action := step(person, a.Next); action.Href != "" {
		m.Do = &action
	}
	return m
}

// groups puts facts together by who said them, in the order in which each spoke
// first.
func groups(facts []insight.Fact) []view.Group {
	var list []view.Group
	for _, f := range facts {
		name := cmp.Or(f.From, "Rollcall")
		at := slices.IndexFunc(list, func(g view.Group) bool { return g.Name == name })
		if at < 0 {
			at = len(list)
			list = append(list, view.Group{Name: name})
		}
		list[at].Checks = append(list[at].Checks, view.Check{Mark: string(f.Mark), Text: f.Text})
	}
	return list
}

// step gives the button of a step that the reader may take.
func step(person directory.Person, n insight.Next) ui.Action {
	if !n.May {
		return ui.Action{}
	}
	at := path(person)
	switch n.Step {
	case insight.StepUnlock:
		h := connector.Held{ConnectorID: n.At.ConnectorID, Account: n.At.Account}
		return ui.Action{Label: "Unlock now", Kind: ui.Primary, Href: at + "/accounts/" + h.Handle() + "/unlock"}
	case insight.StepResume:
		return ui.Action{Label: "Lift suspension", Href: at + "/resume"}
	case insight.StepReactivate:
		return ui.Action{Label: "Reactivate", Href: at + "/reactivate"}
	case insight.StepLetIn:
		return ui.Action{Label: "Let in", Href: at + "/let-in"}
	case insight.StepStay:
		return ui.Action{Label: "Take back leaving date", Href: at + "/staying"}
	case insight.StepGiveRole:
		return ui.Action{Label: "Give a role", Href: at + "/roles/new"}
	case insight.StepNone, insight.StepThere:
	}
	return ui.Action{}
}

// joined writes names as people say them: "Keycloak and Okta".
func joined(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
