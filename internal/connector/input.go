package connector

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/outbound"
)

// Longest texts, in characters.
const (
	maxName    = 60 // as for providers of the configuration
	maxKey     = 40
	maxLine    = 255
	maxCA      = 64 << 10
	maxSecret  = 4096
	maxReason  = 1000
	minReason  = 10
	maxList    = 50
	maxRate    = 5000
	hintLength = 4
	hintFrom   = 12 // a shorter secret shows nothing of itself
)

var (
	keyForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	scopeForm = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]+$`) // RFC 6749 section 3.3
	realmForm = regexp.MustCompile(`^[^\s/?#%]+$`)
)

// form collects what is wrong with an input, field by field.
type form struct{ fields []errs.Field }

func (f *form) refuse(field, message string, args ...any) {
	f.fields = append(f.fields, errs.Field{Name: field, Message: fmt.Sprintf(message, args...)})
}

func (f *form) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return errs.Input(f.fields...)
}

// line checks one line of text. What does not show is refused, not dropped: a
// pasted client id with a space of another kind in it fails in the strangest ways.
func (f *form) line(field, value string, limit int) string {
	value = strings.TrimSpace(value)
	switch {
	case !utf8.ValidString(value) || strings.ContainsFunc(value, hidden):
		f.refuse(field, "This holds characters that do not show. Type it instead of pasting it.")
	case utf8.RuneCountInString(value) > limit:
		f.refuse(field, "This is %d characters long. At most %d fit.", utf8.RuneCountInString(value), limit)
	}
	return value
}

func hidden(r rune) bool { return unicode.Is(unicode.C, r) || r == '\u2028' || r == '\u2029' }

// name checks the name of a connector.
func (f *form) name(value string) string {
	value = f.line("name", strings.Join(strings.Fields(value), " "), maxName)
	if value == "" {
		f.refuse("name", "Give it a name, such as Keycloak.")
	}
	return value
}

// reason checks the reason of a change that others will ask about.
func (f *form) reason(value string, required bool) string {
	value = f.line("reason", strings.Join(strings.Fields(value), " "), maxReason)
	if n := utf8.RuneCountInString(value); n < minReason && (required || n > 0) {
		f.refuse("reason", "Write a reason of at least %d characters. It is kept in the audit log.", minReason)
	}
	return value
}

// settings checks the settings of a kind and gives them clean.
func (e *Engine) settings(f *form, k Kind, s Settings) Settings {
	s.Product = f.line("product", s.Product, 32)
	s.BaseURL = f.line("base_url", s.BaseURL, maxLine)
	s.Issuer = f.line("issuer", s.Issuer, maxLine)
	s.Realm = f.line("realm", s.Realm, maxLine)
	s.ClientID = f.line("client_id", s.ClientID, maxLine)
	given := map[string]string{"base_url": s.BaseURL, "issuer": s.Issuer, "realm": s.Realm, "client_id": s.ClientID}
	for _, name := range k.Needs {
		if value, asked := given[name]; asked && value == "" {
			f.refuse(name, "%s", needed[name])
		}
	}
	if s.DevLoopback && !e.options.Loopback {
		f.refuse("dev_loopback", "This installation asks no system by plain http. It is for development only.")
	}
	o := outbound.Options{AllowPrivate: s.AllowPrivate, DevLoopback: s.DevLoopback && e.options.Loopback}
	for _, name := range []string{"base_url", "issuer"} {
		f.address(name, given[name], o)
	}
	if s.Realm != "" && !realmForm.MatchString(s.Realm) {
		f.refuse("realm", "A realm's name has no spaces and no / ? # %%. Copy it from the address of the admin console.")
	}
	s.CA = f.authorities("ca", s.CA)
	if s.Rate < 0 || s.Rate > maxRate {
		f.refuse("rate", "Give a number of requests a second from 0 to %d. 0 leaves it to Rollcall.", maxRate)
	}
	if s.SignIn != nil {
		in := f.signIn(*s.SignIn)
		s.SignIn = &in
	}
	return s
}

var needed = map[string]string{
	"base_url":  "Give the address people reach it by, such as https://id.example.org.",
	"issuer":    "Give the issuer. It is in the provider's discovery document.",
	"realm":     "Give the realm whose people are managed here.",
	"client_id": "Give the client id of the service account.",
}

