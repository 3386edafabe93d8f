package link_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func (h *house) askIdentity(by models.Actor, p person, proof models.LinkProof, subject string) (models.Link, error) {
	return h.link.AskIdentity(h.t.Context(), by, link.IdentityRequest{
		UserPublicID: p.publicID, Provider: "q", Issuer: "https://q", Subject: subject, Proof: proof, Reason: reason,
	})
}

// OIDC-36: an identity binds to exactly one account; linked and unlinked with a
// second admin, and in the log.
func TestSecondAdminLinksAnIdentity(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara, goran := h.as(h.add("Amara", models.RoleAdmin)), h.as(h.add("Goran", models.RoleAdmin))
		elif, jonas := h.add("Elif"), h.add("Jonas")
		row, err := h.askIdentity(amara, elif, models.ProofSecondAdmin, "elif-at-q")
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.askIdentity(goran, jonas, models.ProofSecondAdmin, "elif-at-q")
		wantKind(t, err, errs.Conflict, "already asked")
		_, err = h.link.Approve(t.Context(), amara, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Forbidden, "yourself")
		if _, err := h.link.Approve(t.Context(), goran, row.PublicID, row.PlanHash); err != nil {
			t.Fatal(err)
		}
		got := h.get(elif)
		if len(got.Identities) != 2 || got.Identities[1].LinkedBy != "Amara" || !strings.Contains(got.Identities[1].LinkedHow, "second admin") {
			t.Errorf("identities are %+v", got.Identities)
		}
		_, err = h.askIdentity(amara, jonas, models.ProofSecondAdmin, "elif-at-q")
		wantKind(t, err, errs.Conflict, "already belongs to Elif")
		for _, subject := range []string{"", " ", "a\x00b", "ä", strings.Repeat("x", 256)} {
			if _, err := h.askIdentity(amara, jonas, models.ProofSecondAdmin, subject); !errs.Is(err, errs.Invalid) {
				t.Errorf("subject %q is taken: %v", subject, err)
			}
		}
		if events := h.events(models.IdentityLink); len(events) != 1 || events[0].TargetID != elif.id || events[0].ActorID != goran.UserID {
			t.Errorf("the log tells %+v", events)
		}
		if _, err := h.link.Unlink(t.Context(), goran, link.UnlinkRequest{UserPublicID: elif.publicID, IdentityID: got.Identities[1].ID, Reason: reason}); err != nil {
			t.Fatal(err)
		}
		if n := len(h.links(models.LinkUnlinked)); n != 1 {
			t.Errorf("%d cases are Unlinked, want 1", n)
		}
		if events := h.events(models.IdentityUnlink); len(events) != 1 || events[0].Reason != reason {
			t.Errorf("the log tells %+v", events)
		}
	})
}

func TestUnlinkEndsWhatHungOnIt(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara := h.as(h.add("Amara", models.RoleAdmin))
		elif := h.load(directory.NewRecord{DisplayName: "Elif", Email: "elif@x.example", Owned: true, Identities: []directory.NewIdentity{
			{Provider: "p", Issuer: issuer, Subject: "elif"}, {Provider: "q", Issuer: "https://q", Subject: "elif"},
		}})
		h.give(elif.id, access.LoadRow{RoleKey: models.RoleHelpdesk, Source: models.SourceClaim, SourceRef: "p/groups=desk"})
		h.give(elif.id, access.LoadRow{RoleKey: models.RoleEmployee})
		token := h.signIn(elif, "203.0.113.9")
		first := h.get(elif).Identities[0]
		done, err := h.link.Unlink(t.Context(), amara, link.UnlinkRequest{UserPublicID: elif.publicID, IdentityID: first.ID, Reason: reason})
		if err != nil {
			t.Fatal(err)
		}
		got := h.get(elif)
		if done.Sessions != 1 || len(done.Roles) != 1 || !contains(done.Unlinked.Freed, "email") || got.Sources.Owner("email") != "" {
			t.Errorf("done is %+v, sources %v", done, got.Sources)
		}
		if _, err := h.sessions.Find(t.Context(), token); !errs.Is(err, errs.Unauthorized) {
			t.Errorf("a session of the unlinked identity works: %v", err)
		}
		if h.roles(elif) != models.RoleEmployee || got.Provider != "q" || !got.Identities[0].IsPrimary {
			t.Errorf("roles %s, provider %s, identities %+v", h.roles(elif), got.Provider, got.Identities)
		}
		req := link.UnlinkRequest{UserPublicID: elif.publicID, IdentityID: got.Identities[0].ID, Reason: reason}
		_, err = h.link.Unlink(t.Context(), amara, req)
		wantKind(t, err, errs.Invalid, "only identity of Elif")
		req.Locked = true
		if _, err := h.link.Unlink(t.Context(), amara, req); err != nil {
			t.Fatal(err)
		}
		_, err = h.link.Unlink(t.Context(), amara, req)
		wantKind(t, err, errs.NotFound, "no longer linked")
	})
}

