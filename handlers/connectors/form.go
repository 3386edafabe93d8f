package connectors

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// yes is what a ticked box sends.
const yes = "yes"

// connectionForm is what the form of a connection sends. Secrets stand in it on
// the way in only.
type connectionForm struct {
	Name           string `form:"name" label:"Name" validate:"max=60"`
	Key            string `form:"key" label:"Key" validate:"max=40"`
	BaseURL        string `form:"base_url" label:"Address" validate:"max=255"`
	Realm          string `form:"realm" label:"Realm" validate:"max=255"`
	Issuer         string `form:"issuer" label:"Issuer" validate:"max=255"`
	ClientID       string `form:"client_id" label:"Client id" validate:"max=255"`
	ClientSecret   string `form:"client_secret" label:"Client secret" validate:"max=4096"`
	SignIn         string `form:"sign_in" validate:"max=3"`
	SignInClientID string `form:"sign_in_client_id" label:"Client id for signing in" validate:"max=255"`
	SignInSecret   string `form:"sign_in_secret" label:"Client secret for signing in" validate:"max=4096"`
	Create         string `form:"create" label:"Rule" validate:"max=20"`
	Domains        string `form:"domains" label:"Domains" validate:"max=2000"`
	Groups         string `form:"groups" label:"Groups" validate:"max=4000"`
	EmailDomains   string `form:"email_domains" label:"Domains" validate:"max=2000"`
	Scopes         string `form:"scopes" label:"Scopes" validate:"max=1000"`
	GroupsClaim    string `form:"groups_claim" label:"Claim of groups" validate:"max=255"`
	RolesClaim     string `form:"roles_claim" label:"Claim of roles" validate:"max=255"`
	UserInfo       string `form:"user_info" validate:"max=3"`
	Refresh        string `form:"refresh" validate:"max=3"`
	OfflineAccess  string `form:"offline_access" validate:"max=3"`
	StrictLogout   string `form:"strict_logout" validate:"max=3"`
	ACR            string `form:"acr" label:"Accepted proof" validate:"max=1000"`
	Tenants        string `form:"tenants" label:"Tenants" validate:"max=2000"`
	AllowPrivate   string `form:"allow_private" validate:"max=3"`
	DevLoopback    string `form:"dev_loopback" validate:"max=3"`
	CA             string `form:"ca" label:"Certificate authorities" validate:"max=65536"`
	Rate           string `form:"rate" label:"Requests a second" validate:"omitempty,numeric,max=8"`
	Reason         string `form:"reason" validate:"max=1000"`
	Version        string `form:"version" validate:"omitempty,number,max=18"`
}

// oneClient reports whether signing in uses the client of the service account.
func (f connectionForm) oneClient() bool {
	return f.SignIn == yes && f.SignInClientID != "" && f.SignInClientID == f.ClientID
}

// settings gives what was typed for the engine to check. What the form does not
// show stays as it was.
func (f connectionForm) settings(of product, was connector.Settings) connector.Settings {
	rate, _ := strconv.ParseFloat(f.Rate, 64) // checked by the tag; empty leaves it to the adapter
	s := connector.Settings{
		Product: of.key, BaseURL: f.BaseURL, Realm: f.Realm, Issuer: f.Issuer, ClientID: f.ClientID,
		AllowPrivate: f.AllowPrivate == yes, DevLoopback: f.DevLoopback == yes, CA: f.CA, Rate: rate,
	}
	if was.Product != "" {
		s.Product = was.Product
	}
	if of.kind == models.ConnectorOIDC || f.SignIn == yes {
		s.SignIn = &connector.SignIn{
			ClientID: f.SignInClientID, Scopes: words(f.Scopes), Create: cmp.Or(f.Create, "off"), Domains: words(f.Domains), Groups: lines(f.Groups),
			EmailDomains: words(f.EmailDomains), Refresh: f.Refresh == yes, OfflineAccess: f.OfflineAccess == yes, StrictLogout: f.StrictLogout == yes,
			UserInfo: f.UserInfo == yes, Tenants: words(f.Tenants), GroupsClaim: f.GroupsClaim, RolesClaim: f.RolesClaim, ACR: words(f.ACR),
		}
	}
	return s
}

// secrets gives the secrets that were typed. One client has one secret.
func (f connectionForm) secrets() connector.NewSecrets {
	n := connector.NewSecrets{Client: f.ClientSecret, SignIn: f.SignInSecret}
	if n.SignIn == "" && f.oneClient() {
		n.SignIn = n.Client
	}
	return n
}

// formOf fills the form with what is stored; secrets never come back.
func formOf(c connector.Connector) connectionForm {
	s := c.Settings
	f := connectionForm{
		Name: c.Name, Key: c.Key, BaseURL: s.BaseURL, Realm: s.Realm, Issuer: s.Issuer, ClientID: s.ClientID,
		AllowPrivate: tick(s.AllowPrivate), DevLoopback: tick(s.DevLoopback), CA: s.CA, Version: versionText(c.Version),
	}
	if s.Rate > 0 {
		f.Rate = strconv.FormatFloat(s.Rate, 'f', -1, 64)
	}
	if in := s.SignIn; in != nil {
		f.SignIn, f.SignInClientID, f.Create = yes, in.ClientID, in.Create
		f.Scopes, f.Domains, f.EmailDomains = strings.Join(in.Scopes, " "), strings.Join(in.Domains, ", "), strings.Join(in.EmailDomains, ", ")
		f.Groups, f.Tenants, f.ACR = strings.Join(in.Groups, "\n"), strings.Join(in.Tenants, ", "), strings.Join(in.ACR, " ")
		f.UserInfo, f.Refresh, f.OfflineAccess, f.StrictLogout = tick(in.UserInfo), tick(in.Refresh), tick(in.OfflineAccess), tick(in.StrictLogout)
		f.GroupsClaim, f.RolesClaim = in.GroupsClaim, in.RolesClaim
	}
	return f
}

func tick(on bool) string {
	if on {
		return yes
	}
	return ""
}

// words splits what people separate by commas, spaces or lines.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' })
}

// lines splits names that may hold spaces and commas: one a line.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}
