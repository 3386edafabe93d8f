package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// entry is one line of the log before it is written.
type entry struct {
	at    time.Time
	actor models.Actor
	event store.Event
}

// history is everything that happened and that no engine is asked to do again:
// who was in, who came, went and got what.
type history struct {
	*loader
	all []entry
	r   *rand.Rand
}

// remember tells the past of the company, oldest first.
func (l *loader) remember() []entry {
	h := &history{loader: l, r: seed.Source(seedNumber+6, 0)}
	for _, p := range l.company.people {
		h.life(p)
	}
	for _, g := range l.grants {
		h.access(g)
	}
	h.refusals()
	h.personas()
	slices.SortStableFunc(h.all, func(a, b entry) int { return a.at.Compare(b.at) })
	return h.all
}

func (h *history) add(at time.Time, actor models.Actor, e store.Event) {
	if at.After(h.company.now) || at.Before(h.company.opened) {
		return // the future is not told, and what was before Rollcall is not known
	}
	h.all = append(h.all, entry{at, actor, e})
}

// life tells how a person came, when they were last in, and how they went.
func (h *history) life(p *person) {
	self := h.userRef(p)
	switch {
	case !p.created.After(h.company.opened): // came with the first list
	case p.status == models.Invited && p.pending.IsZero():
		h.add(p.created, h.admin(amara), store.Event{Action: models.UserInvite, Target: self, After: map[string]any{"email": p.email, "department": p.dept.name, "title": p.title}})
	case p.provider == ProviderKey:
		h.add(p.created, h.byRule(), h.created(p))
	default:
		h.add(p.created, h.admin(amara), store.Event{Action: models.UserCreate, Target: self, After: map[string]any{"email": p.email, "department": p.dept.name, "external": p.external}})
	}
	if !p.last.IsZero() && !p.live {
		h.signIn(p, p.last)
	}
	was := map[string]any{"status": models.Active.Word()}
	now := map[string]any{"status": p.status.Word()}
	switch p.status {
	case models.Leaving:
		was["leaving_at"], now["leaving_at"] = "", p.leaving.Format(time.DateOnly)
		h.add(p.since, h.admin(amara), store.Event{Action: models.UserLeaving, Target: self, Reason: p.reason, Before: was, After: now})
	case models.Suspended:
		h.add(p.since, h.admin(p.by), store.Event{Action: models.UserSuspend, Target: self, Reason: p.reason, Before: was, After: now})
	case models.Deactivated:
		h.add(p.since, h.admin(p.by), store.Event{Action: models.UserDeactivate, Target: self, Reason: p.reason, Before: was, After: now})
	}
}

// created is the line of a person who came by rule.
func (h *history) created(p *person) store.Event {
	e := store.Event{
		Action: models.UserCreateJIT, Target: h.userRef(p), Object: identityOf(p),
		After: map[string]any{"status": string(models.Active)}, Detail: "rule: domain " + EmailDomain,
	}
	if p.status == models.Invited {
		e.After, e.Detail = map[string]any{"status": string(models.Invited)}, "rule: waits to be let in"
	}
	return e
}

// identityOf names an identity as the log does.
func identityOf(p *person) store.Ref {
	return store.Ref{Kind: models.KindIdentity, Name: SourceNames[p.provider] + ": " + p.subject}
}

func (h *history) signIn(p *person, at time.Time) {
	actor := h.actorOf(p, h.r)
	actor.SessionKey = seed.PublicID(at, h.r)
	h.add(at, actor, signedIn(h.userRef(p), p.provider, actor.SessionKey))
}

// signedIn is the line of a sign-in that opened a session.
func signedIn(target store.Ref, provider, session string) store.Event {
	return store.Event{
		Action: models.SignInDone, Target: target, Object: store.Ref{Kind: models.KindSession, Name: session}, Detail: provider + " user",
	}
}

