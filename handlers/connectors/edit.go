package connectors

import (
	"errors"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
)

// Edit answers GET /connectors/:connector/edit.
func (p *Pages) Edit(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	if err := elevate(c); err != nil {
		return err
	}
	return p.renderEdit(c, of, formOf(of), problem{}, nil)
}

func (p *Pages) renderEdit(c *web.Call, of connector.Connector, f connectionForm, w problem, stale *connectors.StaleModel) error {
	product := p.productOf(of)
	d := drawing{form: f, product: product, errors: w.fields, secrets: of.Secrets, local: p.Loopback, now: c.Now()}
	m := connectors.FormModel{
		Action: href(of, "edit"), Cancel: href(of), Version: f.Version, Groups: d.groups(), Submit: "Save changes",
		NeedsReason: of.State != models.ConnectorDraft, Reason: f.Reason, Errors: w.fields, Problems: w.problems, Stale: stale,
		Paste: p.pasteValues(product, of.Key, f.SignIn == yes, &of),
	}
	if of.State == models.ConnectorEnabled {
		m.About = []string{"It is in use: what you save is so on every replica within a second."}
	}
	page := p.page(c, of, "Connection")
	page.Code = w.code
	return c.Render(page, p.framed(c, of, "edit", connectors.Form(m)))
}

// Save answers POST /connectors/:connector/edit.
func (p *Pages) Save(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	var f connectionForm
	err = c.Bind(&f)
	if err == nil {
		settings := f.settings(p.productOf(of), of.Settings)
		_, err = p.Connectors.Edit(c.Ctx(), c.Actor(), of.PublicID, version(f.Version), connector.Edit{
			Name: &f.Name, Settings: &settings, Secrets: f.secrets(), Reason: f.Reason,
		})
		if err == nil {
			return c.Redirect(href(of, "test") + "?ok=saved")
		}
	}
	if stale, is := errors.AsType[*connector.Stale](err); is {
		f.Version = versionText(stale.Theirs.Version)
		return p.renderEdit(c, stale.Theirs, f, problem{code: http.StatusConflict}, staleModel(c, stale, differences(formOf(stale.Theirs), f)))
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	if f == (connectionForm{}) { // back from a fresh sign-in, before anything was typed
		f = formOf(of)
	}
	return p.renderEdit(c, of, f, w, nil)
}

func staleModel(c *web.Call, s *connector.Stale, d []connectors.Difference) *connectors.StaleModel {
	return &connectors.StaleModel{Sentence: "Changed by " + s.By + " " + ui.Relative(s.At.Time(), c.Now()) + ".", Differences: d}
}

// differences lists where two versions of a connection differ.
func differences(theirs, yours connectionForm) []connectors.Difference {
	var out []connectors.Difference
	for _, one := range []struct{ label, a, b string }{
		{"Name", theirs.Name, yours.Name}, {"Address", theirs.BaseURL, yours.BaseURL}, {"Realm", theirs.Realm, yours.Realm},
		{"Issuer", theirs.Issuer, yours.Issuer}, {"Client id", theirs.ClientID, yours.ClientID}, {"People sign in", theirs.SignIn, yours.SignIn},
		{"Client id for signing in", theirs.SignInClientID, yours.SignInClientID}, {"Rule for new people", theirs.Create, yours.Create},
		{"Domains", theirs.Domains, yours.Domains}, {"Groups", theirs.Groups, yours.Groups}, {"Authoritative for", theirs.EmailDomains, yours.EmailDomains},
		{"Scopes", theirs.Scopes, yours.Scopes}, {"Claim of groups", theirs.GroupsClaim, yours.GroupsClaim}, {"Claim of roles", theirs.RolesClaim, yours.RolesClaim},
		{"UserInfo", theirs.UserInfo, yours.UserInfo}, {"Looks again", theirs.Refresh, yours.Refresh}, {"Offline access", theirs.OfflineAccess, yours.OfflineAccess},
		{"Strict sign-out messages", theirs.StrictLogout, yours.StrictLogout}, {"Accepted proof", theirs.ACR, yours.ACR}, {"Tenants", theirs.Tenants, yours.Tenants},
		{"Private network", theirs.AllowPrivate, yours.AllowPrivate}, {"This machine", theirs.DevLoopback, yours.DevLoopback},
		{"Certificate authorities", theirs.CA, yours.CA}, {"Requests a second", theirs.Rate, yours.Rate},
	} {
		if one.a != one.b {
			out = append(out, connectors.Difference{Label: one.label, Theirs: one.a, Yours: one.b})
		}
	}
	return out
}
