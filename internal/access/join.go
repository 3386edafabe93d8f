package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Offer is an assignment of the record that goes, seen from the person who
// stays when two records become one.
type Offer struct {
	Assignment  models.Assignment
	Role        RoleRef
	Sentence    string
	Application string
	Privileged  bool   // itself or by a contained role
	State       State  // Now or Future
	Widens      bool   // the person who stays would hold it longer than now, or for the first time
	SameID      int64  // the assignment of who stays that stands in its place; 0: none
	HeldBy      string // by which path who stays holds it already; "": does not
	Refusal     string // why the actor may not give it; "": may
}

// Claim gives the provider's claim behind the offer; false when a person is.
func (o Offer) Claim() (ClaimSource, bool) {
	if o.Assignment.Source != models.SourceClaim {
		return ClaimSource{}, false
	}
	return parseClaim(o.Assignment.SourceRef), true
}

// Offers lists what the record that goes holds or will hold, for somebody who
// may do can. What ended is left out.
func (e *Engine) Offers(ctx context.Context, r store.Reader, can models.Permission, stayID, goID int64) ([]Offer, error) {
	return offers(ctx, r, joining{stay: stayID, gone: goID, can: can, now: e.db.Now()})
}

// joining is two records about to be one, and for whom.
type joining struct {
	stay, gone int64
	can        models.Permission
	now        models.Instant
}

func offers(ctx context.Context, r store.Reader, j joining) ([]Offer, error) {
	theirs, err := selectAssignments(ctx, r, j.gone)
	if err != nil {
		return nil, err
	}
	own, err := selectAssignments(ctx, r, j.stay)
	if err != nil {
		return nil, err
	}
	theirs = slices.DeleteFunc(theirs, func(a models.Assignment) bool { return StateAt(a, j.now) == Expired })
	facts, g, err := factsOfAll(ctx, r, rolesIn(slices.Concat(theirs, own)))
	if err != nil {
		return nil, err
	}
	held := g.paths(own, j.now)
	all := make([]Offer, 0, len(theirs))
	for _, a := range theirs {
		node := g.nodes[a.RoleID]
		o := Offer{
			Assignment: a, Role: node.ref(), Sentence: node.Sentence, Application: node.Application,
			Privileged: facts[a.RoleID].privileged, State: StateAt(a, j.now), Widens: true,
		}
		if refusal, ok := errs.As(facts[a.RoleID].refuse(j.can)); ok {
			o.Refusal = refusal.Safe
		}
		o.compare(held[a.RoleID], own, j.now)
		all = append(all, o)
	}
	slices.SortStableFunc(all, func(a, b Offer) int { return byPrivilege(a.Role, b.Role) })
	return all, nil
}

// compare finds out what who stays has of it already.
func (o *Offer) compare(list *pathList, own []models.Assignment, now models.Instant) {
	begins := max(o.Assignment.FromAt, now)
	if list != nil {
		for _, p := range list.paths {
			if p.State != Expired && p.From <= begins && p.Until >= o.Assignment.UntilAt {
				o.Widens, o.HeldBy = false, p.Why()
				break
			}
		}
	}
	for _, a := range own {
		if a.RoleID == o.Assignment.RoleID && a.Source == o.Assignment.Source && a.SourceRef == o.Assignment.SourceRef {
			o.SameID = a.ID
		}
	}
}

// factsOfAll gives what each role means to the question who may give it, with
// the graph of all of them.
func factsOfAll(ctx context.Context, r store.Reader, roles []int64) (map[int64]roleFacts, graph, error) {
	g, err := loadGraph(ctx, r, roles)
	if err != nil || len(g.nodes) == 0 {
		return map[int64]roleFacts{}, g, err
	}
	rows, err := selectHeldPermissions(ctx, r, g.ids(), maxEdges)
	if err != nil {
		return nil, g, err
	}
	if len(rows) == maxEdges {
		return nil, g, tooMany("permissions")
	}
	own := make(map[int64]models.Permission)
	for _, row := range rows {
		if row.Application == models.ConsoleApplication {
			own[row.RoleID] |= maskOf([]string{row.Code})
		}
	}
	all := make(map[int64]roleFacts, len(roles))
	for _, id := range roles {
		f := roleFacts{role: models.Role{ID: id, Key: g.nodes[id].Code, Name: g.nodes[id].Name}}
		for reached := range g.reach(id) {
			f.mask |= own[reached]
			f.privileged = f.privileged || g.nodes[reached].Privileged
		}
		all[id] = f
	}
	return all, g, nil
}

// MaskIn gives what a person may do in the console at the transaction's moment.
func (e *Engine) MaskIn(ctx context.Context, tx *store.Tx, userID int64) (models.Permission, error) {
	rows, err := selectGrants(ctx, tx.Reader, userID)
	if err != nil {
		return 0, err
	}
	var roles []int64
	for _, row := range rows {
		if row.FromAt <= tx.Now && tx.Now < row.UntilAt {
			roles = append(roles, row.RoleID)
		}
	}
	if len(roles) == 0 {
		return 0, nil
	}
	mask, _, err := selectFacts(ctx, tx.Reader, roles)
	return mask, err
}

// Guarded runs a change of who is who in the middle of a transaction and
// refuses it when it took the last admin away. The tenant's row is held until
// the transaction ends.
func (e *Engine) Guarded(ctx context.Context, tx *store.Tx, fn func() error) error {
	if err := tx.LockTenant(ctx); err != nil {
		return err
	}
	before, err := adminsLeft(ctx, tx, without{})
	if err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return guardEdit(ctx, tx, before)
}