// WEB-17: the last admin keeps a way in, also when it is said otherwise.
func TestLastAdminKeepsAWayIn(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		last := h.add("Last", models.RoleAdmin)
		clerk := h.as(h.add("Clerk"))
		clerk.Can = models.AllPermissions
		req := link.UnlinkRequest{UserPublicID: last.publicID, IdentityID: h.get(last).Identities[0].ID, Locked: true, Reason: reason}
		_, err := h.link.Unlink(t.Context(), clerk, req)
		wantKind(t, err, errs.Conflict, "Nobody could administer")
		_, err = h.link.Unlink(t.Context(), h.as(last), req)
		wantKind(t, err, errs.Forbidden, "yourself")
	})
}

func (h *house) prove(by models.Actor, row models.Link, subject string) error {
	return h.link.Prove(h.t.Context(), by, row.PublicID, directory.NewIdentity{Provider: "q", Issuer: "https://q", Subject: subject, Email: "elif@q.example", EmailVerified: true})
}

func TestPersonProvesAnIdentity(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara := h.as(h.add("Amara", models.RoleAdmin))
		elif, jonas := h.add("Elif"), h.add("Jonas")
		row, err := h.askIdentity(amara, elif, models.ProofSignIn, "")
		if err != nil {
			t.Fatal(err)
		}
		if asked, err := h.link.AskedOf(t.Context(), h.tenant, elif.id); err != nil || len(asked) != 1 {
			t.Fatalf("Elif is asked for %v, %v", asked, err)
		}
		err = h.prove(h.as(jonas), row, "elif-at-q")
		wantKind(t, err, errs.NotFound, "case")
		if err := h.prove(h.as(elif), row, "elif-at-q"); err != nil {
			t.Fatal(err)
		}
		got := h.get(elif).Identities
		if len(got) != 2 || got[1].Subject != "elif-at-q" || !got[1].EmailVerified || !strings.Contains(got[1].LinkedHow, "signing in") {
			t.Errorf("identities are %+v", got)
		}
		err = h.prove(h.as(elif), row, "another")
		wantKind(t, err, errs.Conflict, "Nobody waits")
	})
}

// Who proves an identity of another record does not get it: the two records are
// suggested to the admins, strongly.
func TestProofWithSomebodyElsesIdentity(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara := h.as(h.add("Amara", models.RoleAdmin))
		elif := h.add("Elif")
		other := h.load(directory.NewRecord{DisplayName: "E. Kaya", Identities: []directory.NewIdentity{{Provider: "q", Issuer: "https://q", Subject: "kaya"}}})
		row, err := h.askIdentity(amara, elif, models.ProofSignIn, "")
		if err != nil {
			t.Fatal(err)
		}
		err = h.prove(h.as(elif), row, "kaya")
		wantKind(t, err, errs.Conflict, "already belongs to E. Kaya")
		if n := len(h.get(other).Identities); n != 1 {
			t.Errorf("the other record has %d identities", n)
		}
		got := h.suggestions()
		if len(got) != 1 || !strings.Contains(got[0], "Strong: the person signed in with both") {
			t.Errorf("suggested is %v", got)
		}
		h.check() // a pass does not take back what people proved
		if len(h.suggestions()) != 1 {
			t.Error("the pass withdrew it")
		}
	})
}

