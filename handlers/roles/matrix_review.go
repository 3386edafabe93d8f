package roles

import (
	"errors"
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

// ReviewMatrix answers GET /roles/matrix/review: what the changes in the address
// would do.
func (p *Pages) ReviewMatrix(c *web.Call) error {
	return p.reviewMatrix(c, asked(c), wrong{})
}

// SaveMatrix answers POST /roles/matrix/review.
func (p *Pages) SaveMatrix(c *web.Call) error {
	var f matrixForm
	err := c.Bind(&f)
	f.Roles = chosen(f.Roles)
	changed := 0
	if err == nil {
		changed, err = p.Roles.EditMatrix(c.Ctx(), c.Actor(), f.input())
	}
	if err == nil {
		said := "changed"
		if changed == 0 {
			said = "same"
		}
		f.Of = ""
		return c.Redirect(withOK(f.href(matrixPath), said))
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	if stale, is := errors.AsType[*access.StaleMatrix](err); is {
		w.problems = nil // the notes say it, and what is sent next is meant for the versions that are stored now
		versions := f.versions()
		for _, note := range stale.Roles {
			versions[note.Role.ID] = note.Version
		}
		f.keep(f.changes(), versions)
		return p.drawReview(c, f, w, stale.Roles)
	}
	return p.reviewMatrix(c, f, w)
}

func withOK(href, said string) string {
	if strings.Contains(href, "?") {
		return href + "&ok=" + said
	}
	return href + "?ok=" + said
}

func (p *Pages) reviewMatrix(c *web.Call, f matrixForm, w wrong) error {
	return p.drawReview(c, f, w, nil)
}

// drawReview draws the preview. stale is what a refused save found; without it the
// preview looks itself.
func (p *Pages) drawReview(c *web.Call, f matrixForm, w wrong, stale []access.StaleNote) error {
	page := web.Page{
		Title: "Changes of roles", Code: w.code, FocusHeading: w.code == 0,
		Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: "Matrix", Href: f.href(matrixPath)}, {Label: "Changes"}},
	}
	m := roles.ReviewModel{Action: reviewPath, Back: f.pending(editPath), Discard: f.href(matrixPath), Reason: f.Reason, Errors: w.fields, Problems: w.problems}
	preview, err := p.Roles.PreviewMatrix(c.Ctx(), c.Actor(), f.input())
	if err != nil {
		found, again := refusal(err)
		if !again {
			return err
		}
		m.Blocked, page.Code, page.NoForm = found.problems, found.code, true
		if w.code != 0 {
			page.Code = w.code
		}
		return c.Render(page, roles.Review(m))
	}
	if stale == nil {
		stale = preview.Stale
	}
	names, err := p.applicationNames(c)
	if err != nil {
		return err
	}
	reviewModel(preview, names, &m)
	for _, note := range stale {
		m.Stale = append(m.Stale, staleModel(c, note))
	}
	m.Hidden = hidden(values(f))
	if m.Refused = preview.Refused; m.Refused != "" {
		m.Problems = nil // said where the form would be
	}
	page.NoForm = len(m.Roles) == 0 || m.Refused != ""
	if page.Code == 0 && len(f.Give)+len(f.Take) == 0 {
		page.Code = http.StatusUnprocessableEntity
	}
	return c.Render(page, roles.Review(m))
}

func values(f matrixForm) map[string][]string {
	v := f.values()
	v["give"], v["take"], v["v"] = f.Give, f.Take, f.Versions
	return v
}

func staleModel(c *web.Call, note access.StaleNote) roles.StaleRole {
	who := note.ChangedBy
	if who == "" {
		who = "somebody else"
	}
	v := roles.StaleRole{Sentence: note.Role.Name + " was changed by " + who + " after you opened the matrix.", Gains: note.Given, Losses: note.Taken}
	if note.ChangedAt != 0 {
		v.Sentence = note.Role.Name + " was changed by " + who + " " + ui.Relative(note.ChangedAt.Time(), c.Now()) + ", after you opened the matrix."
	}
	return v
}

func reviewModel(preview access.MatrixPreview, names map[string]string, m *roles.ReviewModel) {
	given, taken := 0, 0
	for _, r := range preview.Roles {
		given, taken = given+len(r.Given), taken+len(r.Taken)
		v := roles.ReviewRole{Name: r.Name, Href: roleHref(r.Key), Privileged: r.Reaches, People: capped(r.Holders)}
		for _, q := range r.Given {
			v.Gains = append(v.Gains, reviewPermission(q))
		}
		for _, q := range r.Taken {
			v.Loses = append(v.Loses, reviewPermission(q))
		}
		m.Roles = append(m.Roles, v)
		m.Privileged = m.Privileged || r.Reaches
	}
	for _, e := range preview.Effects {
		m.Effects = append(m.Effects, roles.ReviewEffect{
			Sentence: e.Sentence, Key: e.Key, Application: name(names, e.Application), Gain: moved(e.Gain), Lose: moved(e.Lose),
		})
	}
	m.Sentence = reviewSentence(len(preview.Roles), given, taken)
	if preview.Same > 0 {
		m.Same = ui.Counted(preview.Same, "change is so already and is", "changes are so already and are") + " left out."
	}
	m.Submit = "Change " + ui.Counted(len(preview.Roles), "role", "roles")
	if len(preview.Roles) == 1 {
		m.Submit = "Change " + preview.Roles[0].Name
	}
}

func reviewPermission(q access.RolePermission) roles.ReviewPermission {
	return roles.ReviewPermission{Sentence: q.Sentence, Key: q.Key, Via: through(q.Via)}
}

func reviewSentence(n, given, taken int) string {
	var parts []string
	if given > 0 {
		parts = append(parts, ui.Counted(given, "permission is given", "permissions are given"))
	}
	if taken > 0 {
		parts = append(parts, ui.Counted(taken, "permission is taken away", "permissions are taken away"))
	}
	return ui.Counted(n, "role changes", "roles change") + ": " + strings.Join(parts, ", ") + ". Nothing is changed until you send it."
}

// moved writes how many people gain or lose something; "" for nobody.
func moved(n access.PeopleCount) string {
	switch {
	case n.AtLeast && n.N == 0:
		return "Not counted: more than 10,000 people hold the roles"
	case n.AtLeast:
		return "At least " + ui.People(n.N)
	case n.N == 0:
		return ""
	}
	return ui.People(n.N)
}

// compareRows makes the choices of a comparison.
func compareRows(page access.RolePage, m *roles.CompareModel) {
	for _, r := range page.Rows {
		row := roles.CompareRow{Name: r.Name, Key: r.Key, Sentence: r.Sentence, Application: r.Application.Name}
		if r.Key != m.First {
			row.Href = m.With(r.Key)
		}
		m.Rows = append(m.Rows, row)
	}
	if page.Next != "" {
		m.Next = m.At(page.Next)
	}
}