// address checks an address of a system: what the guard refuses, and what would
// not be an address of a whole system.
func (f *form) address(field, value string, o outbound.Options) {
	if value == "" {
		return
	}
	u, err := outbound.Check(value, o)
	if err != nil {
		said := "This is not an address such as https://id.example.org."
		if e, ok := errs.As(err); ok {
			said = e.Safe
		}
		f.refuse(field, "%s%s", said, privately(u, err, o))
		return
	}
	if u.RawQuery != "" || u.Fragment != "" {
		f.refuse(field, "Leave out what follows the ? or #.")
	}
}

// privately says what else could be switched on.
func privately(_ *url.URL, err error, o outbound.Options) string {
	if o.AllowPrivate || !strings.Contains(err.Error(), outbound.ErrAddress.Error()) {
		return ""
	}
	return " If it is in your own network, allow that below."
}

// authorities checks certificates in PEM form.
func (f *form) authorities(field, value string) string {
	value = strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n"))
	if value == "" {
		return ""
	}
	if len(value) > maxCA {
		f.refuse(field, "This is larger than 64 KB. Paste only the certificate of the authority.")
		return value
	}
	found, rest := 0, []byte(value)
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if strings.Contains(block.Type, "PRIVATE KEY") {
			f.refuse(field, "This is a private key. It was not saved. Paste the certificate of the authority instead, and consider the key known to others.")
			return ""
		}
		if _, err := x509.ParseCertificate(block.Bytes); block.Type != "CERTIFICATE" || err != nil {
			f.refuse(field, "Part %d is not a certificate.", found+1)
			return value
		}
		found++
	}
	if found == 0 || strings.TrimSpace(string(rest)) != "" {
		f.refuse(field, "Paste certificates in PEM form: they begin with -----BEGIN CERTIFICATE-----.")
	}
	return value
}

// The rules by which people are created at their first sign-in.
var createRules = []string{"off", "domains", "groups", "pending"}

// signIn checks what makes a system a provider people sign in with.
func (f *form) signIn(s SignIn) SignIn {
	s.ClientID = f.line("sign_in_client_id", s.ClientID, maxLine)
	if s.ClientID == "" {
		f.refuse("sign_in_client_id", "Give the id of the client people sign in with.")
	}
	s.Scopes = f.words("scopes", s.Scopes)
	for _, scope := range s.Scopes {
		switch {
		case !scopeForm.MatchString(scope):
			f.refuse("scopes", "%q is not a scope.", clip(scope, 40))
		case scope == "offline_access":
			f.refuse("scopes", "offline_access is asked for when keeping refresh tokens is switched on. Leave it out here.")
		}
	}
	if s.Create == "" {
		s.Create = "off"
	}
	s.Domains, s.EmailDomains = f.domains("domains", s.Domains), f.domains("email_domains", s.EmailDomains)
	s.Groups = f.words("groups", s.Groups)
	s.ACR, s.Tenants = f.words("acr", s.ACR), f.words("tenants", s.Tenants)
	s.GroupsClaim, s.RolesClaim = f.line("groups_claim", s.GroupsClaim, maxLine), f.line("roles_claim", s.RolesClaim, maxLine)
	if s.OfflineAccess && !s.Refresh {
		f.refuse("offline_access", "It is asked for to keep a refresh token only. Switch that on as well, or leave this off.")
	}
	switch {
	case !slices.Contains(createRules, s.Create):
		f.refuse("create", "Choose one of the rules.")
	case s.Create == "domains" && len(s.Domains) == 0:
		f.refuse("domains", "Name the domains whose people are let in.")
	case s.Create == "groups" && len(s.Groups) == 0:
		f.refuse("groups", "Name the groups whose people are let in.")
	}
	return s
}

// words checks a list of single values.
func (f *form) words(field string, list []string) []string {
	var out []string
	for _, one := range list {
		if one = f.line(field, one, maxLine); one != "" && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	if len(out) > maxList {
		f.refuse(field, "At most %d fit.", maxList)
	}
	return out
}

// domains checks a list of domains of e-mail addresses.
func (f *form) domains(field string, list []string) []string {
	out := f.words(field, list)
	for i, d := range out {
		out[i] = strings.ToLower(strings.TrimPrefix(d, "@"))
		if !strings.Contains(out[i], ".") || strings.ContainsAny(out[i], "@*/ ") {
			f.refuse(field, "%q is not a domain such as example.org.", clip(d, 40))
		}
	}
	return out
}
