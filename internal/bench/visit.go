package bench

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// visitors is how many people call pages at once.
const visitors = 8

// agent marks the sessions of a run.
const agent = "rollcall-bench"

// perChunk is how many ids stand in one statement.
const perChunk = 500

func chunks(people []user) iter.Seq[[]int64] {
	return func(yield func([]int64) bool) {
		for chunk := range slices.Chunk(people, perChunk) {
			ids := make([]int64, len(chunk))
			for i, u := range chunk {
				ids[i] = u.id
			}
			if !yield(ids) {
				return
			}
		}
	}
}

// signIn gives everybody who is called, opened or cut off a session, and the
// callers of pages the role they need. It gives the cookies of the callers.
func (b *bench) signIn(ctx context.Context) ([]*http.Cookie, error) {
	s := b.samples
	held, err := b.app.Access.RolesOf(ctx, b.tenant, idsOf(s.admins))
	if err != nil {
		return nil, err
	}
	var rows []access.LoadRow
	for _, u := range s.admins {
		if !slices.ContainsFunc(held[u.id], func(r access.RoleRef) bool { return r.Key == models.RoleAdmin }) {
			rows = append(rows, access.LoadRow{UserID: u.id, RoleKey: models.RoleAdmin, Reason: reason, GrantedBy: "Bench"})
		}
	}
	if _, err := b.app.Access.Load(ctx, b.actor, rows); err != nil {
		return nil, err
	}
	tokens, err := b.begin(ctx, s.admins)
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(slices.Concat(s.toCutOff, s.people[:min(len(s.people), perChunk)]), perChunk) {
		if _, err := b.begin(ctx, chunk); err != nil {
			return nil, err
		}
	}
	rec := httptest.NewRecorder()
	for _, token := range tokens {
		b.app.Sessions.SetCookie(rec, token)
	}
	return rec.Result().Cookies(), nil
}

func idsOf(people []user) []int64 {
	var all []int64
	for ids := range chunks(people) {
		all = append(all, ids...)
	}
	return all
}

// begin opens a session for each of some people, in one transaction.
func (b *bench) begin(ctx context.Context, people []user) ([]string, error) {
	var tokens []string
	err := b.app.Store.Change(ctx, b.actor, func(ctx context.Context, tx *store.Tx) error {
		tokens = nil
		for _, u := range people {
			begun, err := b.app.Sessions.Begin(ctx, tx, session.Start{
				UserID: u.id, UserName: u.given, Provider: "bench", Issuer: "https://id.example", Subject: u.publicID, IP: "127.0.0.1", UserAgent: agent,
			})
			if err != nil {
				return err
			}
			tokens = append(tokens, begun.Token)
		}
		return tx.Record(ctx, store.Event{
			Action: models.SignInDone, Target: store.Ref{Kind: models.KindTenant, ID: b.tenant, Name: "Bench"},
			Detail: fmt.Sprintf("%d sessions to measure with", len(people)),
		})
	})
	return tokens, err
}
