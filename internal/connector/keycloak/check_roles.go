package keycloak

import (
	"context"
	"slices"
	"strings"
	"time"
)

// least are the roles a service account needs, with what is lost without each.
var least = []struct{ role, without string }{
	{roleView, "people cannot be read"},
	{roleQuery, "people cannot be searched"},
	{roleManage, "nobody can be disabled or signed out"},
	{roleEvents, "changes and sign-ins are only seen by reading everything"},
	{roleClients, "applications, and roles held at them, are not known"},
}

// fine are roles of the admin API that are needed, or come with those.
var fine = []string{roleView, roleQuery, roleManage, roleEvents, roleClients, "query-groups", "query-clients"}

// everybodys are roles of the realm that every account has.
var everybodys = []string{"offline_access", "uma_authorization"}

func (t *trial) roles(context.Context) finding {
	if t.tokenNow == nil {
		return skip("there is no token")
	}
	held, said := t.tokenNow.roles(t.management())
	if !said {
		return warn("The token does not list its roles, so that only the checks below show whether they suffice.",
			"In Keycloak open Clients > "+t.client+" > Client scopes and assign roles and basic as Default; under Advanced leave Always use lightweight access token off.")
	}
	var found, missing, without []string
	for _, x := range least {
		if holds(held, x.role) {
			found = append(found, x.role)
			continue
		}
		missing = append(missing, x.role)
		without = append(without, x.role+" ("+x.without+")")
	}
	switch {
	case len(found) == 0:
		return fail("Found: none. Missing: "+strings.Join(without, ", ")+".", t.fixRole(strings.Join(missing, ", ")))
	case len(missing) > 0:
		return fail("Found: "+strings.Join(found, ", ")+". Missing: "+strings.Join(without, ", ")+".", t.fixRole(strings.Join(missing, ", ")))
	}
	return passed("Found: " + strings.Join(found, ", ") + ".")
}

func (t *trial) extraRoles(context.Context) finding {
	if t.tokenNow == nil {
		return skip("there is no token")
	}
	if _, said := t.tokenNow.roles(t.management()); !said {
		return skip("the token does not list its roles")
	}
	extra := t.extra()
	if len(extra) == 0 {
		return passed("The service account can do nothing that Rollcall does not need.")
	}
	return warn("The service account can do more than Rollcall needs: "+strings.Join(extra, ", ")+".",
		"In Keycloak open Clients > "+t.client+" > Service account roles, and Unassign what is listed. A role that contains others lends them too.")
}

// extra lists the roles that are too much: those of the admin API by name, those
// of other clients as client/role.
func (t *trial) extra() []string {
	var extra []string
	for client, names := range t.tokenNow.claims.Clients {
		if client == "account" { // those concern the account itself
			continue
		}
		for _, name := range names.Roles {
			switch {
			case client != t.management():
				extra = append(extra, client+"/"+name)
			case !slices.Contains(fine, name):
				extra = append(extra, name)
			}
		}
	}
	for _, name := range t.tokenNow.claims.Realm.Roles {
		if !slices.Contains(everybodys, name) && !strings.HasPrefix(name, "default-roles-") {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	return extra
}

// shortKept is how long events should be kept at least: a weekend without Rollcall.
const shortKept = 3 * 24 * time.Hour

func (t *trial) events(ctx context.Context) finding {
	if t.tokenNow == nil {
		return skip("there is no token")
	}
	r, err := t.recording(ctx)
	if err != nil {
		return failure(err)
	}
	var off, fix []string
	if !r.People {
		off = append(off, "what people do (sign-ins, changes of their own)")
		fix = append(fix, "User events settings")
	}
	if !r.Admins {
		off = append(off, "what administrators change")
		fix = append(fix, "Admin events settings")
	}
	if len(off) > 0 {
		return warn(t.name+" does not record "+strings.Join(off, ", and not ")+". Changes are then only seen by reading everybody.",
			"In Keycloak open Realm settings > Events, and switch Save events on under "+strings.Join(fix, " and under ")+".")
	}
	if _, missing := r.kept(told); len(missing) > 0 {
		return warn(t.name+" records events of both kinds, but not these: "+strings.Join(missing, ", ")+".",
			"In Keycloak open Realm settings > Events > User events settings > Add saved types.")
	}
	if keeps := time.Duration(r.Keeps) * time.Second; r.Keeps > 0 && keeps < shortKept {
		return warn("Events of both kinds are recorded, and kept for "+duration(keeps)+" only. Whoever pauses reading for longer has to read everybody again.",
			"In Keycloak open Realm settings > Events > User events settings > Expiration, and keep them for at least three days.")
	}
	return passed("Events of people and of administrators are recorded.")
}
