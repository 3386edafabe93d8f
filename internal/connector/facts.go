package connector

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// facts are the parts of a connector as the audit log names them. No secret is
// among them.
func facts(c Connector) map[string]any {
	out := map[string]any{"name": c.Name}
	reachFacts(out, c.Settings)
	if in := c.Settings.SignIn; in != nil {
		signInFacts(out, *in)
	}
	for name, rule := range c.Mapping.Fields {
		out["mapping."+name] = rule.From + ", " + OwnerWord(rule.Owner)
	}
	var rules []string
	for _, r := range c.Mapping.Roles {
		rules = append(rules, r.Kind+" "+r.Name+": "+r.Role)
	}
	slices.Sort(rules)
	put(out, "role_rules", strings.Join(rules, "; "))
	scheduleFacts(out, c.Schedule)
	if c.OwnerID != 0 {
		out["owner_id"] = c.OwnerID
	}
	return out
}

func put(out map[string]any, name, value string) {
	if value != "" {
		out[name] = value
	}
}

func reachFacts(out map[string]any, s Settings) {
	put(out, "base_url", s.BaseURL)
	put(out, "realm", s.Realm)
	put(out, "issuer", s.Issuer)
	put(out, "client_id", s.ClientID)
	put(out, "allow_private", word(s.AllowPrivate))
	put(out, "dev_loopback", word(s.DevLoopback))
	put(out, "ca", short(s.CA))
	if s.Rate > 0 {
		out["rate"] = s.Rate
	}
}

func signInFacts(out map[string]any, in SignIn) {
	out["sign_in"] = "on"
	put(out, "sign_in_client_id", in.ClientID)
	put(out, "scopes", strings.Join(in.Scopes, " "))
	put(out, "create", in.Create)
	put(out, "domains", strings.Join(in.Domains, ", "))
	put(out, "groups", strings.Join(in.Groups, ", "))
	put(out, "email_domains", strings.Join(in.EmailDomains, ", "))
	put(out, "refresh", word(in.Refresh))
	put(out, "offline_access", word(in.OfflineAccess))
	put(out, "strict_logout", word(in.StrictLogout))
	put(out, "user_info", word(in.UserInfo))
	put(out, "tenants", strings.Join(in.Tenants, ", "))
	put(out, "groups_claim", in.GroupsClaim)
	put(out, "roles_claim", in.RolesClaim)
	put(out, "acr", strings.Join(in.ACR, " "))
}

func scheduleFacts(out map[string]any, d Schedule) {
	put(out, "every", d.Every.String())
	put(out, "full_every", d.FullEvery.String())
	put(out, "events", word(d.Events))
	put(out, "write_back", word(d.WriteBack))
	put(out, "create_users", word(d.CreateUsers))
	out["guard"] = fmt.Sprintf("%s percent or %d people in %s", strconv.FormatFloat(d.GuardPercent, 'f', -1, 64), d.GuardCount, d.GuardWindow)
}

func word(on bool) string {
	if on {
		return "on"
	}
	return ""
}

// short says that there are authorities without printing them.
func short(pem string) string {
	if pem == "" {
		return ""
	}
	return fmt.Sprintf("%d certificates", strings.Count(pem, "-----BEGIN CERTIFICATE-----"))
}

// OwnerWord says who owns a field.
func OwnerWord(o Owner) string {
	switch o {
	case OwnedBySource:
		return "the source owns it"
	case OwnedByUs:
		return "Rollcall owns it"
	case OwnedByFirst:
		return "whoever filled it first owns it"
	}
	return string(o)
}

// diff keeps what differs.
func diff(was, is map[string]any) (before, after map[string]any) {
	before, after = map[string]any{}, map[string]any{}
	for name, value := range was {
		if is[name] != value {
			before[name] = value
		}
	}
	for name, value := range is {
		if was[name] != value {
			after[name] = value
		}
	}
	return before, after
}
