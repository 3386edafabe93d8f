package connectors

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
)

// secretsForm is what the form of new secrets sends.
type secretsForm struct {
	Client  string `form:"client_secret" label:"Client secret" validate:"max=4096"`
	SignIn  string `form:"sign_in_secret" label:"Client secret for signing in" validate:"max=4096"`
	Hook    string `form:"hook_secret" label:"Webhook secret" validate:"max=4096"`
	Reason  string `form:"reason" validate:"max=1000"`
	Version string `form:"version" validate:"omitempty,number,max=18"`
}

// Secrets answers GET /connectors/:connector/secrets.
func (p *Pages) Secrets(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	if err := elevate(c); err != nil {
		return err
	}
	return p.renderSecrets(c, of, secretsForm{Version: versionText(of.Version)}, problem{}, nil)
}

func (p *Pages) renderSecrets(c *web.Call, of connector.Connector, f secretsForm, w problem, stale *connectors.StaleModel) error {
	product := p.productOf(of)
	d := drawing{product: product, errors: w.fields, secrets: of.Secrets, now: c.Now()}
	g := connectors.Group{Legend: "New secrets", Text: "Make the new secret at " + of.Name + " first, while the old one still counts, and paste it here. Then test, and only then remove the old one there. What is left empty stays."}
	if product.kind == models.ConnectorKeycloak {
		g.Fields = append(g.Fields, d.field("secret", connector.SecretClient, "Client secret", "", ""))
	}
	if of.Settings.SignIn != nil {
		g.Fields = append(g.Fields, d.field("secret", connector.SecretSignIn, "Client secret for signing in", "", ""))
	}
	if product.paste.hook != "" || product.kind == models.ConnectorDemo {
		g.Fields = append(g.Fields, d.field("secret", connector.SecretHook, "Webhook secret", "Signs what is posted to the webhook address: whsec_ and 24 to 64 bytes in base64.", ""))
	}
	m := connectors.FormModel{
		Action: href(of, "secrets"), Cancel: href(of), Version: f.Version, Groups: []connectors.Group{g}, Submit: "Store the new secrets",
		NeedsReason: of.State != models.ConnectorDraft, Reason: f.Reason, Errors: w.fields, Problems: w.problems, Stale: stale,
	}
	page := p.page(c, of, "Secrets")
	page.Code = w.code
	return c.Render(page, p.framed(c, of, "edit", connectors.Form(m)))
}

// SaveSecrets answers POST /connectors/:connector/secrets.
func (p *Pages) SaveSecrets(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	var f secretsForm
	err = c.Bind(&f)
	if err == nil {
		n := connector.NewSecrets{Client: f.Client, SignIn: f.SignIn, Hook: f.Hook, Reason: f.Reason}
		if in := of.Settings.SignIn; n.SignIn == "" && in != nil && in.ClientID == of.Settings.ClientID {
			n.SignIn = n.Client // one client has one secret
		}
		_, err = p.Connectors.SetSecret(c.Ctx(), c.Actor(), of.PublicID, version(f.Version), n)
		if err == nil {
			return c.Redirect(href(of, "test") + "?ok=secrets")
		}
	}
	if stale, is := errors.AsType[*connector.Stale](err); is {
		return p.renderSecrets(c, stale.Theirs, secretsForm{Version: versionText(stale.Theirs.Version), Reason: f.Reason}, problem{code: http.StatusConflict}, staleModel(c, stale, nil))
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	f.Version = cmp.Or(f.Version, versionText(of.Version))
	return p.renderSecrets(c, of, f, w, nil)
}
