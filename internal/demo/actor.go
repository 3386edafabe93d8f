package demo

import (
	"fmt"
	"math/rand/v2"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// helpdeskMay is what the helpdesk role allows, for acts of the past.
const helpdeskMay = models.AttentionRead | models.UsersRead | models.UsersSuspend | models.SessionsEnd | models.AccountsUnlock | models.RolesRead | models.AuditRead | models.OperationsRead

// auditorMay is what the auditor role allows.
const auditorMay = models.UsersRead | models.UsersExport | models.RolesRead | models.AuditRead | models.AuditExport |
	models.ConnectorsRead | models.LinksRead | models.SyncRead | models.OperationsRead

// system is Rollcall itself.
func (l *loader) system() models.Actor { return models.SystemActor(l.tenant, rollcall) }

// byRule is what the provider's settings do at the sign-in door.
func (l *loader) byRule() models.Actor {
	return models.Actor{
		Tenant: l.tenant, Kind: models.ActorSystem, Name: "Sign-in at " + ProviderName, Via: models.ViaWeb,
		IP: address(l.company.r, ""), RequestID: reference(l.company.r),
	}
}

// admin gives the actor of somebody who acts in the stories, by name.
func (l *loader) admin(name string) models.Actor {
	key, can := "", models.AllPermissions
	switch name {
	case amara:
		key = PersonaAdmin
	case goran:
		key = partChiefSecurity
	case priya:
		key = partStandIn
	case jonas:
		key, can = PersonaHelpdesk, helpdeskMay
	case ilse:
		key, can = PersonaAuditor, auditorMay
	default:
		return l.system()
	}
	a := l.actorOf(l.company.parts[key], l.company.r)
	a.Can = can
	return a
}

// actorOf gives a person as the actor of one request.
func (l *loader) actorOf(p *person, r *rand.Rand) models.Actor {
	return models.Actor{
		Tenant: l.tenant, Kind: models.ActorUser, UserID: p.id, Name: p.name(), Via: models.ViaWeb,
		IP: address(r, p.site), RequestID: reference(r),
	}
}

func (l *loader) userRef(p *person) store.Ref {
	return store.Ref{Kind: models.KindUser, ID: p.id, Name: p.name()}
}

// address invents where a request came from: mostly the office's own network,
// sometimes from home. All are in ranges kept for documentation.
func address(r *rand.Rand, site string) string {
	if site == "" || r.Float64() < 0.3 {
		return fmt.Sprintf("203.0.113.%d", 1+r.IntN(254))
	}
	sum := 0
	for _, c := range site {
		sum += int(c)
	}
	return fmt.Sprintf("198.51.100.%d", 1+(sum*7+r.IntN(4))%254)
}

// reference invents the short reference of a request.
func reference(r *rand.Rand) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := make([]byte, 12)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:])
}
