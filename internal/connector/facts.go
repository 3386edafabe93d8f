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
	s := c.Settings
	out := map[string]any{"name": c.Name}
	put := func(name, value string) {
		if value != "" {
			out[name] = value
		}
	}
	put("base_url", s.BaseURL)
	put("realm", s.Realm)
	put("issuer", s.Issuer)
	put("client_id", s.ClientID)
	put("allow_private", word(s.AllowPrivate))
	put("dev_loopback", word(s.DevLoopback))
	put("ca", short(s.CA))
	if s.Rate > 0 {
		out["rate"] = s.Rate
	}
	if in := s.SignIn; in != nil {
		out["sign_in"] = "on"
		put("sign_in_client_id", in.ClientID)
		put("scopes", strings.Join(in.Scopes, " "))
		put("create", in.Create)
		put("domains", strings.Join(in.Domains, ", "))
		put("groups", strings.Join(in.Groups, ", "))
		put("email_domains", strings.Join(in.EmailDomains, ", "))
		put("refresh", word(in.Refresh))
		put("offline_access", word(in.OfflineAccess))
		put("strict_logout", word(in.StrictLogout))
		put("user_info", word(in.UserInfo))
		put("tenants", strings.Join(in.Tenants, ", "))
		put("groups_claim", in.GroupsClaim)
		put("roles_claim", in.RolesClaim)
		put("acr", strings.Join(in.ACR, " "))
	}
	for name, rule := range c.Mapping.Fields {
		out["mapping."+name] = rule.From + ", " + OwnerWord(rule.Owner)
	}
	var rules []string
	for _, r := range c.Mapping.Roles {
		rules = append(rules, r.Kind+" "+r.Name+": "+r.Role)
	}
	slices.Sort(rules)
	put("role_rules", strings.Join(rules, "; "))
	d := c.Schedule
	put("every", d.Every.String())
	put("full_every", d.FullEvery.String())
	put("events", word(d.Events))
	put("write_back", word(d.WriteBack))
	put("create_users", word(d.CreateUsers))
	put("guard", fmt.Sprintf("%s percent or %d people in %s", strconv.FormatFloat(d.GuardPercent, 'f', -1, 64), d.GuardCount, d.GuardWindow))
	if c.OwnerID != 0 {
		out["owner_id"] = c.OwnerID
	}
	return out
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
