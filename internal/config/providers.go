package config

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const oidc = prefix + "OIDC_"

// ProviderVariables are the environment variables of a single provider.
var ProviderVariables = []string{
	oidc + "KEY", oidc + "NAME", oidc + "ISSUER", oidc + "CLIENT_ID", oidc + "CLIENT_SECRET", oidc + "CLIENT_SECRET_FILE",
	oidc + "AUTH_METHOD", oidc + "SCOPES", oidc + "CREATE", oidc + "DOMAINS", oidc + "GROUPS", oidc + "EMAIL_DOMAINS",
	oidc + "ROLES", oidc + "GROUPS_CLAIM", oidc + "CA_FILE", oidc + "ALLOW_PRIVATE", oidc + "DEV_LOOPBACK", oidc + "USERINFO",
	oidc + "STEP_UP_ACR",
	oidc + "REFRESH", oidc + "OFFLINE_ACCESS", oidc + "REVALIDATE", oidc + "LOGOUT_TOKEN_TYP",
}

// providers puts together those of the file and the one of the environment.
func (l *loading) providers() {
	c := l.config
	if l.file != nil {
		c.Providers = append(c.Providers, l.file.providers...)
	}
	names := make([]string, len(c.Providers))
	for i := range names {
		names[i] = fmt.Sprintf("%s: providers[%d].", l.file.path, i)
	}
	if p, ok := l.fromEnvironment(); ok {
		c.Providers = append(c.Providers, p)
		c.EnvProvider = p.Key
		names = append(names, "")
	}
	taken := map[string]bool{}
	for i := range c.Providers {
		p := &c.Providers[i]
		at := place(names[i])
		l.secretOf(p, at)
		l.checkProvider(p, at)
		if taken[p.Key] {
			l.deny(at("key"), "is "+p.Key+", as for another provider. Each needs its own.")
		}
		taken[p.Key] = true
	}
}

// place names a provider's field as its source does.
func place(above string) func(string) string {
	return func(field string) string {
		if above == "" {
			return oidc + strings.ToUpper(field)
		}
		return above + field
	}
}

// fromEnvironment reads the provider that is set without a file.
func (l *loading) fromEnvironment() (Provider, bool) {
	get := func(name string) string { return strings.TrimSpace(l.env[oidc+name]) }
	if get("ISSUER") == "" && get("CLIENT_ID") == "" {
		return Provider{}, false
	}
	p := Provider{
		Key: get("KEY"), Name: get("NAME"), Issuer: get("ISSUER"),
		ClientID: get("CLIENT_ID"), ClientSecret: Secret(get("CLIENT_SECRET")), ClientSecretFile: get("CLIENT_SECRET_FILE"), AuthMethod: get("AUTH_METHOD"),
		Scopes: words(get("SCOPES")), EmailDomains: words(get("EMAIL_DOMAINS")), CAFile: get("CA_FILE"),
		Create: Create{Rule: Rule(get("CREATE")), Domains: words(get("DOMAINS")), Groups: words(get("GROUPS"))},
		Claims: Claims{Groups: get("GROUPS_CLAIM")}, StepUpACR: words(get("STEP_UP_ACR")),
		LogoutTokenTyp: get("LOGOUT_TOKEN_TYP"),
	}
	if p.Key == "" {
		p.Key = "oidc"
	}
	for name, to := range map[string]*bool{
		"ALLOW_PRIVATE": &p.AllowPrivate, "DEV_LOOPBACK": &p.DevLoopback, "USERINFO": &p.UserInfo,
		"REFRESH": &p.Refresh, "OFFLINE_ACCESS": &p.OfflineAccess,
	} {
		text := get(name)
		on, err := strconv.ParseBool(text)
		if text != "" && err != nil {
			l.deny(oidc+name, "must be true or false.")
		}
		*to = on
	}
	if text := get("REVALIDATE"); text != "" {
		var err error
		if p.Revalidate, err = time.ParseDuration(text); err != nil {
			l.deny(oidc+"REVALIDATE", "must be a time such as 10m or 1h.")
		}
	}
	for _, text := range words(get("ROLES")) {
		claim, rest, ok := strings.Cut(text, "=")
		last := strings.LastIndexByte(rest, ':')
		if !ok || last < 0 {
			l.deny(oidc+"ROLES", strconv.Quote(text)+" must have the form claim=value:role, for example groups=admins:rollcall.admin.")
			continue
		}
		p.Roles = append(p.Roles, RoleMapping{Claim: claim, Value: rest[:last], Role: rest[last+1:]})
	}
	return p, true
}

