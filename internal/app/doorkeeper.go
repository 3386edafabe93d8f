package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// doorkeeper tells the pages who is calling.
type doorkeeper struct {
	log      *slog.Logger
	store    *store.Store
	sessions *session.Manager
	access   *access.Engine
	people   *directory.Engine
	names    func(key string) string // of a provider
	flow     *signin.Flow

	attention, reports, drift, severe, linked *memory
	drifting, urgent                          func(ctx context.Context, tenant int64) (int, error)

	links *link.Engine

	approvals *memory
	waiting   func(ctx context.Context, actor models.Actor) (int, error) // requests that wait for the actor
}

// Caller finds the session and what its person may do now: one query for the
// session, and none for the permissions unless they changed.
func (d *doorkeeper) Caller(r *http.Request, unattended bool) (web.Caller, error) {
	ctx := r.Context()
	if unattended {
		ctx = session.Unattended(ctx)
	}
	live, err := d.sessions.Find(ctx, d.sessions.Token(r))
	if errs.Is(err, errs.Unauthorized) {
		return web.Caller{}, nil
	}
	if err != nil {
		return web.Caller{}, err
	}
	grant, err := d.access.Can(r.Context(), access.Ask{
		Tenant: live.Tenant.ID, UserID: live.UserID, Epoch: live.AccessEpoch, Version: live.Tenant.AccessVersion, Now: d.store.Now(),
	})
	if err != nil {
		return web.Caller{}, err
	}
	return web.Caller{
		Actor: live.Actor(grant.Mask, "", ""), UserID: live.UserID, PublicID: live.UserPublicID,
		SessionID: live.PublicID, ProviderName: d.names(live.Provider),
		ElevatedUntil: live.ElevatedUntil.Time(), ProvedAt: live.AuthTime.Time(), Methods: live.Methods,
	}, nil
}

// lapsed gives who held a session that ran out by itself. When it cannot be found
// out, nobody did.
func (d *doorkeeper) lapsed(r *http.Request) (web.Caller, bool) {
	live, found, err := d.sessions.Lapsed(r.Context(), d.sessions.Token(r))
	if err != nil || !found {
		return web.Caller{}, false
	}
	return web.Caller{Actor: live.Actor(0, "", ""), UserID: live.UserID, PublicID: live.UserPublicID, SessionID: live.PublicID}, true
}

// Refused writes a refusal into the audit log; when that fails the caller is
// still refused, and the process log says so.
func (d *doorkeeper) Refused(ctx context.Context, caller web.Caller, method, path string, lacks []string) {
	err := d.store.Change(ctx, caller.Actor, func(ctx context.Context, tx *store.Tx) error {
		return tx.Record(ctx, store.Event{
			Action: models.AccessRefused, Result: models.ResultRefused,
			Target: store.Ref{Kind: models.KindUser, ID: caller.UserID, Name: caller.Actor.Name},
			Detail: method + " " + path + " needs " + strings.Join(lacks, " or "),
		})
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		d.log.Error("a refusal could not be recorded", "route", path, "error", err.Error())
	}
}

// Waiting counts what the sidebar must know. It answers from a short memory and
// leaves a count out when the database does not answer.
func (d *doorkeeper) Waiting(ctx context.Context, caller web.Caller) map[string]int {
	counts := map[string]int{}
	tenant := caller.Actor.Tenant
	if caller.Actor.Can.Has(models.AttentionRead) {
		counts["attention"] = d.attention.of(tenant, func() (int, error) {
			a, err := d.people.Attention(ctx, tenant)
			return a.LeavingPassed.Total + a.Pending.Total, err
		})
	}
	if caller.Actor.Can.Has(models.SyncRead) {
		counts["drift"] = d.drift.of(tenant, func() (int, error) { return d.drifting(ctx, tenant) })
		if caller.Actor.Can.Has(models.AttentionRead) { // the helpdesk is not shown these
			counts["attention"] += d.severe.of(tenant, func() (int, error) { return d.urgent(ctx, tenant) })
		}
	}
	if caller.Actor.Can.Has(models.TeamRead) {
		counts["reports"] = d.reports.of(caller.UserID, func() (int, error) {
			page, err := d.people.Reports(ctx, tenant, caller.UserID, directory.Query{Limit: 25})
			return len(page.Rows), err
		})
	}
	if caller.Actor.Can.Has(models.LinksEdit) {
		counts["links"] = d.linked.of(caller.UserID, func() (int, error) {
			w, err := d.links.Waiting(ctx, caller.Actor)
			return len(w.Approvals), err
		})
	}
	if caller.Actor.Can.Has(models.OperationsApprove) {
		counts["approvals"] = d.approvals.of(caller.UserID, func() (int, error) { return d.waiting(ctx, caller.Actor) })
	}
	return counts
}

// Notices names the providers that do not answer, and since when.
func (d *doorkeeper) Notices(context.Context, web.Caller) []web.Notice {
	var out []web.Notice
	for _, one := range d.flow.Choices() {
		if one.OK {
			continue
		}
		text := one.Sentence
		if !one.Since.IsZero() {
			text += " Since " + one.Since.UTC().Format("15:04") + " UTC."
		}
		out = append(out, web.Notice{Text: text + " Who is signed in stays signed in; stored data is shown as it was."})
	}
	return out
}