// access tells how a role came and, if so, how it went.
func (h *history) access(g grant) {
	person, role := h.userRef(g.to), store.Ref{Kind: models.KindRole, ID: h.roles[g.role].ID, Name: h.roles[g.role].Name}
	facts := map[string]any{"source": string(models.SourceDirect), "from": stamp(latest(g.at, g.from)), "until": "no end"}
	if !g.until.IsZero() {
		facts["until"] = stamp(g.until)
	}
	actor := h.admin(g.by)
	if g.claim != "" {
		actor = h.byRule()
		facts["source"], facts["source_ref"] = string(models.SourceClaim), claimRef(g.claim)
	}
	if g.at.After(h.company.opened) {
		h.add(g.at.Add(time.Second), actor, store.Event{Action: models.RoleAssign, Target: person, Object: role, Reason: g.reason, After: facts})
	}
	if !g.removed.IsZero() {
		h.add(g.removed, h.admin(pick(h.r, []string{amara, goran})), store.Event{Action: models.RoleUnassign, Target: person, Object: role, Reason: g.why, Before: facts})
	}
	if g.expired {
		h.add(g.until, h.system(), store.Event{Action: models.RoleExpire, Target: person, Object: role, Before: facts})
	}
}

func claimRef(value string) string { return ProviderKey + "/groups=" + value }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// refusals tells of people who came to a closed door.
func (h *history) refusals() {
	for i, p := range h.company.people {
		if p.status != models.Suspended && p.status != models.Deactivated || p.provider != ProviderKey || i%4 != 0 && p.key == "" {
			continue
		}
		at := latest(p.since, h.company.now.Add(-42*24*time.Hour)).Add(time.Duration(1+h.r.IntN(70)) * time.Hour)
		actor := h.actorOf(p, h.r)
		actor.Kind, actor.UserID, actor.Name, actor.SessionKey = models.ActorAnonymous, 0, "", ""
		h.add(at, actor, store.Event{Action: models.SignInRefused, Result: models.ResultRefused, Target: h.userRef(p),
			Object: identityOf(p), Detail: string(p.status)})
	}
	for i := range 34 { // nobody knows who it was
		at := h.company.now.Add(-time.Duration(2+i*29+h.r.IntN(12)) * time.Hour)
		reason := pick(h.r, []oidc.Reason{oidc.ReasonStateExpired, oidc.ReasonStateExpired, oidc.ReasonStateUnknown, oidc.ReasonAccessDenied, oidc.ReasonSignInRequired})
		actor := models.Actor{Tenant: h.tenant, Kind: models.ActorAnonymous, Via: models.ViaWeb, IP: address(h.r, ""), RequestID: reference(h.r)}
		h.add(at, actor, store.Event{Action: models.SignInRefused, Result: models.ResultRefused, Object: store.Ref{Kind: models.KindProvider, Name: ProviderName}, Detail: string(reason)})
	}
}

// personas were in on every working day, and went out again.
func (h *history) personas() {
	for _, persona := range Personas() {
		p := h.company.parts[persona.Key]
		for back := 1; back < 41; back++ {
			day := h.company.day(-back)
			if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
				continue
			}
			in := day.Add(7*time.Hour + time.Duration(h.r.IntN(7200))*time.Second)
			if !in.Before(p.last) {
				continue
			}
			h.signIn(p, in)
			h.add(in.Add(time.Duration(7*3600+h.r.IntN(7200))*time.Second), h.actorOf(p, h.r), store.Event{Action: models.SignOutDone, Target: h.userRef(p), Detail: p.provider})
		}
	}
}

// text gives fields as the log keeps them.
func text(fields map[string]any) string {
	if len(fields) == 0 {
		return ""
	}
	b, err := json.Marshal(fields)
	if err != nil {
		panic(fmt.Sprintf("demo: fields of an event: %v", err)) // they are texts and numbers of this package
	}
	return string(b)
}

// row gives an entry as it is stored.
func (e entry) row() models.AuditEvent {
	a, v := e.actor, e.event
	if v.Result == "" {
		v.Result = models.ResultDone
	}
	return models.AuditEvent{
		At: models.At(e.at), Action: v.Action, Result: v.Result,
		ActorKind: a.Kind, ActorID: a.UserID, ActorName: a.Name, Via: a.Via, IP: a.IP, RequestID: a.RequestID, SessionKey: a.SessionKey,
		TargetKind: v.Target.Kind, TargetID: v.Target.ID, TargetName: v.Target.Name,
		ObjectKind: v.Object.Kind, ObjectID: v.Object.ID, ObjectName: v.Object.Name,
		Reason: v.Reason, Before: text(v.Before), After: text(v.After), Detail: v.Detail,
	}
}
