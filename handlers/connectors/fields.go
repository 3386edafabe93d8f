package connectors

import (
	"cmp"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/ui"
)

// drawing puts a form's fields together.
type drawing struct {
	form    connectionForm
	product product
	errors  map[string]string
	secrets map[string]connector.SecretNote
	isNew   bool
	local   bool // this machine may be asked
	now     time.Time
}

// field gives one control: its hint is ours, and then where the product has it.
func (d *drawing) field(kind, name, label, hint, value string) connectors.FormField {
	f := connectors.FormField{Kind: kind, Field: ui.Field{Name: name, Label: label, Hint: hint, Value: value, Error: d.errors[name], Wide: true}}
	if where := d.product.where[name]; where != "" {
		f.Hint = joined(hint, d.product.name+": "+where)
		if d.product.key == "generic" {
			f.Hint = joined(hint, where)
		}
	}
	switch kind {
	case "check":
		f.Checked, f.Value = value == yes, yes
	case "secret":
		f.Stored = d.stored(name)
	}
	return f
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

func (d *drawing) mono(f connectors.FormField) connectors.FormField {
	f.Mono, f.Attrs = true, map[string]any{"spellcheck": "false", "autocapitalize": "none"}
	return f
}

func (d *drawing) must(f connectors.FormField) connectors.FormField {
	f.Required = f.Stored == ""
	return f
}

// stored says what may be said of a secret that is there.
func (d *drawing) stored(name string) string {
	note, there := d.secrets[name]
	switch {
	case !there:
		return ""
	case note.Hint == "":
		return "Stored " + ui.Relative(note.At.Time(), d.now)
	}
	return "Ends in " + note.Hint + ", stored " + ui.Relative(note.At.Time(), d.now)
}

// groups gives the form of a product.
func (d *drawing) groups() []connectors.Group {
	out := []connectors.Group{d.reach()}
	if d.product.kind == models.ConnectorDemo {
		return out
	}
	if d.product.kind == models.ConnectorKeycloak {
		out = append(out, d.account())
	}
	return append(out, d.signIn(), d.more())
}

// reach is how the system is found.
func (d *drawing) reach() connectors.Group {
	f, g := d.form, connectors.Group{Legend: d.product.name}
	name := d.must(d.field("", "name", "Name", "What people call it: it stands on pages and on the sign-in button.", f.Name))
	name.MaxLength = 60
	g.Fields = append(g.Fields, name)
	if d.product.kind == models.ConnectorDemo {
		return g
	}
	address := d.must(d.mono(d.field("", "base_url", d.product.address.label, d.product.address.hint, f.BaseURL)))
	address.Placeholder, address.Attrs["inputmode"] = d.product.address.example, "url"
	g.Fields = append(g.Fields, address)
	if d.product.kind == models.ConnectorKeycloak {
		g.Fields = append(g.Fields, d.must(d.mono(d.field("", "realm", "Realm", "", f.Realm))))
	}
	if d.product.key == "entra" {
		g.Fields = append(g.Fields, d.mono(d.field("", "tenants", "Tenants let in", "", f.Tenants)))
	}
	return g
}

// account is how Rollcall proves itself to the admin interface.
func (d *drawing) account() connectors.Group {
	return connectors.Group{
		Legend: "Service account", Text: "Rollcall reads and changes people in its name. Give it no more than the roles that are named here.",
		Fields: []connectors.FormField{
			d.must(d.mono(d.field("", "client_id", "Client id", "", d.form.ClientID))),
			d.must(d.field("secret", connector.SecretClient, "Client secret", "", "")),
		},
	}
}

// signIn is what makes it a provider people sign in with.
func (d *drawing) signIn() connectors.Group {
	f, g := d.form, connectors.Group{Legend: "Signing in"}
	if d.product.kind == models.ConnectorKeycloak {
		g.Gate = "sign_in"
		g.Fields = append(g.Fields, d.field("check", "sign_in", "People sign in through it", "It stands on the sign-in page once the connector is enabled. The rest of this part counts only then.", f.SignIn))
	}
	id := d.mono(d.field("", "sign_in_client_id", "Client id for signing in", "", f.SignInClientID))
	id.Required = d.product.kind == models.ConnectorOIDC
	create := d.field("radios", "create", "Who gets a record at the first sign-in", "", cmp.Or(f.Create, "off"))
	create.Options = []ui.Option{
		{Value: "off", Label: "Nobody", Hint: "Only people who were invited, or whom Rollcall knows already, come in."},
		{Value: "domains", Label: "Who has a verified address of these domains"},
		{Value: "groups", Label: "Who is in one of these groups"},
		{Value: "pending", Label: "Everybody, and each waits to be let in"},
	}
	public := "Empty for a public client, which proves itself by PKCE alone."
	if d.stored(connector.SecretSignIn) != "" {
		public = ""
	}
	groups := d.field("area", "groups", "Groups", "One a line, letter by letter as the provider sends them.", f.Groups)
	g.Fields = append(g.Fields, id,
		d.field("secret", connector.SecretSignIn, "Client secret for signing in", public, ""),
		create,
		d.field("", "domains", "Domains", "Separated by commas: northwind.example, northwind.org.", f.Domains),
		groups,
		d.field("", "email_domains", "Domains it is authoritative for", "People who were invited at such an address are recognised by it once, when the provider verified it.", f.EmailDomains),
	)
	return g
}

// more is what most set-ups leave as it is.
func (d *drawing) more() connectors.Group {
	f, g := d.form, connectors.Group{Legend: "More settings", Folded: true}
	if d.isNew {
		g.Fields = append(g.Fields, d.mono(d.field("", "key", "Key", "Stands in the addresses above, and names the source of what is read. It cannot be changed later.", f.Key)))
	}
	if d.product.kind == models.ConnectorKeycloak {
		g.Fields = append(g.Fields, d.mono(d.field("", "issuer", "Issuer", "Only when it differs from the address and realm, because Keycloak has another address for people.", f.Issuer)))
	}
	g.Fields = append(g.Fields, d.tokens()...)
	g.Fields = append(g.Fields,
		d.field("check", "allow_private", "It lies in a private network", "Lets Rollcall reach addresses such as 10.0.0.4 for this connector. Addresses where clouds keep their credentials stay refused.", f.AllowPrivate))
	if d.local {
		g.Fields = append(g.Fields, d.field("check", "dev_loopback", "It is on this machine, by plain http", "For development and tests only.", f.DevLoopback))
	}
	ca := d.field("area", "ca", "Certificate authorities", "In PEM form, when its certificate comes from an authority of your own.", f.CA)
	ca.Mono, ca.Rows = true, 4
	rate := d.field("", "rate", "Requests a second at most", "Empty leaves it to Rollcall.", f.Rate)
	rate.Attrs = map[string]any{"inputmode": "decimal"}
	g.Fields = append(g.Fields, ca, rate)
	for _, field := range g.Fields {
		g.Open = g.Open || field.Error != ""
	}
	return g
}

// tokens is what is asked of the provider when people sign in, and taken from it.
func (d *drawing) tokens() []connectors.FormField {
	f := d.form
	return []connectors.FormField{
		d.mono(d.field("", "scopes", "Scopes", "Besides openid. Empty means profile and email.", f.Scopes)),
		d.mono(d.field("", "groups_claim", "Claim of groups", "Where the ID token says in which groups a person is.", f.GroupsClaim)),
		d.mono(d.field("", "roles_claim", "Claim of roles", "", f.RolesClaim)),
		d.field("check", "user_info", "Ask the UserInfo endpoint too", "For providers that put names, addresses or groups only there.", f.UserInfo),
		d.field("check", "refresh", "Look again while people are signed in", "Keeps the refresh token, sealed, and asks in the background whether the person still stands there.", f.Refresh),
		d.field("check", "offline_access", "Ask for offline access for that", "Only where the provider gives no refresh token without.", f.OfflineAccess),
		d.field("check", "strict_logout", "Take only sign-out messages marked as such", "Refuses messages whose header does not say logout+jwt.", f.StrictLogout),
		d.mono(d.field("", "acr", "Proof accepted for sensitive acts", "Values of acr, the strongest first. Empty accepts any fresh sign-in.", f.ACR)),
	}
}