func TestPersonProvesAMerge(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara := h.as(h.add("Amara", models.RoleAdmin))
		stay := h.add("Stay")
		gone := h.load(directory.NewRecord{DisplayName: "Gone", Identities: []directory.NewIdentity{{Provider: "q", Issuer: "https://q", Subject: "gone"}}})
		third := h.load(directory.NewRecord{DisplayName: "Third", Identities: []directory.NewIdentity{{Provider: "q", Issuer: "https://q", Subject: "third"}}})
		d := h.prepare(amara, stay, gone, nil)
		row, err := h.link.Ask(t.Context(), amara, link.Request{Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSignIn, Reason: reason})
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.link.Approve(t.Context(), amara, row.PublicID, row.PlanHash)
		wantKind(t, err, errs.Conflict, "Nobody can approve in their place")
		for subject, words := range map[string]string{"third": "another record", "stranger": "nobody here"} {
			err := h.prove(h.as(stay), row, subject)
			wantKind(t, err, errs.Conflict, words)
		}
		err = h.link.Prove(t.Context(), h.as(stay), row.PublicID, directory.NewIdentity{Provider: "p", Issuer: issuer, Subject: "stay"})
		wantKind(t, err, errs.Conflict, "same record twice")
		if h.get(third).Status != models.Active || h.get(gone).Status != models.Active {
			t.Fatal("a refused proof merged something")
		}
		if err := h.prove(h.as(stay), row, "gone"); err != nil {
			t.Fatal(err)
		}
		if h.get(gone).Status != models.Removed || len(h.get(stay).Identities) != 2 {
			t.Error("the proved merge did not happen")
		}
	})
}

// The same identity from two browsers on two replicas: one link.
func TestSameIdentityTwice(t *testing.T) {
	each(t, func(t *testing.T, h *house, db *dbtest.DB) {
		there := build(t, db, db.Replica(t))
		amara := h.as(h.add("Amara", models.RoleAdmin))
		elif, jonas := h.add("Elif"), h.add("Jonas")
		first, err := h.askIdentity(amara, elif, models.ProofSignIn, "")
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.askIdentity(amara, jonas, models.ProofSignIn, "")
		if err != nil {
			t.Fatal(err)
		}
		actors := [2]models.Actor{h.as(elif), h.as(jonas)}
		var failed [2]error
		var wg sync.WaitGroup
		wg.Go(func() { failed[0] = h.prove(actors[0], first, "shared") })
		wg.Go(func() {
			failed[1] = there.prove(actors[1], second, "shared")
		})
		wg.Wait()
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Fatalf("linking one identity twice at once: %v and %v, want exactly one to win", failed[0], failed[1])
		}
		n, err := h.db.Read(h.tenant).Select((*models.Identity)(nil)).Where("i.subject = 'shared'").Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("the identity stands %d times, %v", n, err)
		}
	})
}

// An identity at the door with a known address is suggested once, and links nothing.
func TestNewcomerIsSuggested(t *testing.T) {
	each(t, func(t *testing.T, h *house, _ *dbtest.DB) {
		amara := h.as(h.add("Amara", models.RoleAdmin))
		elif := h.add("Elif")
		suggest := func() {
			h.change(func(ctx context.Context, tx *store.Tx) error {
				known, err := h.people.LockByID(ctx, tx, elif.id)
				if err != nil {
					return err
				}
				return h.link.SuggestNewcomer(ctx, tx, known, directory.NewIdentity{Provider: "q", Issuer: "https://q", Subject: "x"}, false)
			})
		}
		suggest()
		suggest()
		cases := h.links(models.LinkSuggested)
		if len(cases) != 1 || cases[0].Kind != models.LinkIdentity || cases[0].Strength != models.LinkPossible || !cases[0].Facts.Only() || len(h.get(elif).Identities) != 1 {
			t.Fatalf("suggested are %+v", cases)
		}
		if _, err := h.askIdentity(amara, elif, models.ProofSecondAdmin, "x"); err != nil {
			t.Fatal(err)
		}
		if got := h.links(models.LinkProofAsked); len(got) != 1 || got[0].PublicID != cases[0].PublicID {
			t.Errorf("asking about a suggestion made another case: %+v", got)
		}
	})
}