// secretOf finds the client secret in the one place that is set.
func (l *loading) secretOf(p *Provider, at func(string) string) {
	set := 0
	for _, text := range []string{string(p.ClientSecret), p.ClientSecretFile, p.ClientSecretEnv} {
		if text != "" {
			set++
		}
	}
	if set > 1 {
		l.deny(at("client_secret"), "is set in more than one way. Keep one of client_secret, client_secret_file and client_secret_env.")
		return
	}
	switch {
	case p.ClientSecretFile != "":
		text, err := readText(p.ClientSecretFile)
		if err != nil || text == "" {
			l.deny(at("client_secret_file"), "names a file that cannot be read or is empty: "+p.ClientSecretFile+".")
		}
		p.ClientSecret = Secret(text)
	case p.ClientSecretEnv != "":
		p.ClientSecret = Secret(strings.TrimSpace(l.env[p.ClientSecretEnv]))
		if p.ClientSecret == "" {
			l.deny(at("client_secret_env"), "names the variable "+p.ClientSecretEnv+", which is empty.")
		}
	}
}

// checkProvider checks what this package understands of a provider.
func (l *loading) checkProvider(p *Provider, at func(string) string) {
	if p.Name == "" {
		p.Name = p.Key
	}
	if message := limited(p.Name, 60); message != "" {
		l.deny(at("name"), message)
	}
	if utf8.RuneCountInString(p.Issuer) > 255 {
		l.deny(at("issuer"), "must have at most 255 characters.")
	}
	if p.MaxAuthAge < 0 || p.MaxAuthAge > 0 && p.MaxAuthAge < 5*time.Minute {
		l.deny(at("max_auth_age"), "must be at least 5m, or 0 for no limit.")
	}
	l.checkBackground(p, at)
	l.checkWords(p, at)
	lower(p.EmailDomains)
	lower(p.Create.Domains)
	l.checkCreate(p, at)
	for i, m := range p.Roles {
		if m.Claim == "" || m.Value == "" || m.Role == "" {
			l.deny(fmt.Sprintf("%s[%d]", at("roles"), i), "needs claim, value and role.")
		}
	}
	for _, d := range append(append([]string{}, p.EmailDomains...), p.Create.Domains...) {
		if !strings.Contains(d, ".") || strings.ContainsAny(d, "@*/ ") {
			l.deny(at("email_domains"), strconv.Quote(d)+" is not a domain such as example.org.")
		}
	}
}

// checkWords checks lists of single words.
func (l *loading) checkWords(p *Provider, at func(string) string) {
	for _, o := range p.FormOrigins {
		if u, err := url.Parse(o); err != nil || u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != o {
			l.deny(at("form_origins"), strconv.Quote(o)+" is not an origin such as https://login.example.org.")
		}
	}
	for _, class := range p.StepUpACR {
		if class == "" || strings.ContainsAny(class, " \t\n") {
			l.deny(at("step_up_acr"), strconv.Quote(class)+" is not one word, such as urn:example:mfa or 2.")
		}
	}
}

// checkBackground checks what happens between the provider and us without a browser.
func (l *loading) checkBackground(p *Provider, at func(string) string) {
	if p.OfflineAccess && !p.Refresh {
		l.deny(at("offline_access"), "is only asked for to keep a refresh token. Set refresh as well, or leave it out.")
	}
	if p.Revalidate != 0 && (p.Revalidate < minRevalidate || p.Revalidate > maxRevalidate) {
		l.deny(at("revalidate"), "must lie between 1m and 24h.")
	}
	switch p.LogoutTokenTyp {
	case "", LogoutTypLenient, LogoutTypStrict:
	default:
		l.deny(at("logout_token_typ"), "must be lenient or strict.")
	}
}

func (l *loading) checkCreate(p *Provider, at func(string) string) {
	c := &p.Create
	switch c.Rule {
	case "":
		c.Rule = CreateOff
	case CreateOff, CreatePending:
	case CreateDomains:
		if len(c.Domains) == 0 {
			l.deny(at("create"), "is domains, and no domain is named. Name those whose people are let in.")
		}
	case CreateGroups:
		if len(c.Groups) == 0 {
			l.deny(at("create"), "is groups, and no group is named. Name those whose people are let in.")
		}
	default:
		l.deny(at("create"), "must be off, domains, groups or pending.")
	}
}

func lower(list []string) {
	for i, s := range list {
		list[i] = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "@"))
	}
}
