package signin

import (
	"context"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/models"
)

// isFirst reports whether the settings name this identity as the first admin
// and the door still stands open. The transaction looks again.
func (f *Flow) isFirst(ctx context.Context, p *provider, id *oidc.Identity) bool {
	if !f.first.Set() || p.Key() != f.first.Provider {
		return false
	}
	named := f.first.Subject != "" && id.Subject == f.first.Subject
	if f.first.Email != "" {
		named = id.EmailVerified && directory.NormEmail(id.Email) == directory.NormEmail(f.first.Email)
	}
	if !named {
		return false
	}
	open, err := f.access.FirstAdminOpen(ctx, f.tenant)
	if err != nil {
		f.log.WarnContext(ctx, "first admin not looked up", "error", err)
	}
	return open && err == nil
}

// allowed says with which status the rule creates a person, and why; or why it
// does not (OIDC-39).
func (a *admission) allowed() (models.Status, string, *Refusal) {
	rule, id := a.provider.config.Create, &a.grant.Identity
	if a.first {
		return models.Active, "first admin", nil
	}
	switch rule.Rule {
	case config.CreateDomains:
		refusal := a.inDomain(id, rule.Domains)
		return models.Active, "rule: domain " + domainOf(id.Email), refusal
	case config.CreateGroups:
		group, refusal := a.inGroup(id, rule.Groups)
		return models.Active, "rule: group " + group, refusal
	case config.CreatePending:
		var refusal *Refusal
		if len(rule.Domains) > 0 {
			refusal = a.inDomain(id, rule.Domains)
		}
		if refusal == nil && len(rule.Groups) > 0 {
			_, refusal = a.inGroup(id, rule.Groups)
		}
		return models.Invited, "rule: waits to be let in", refusal
	case config.CreateOff:
	}
	return "", "", a.refuse(a.provider, ReasonNoRecord, "You signed in at "+a.provider.Name()+", but Rollcall does not know you.", a.ask(" to invite you"))
}

// inDomain wants a verified address of one of the domains.
func (a *admission) inDomain(id *oidc.Identity, domains []string) *Refusal {
	name := a.provider.Name()
	switch {
	case id.Email == "":
		return a.refuse(a.provider, ReasonEmailMissing, name+" did not say your e-mail address, and Rollcall needs it to let you in.", "Tell your admin: the claim email must be sent.")
	case !slices.Contains(domains, domainOf(id.Email)):
		return a.refuse(a.provider, ReasonDomainRefused, "People with an e-mail address at "+domainOf(id.Email)+" are not let in by themselves.", a.ask(" to invite you"))
	case !id.EmailVerified:
		return a.refuse(a.provider, ReasonEmailUnverified, name+" has not verified your e-mail address.", "Verify it there, then start again.")
	}
	return nil
}

// inGroup wants one of the groups, and says which.
func (a *admission) inGroup(id *oidc.Identity, groups []string) (string, *Refusal) {
	if id.Groups.State == oidc.Unknown {
		return "", a.refuse(a.provider, ReasonGroupsUnknown, a.provider.Name()+" did not say which groups you are in.", "Tell your admin: the groups must be sent whole in the ID token.")
	}
	for _, g := range id.Groups.Values {
		if slices.Contains(groups, g) {
			return strings.TrimSpace(g), nil
		}
	}
	return "", a.refuse(a.provider, ReasonGroupMissing, "You are in none of the groups that may use Rollcall.", a.ask(" which group you need"))
}
