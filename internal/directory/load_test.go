package directory_test

import (
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		define(t, db, e, directory.Definition{Key: "site", Label: "Site", Kind: models.AttributeText})
		before := countEvents(t, db)
		loaded := load(t, db, e,
			directory.NewRecord{PublicID: "boss", DisplayName: "Boss", Department: "Finance"},
			directory.NewRecord{
				PublicID: "amara", DisplayName: "Amara\x00 Okafor", Email: "Amara@x.example", Department: "Finance", Manager: "boss", Owned: true,
				Status: models.Leaving, LeavingAt: start.Add(day), CreatedAt: start.Add(-day), LastSignInAt: start.Add(-1), StatusReason: "moves away",
				Identities: []directory.NewIdentity{
					{Provider: "keycloak", Issuer: issuer, Subject: "s1"}, {Provider: "entra", Issuer: issuer + "/2", Subject: "s1"},
				},
				Attributes: map[string]string{"site": "Oslo", "empty": ""},
			},
			directory.NewRecord{DisplayName: "Below", Manager: "amara"},
		)
		if n := countEvents(t, db) - before; n != 3 { // a chunk ends where a manager is in it
			t.Errorf("%d events for 3 chunks", n)
		}
		if ev := lastEvent(t, db, models.Seeded); ev.TargetKind != models.KindTenant || ev.TargetName != "Northwind Group" || object(t, ev.After)["people"] != 1.0 {
			t.Errorf("event %+v", ev)
		}
		p, err := e.Get(t.Context(), db.Tenant, "amara")
		if err != nil || p.ID != loaded[1].ID || loaded[1].PublicID != "amara" {
			t.Fatalf("Get = %d, %v; loaded %+v", p.ID, err, loaded)
		}
		if p.DisplayName != "Amara Okafor" || p.Manager.Name != "Boss" || p.Department != "Finance" || p.Status != models.Leaving ||
			p.StatusSince != start.Add(-day) || p.CreatedAt != start.Add(-day) || p.Provider != "keycloak" || p.Sources.Owner("email") != "keycloak" {
			t.Errorf("person %+v", p)
		}
		if len(p.Identities) != 2 || !p.Identities[0].IsPrimary || p.Identities[1].IsPrimary || p.Attributes[0].Value.Own() != "Oslo" {
			t.Errorf("identities %+v, attributes %+v", p.Identities, p.Attributes)
		}
		if got := search(t, db, e, "okafor"); len(got) != 1 {
			t.Errorf("found %q", got)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		id := directory.NewIdentity{Provider: "keycloak", Issuer: issuer, Subject: "s1"}
		load(t, db, e, directory.NewRecord{PublicID: "amara", DisplayName: "Amara", Identities: []directory.NewIdentity{id}})
		for name, c := range map[string]struct {
			record directory.NewRecord
			kind   errs.Kind
		}{
			"manager comes later": {directory.NewRecord{DisplayName: "A", Manager: "nobody"}, errs.Invalid},
			"same public id":      {directory.NewRecord{PublicID: "amara", DisplayName: "A"}, errs.Conflict},
			"same identity":       {directory.NewRecord{DisplayName: "A", Identities: []directory.NewIdentity{id}}, errs.Conflict},
		} {
			done, err := e.Load(t.Context(), db.Actor(), []directory.NewRecord{{DisplayName: "Fine"}, c.record})
			if !errs.Is(err, c.kind) || len(done) != 0 {
				t.Errorf("%s: %v, %d done; want %s", name, err, len(done), c.kind)
			}
		}
		if n, err := e.CountExactly(t.Context(), db.Tenant, directory.Query{}); err != nil || n != 1 {
			t.Errorf("%d people after refused chunks, %v", n, err)
		}
		if _, err := e.Load(t.Context(), actor(db.Tenant, 1, models.UsersCreate), many(1)); !errs.Is(err, errs.Forbidden) {
			t.Errorf("loaded without the permission: %v", err)
		}
	})
}

// Above its cap a count says so, and counting exactly still does.
func TestCountCap(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := directory.New(db.Store)
	load(t, db, e, many(directory.CountCap+7)...)
	for name, q := range map[string]directory.Query{"all": {}, "word": {Text: "person"}, "status": {Statuses: []models.Status{models.Active}}} {
		n, capped, err := e.Count(t.Context(), db.Tenant, q)
		if err != nil || n != directory.CountCap || !capped {
			t.Errorf("%s: Count = %d, %v, %v", name, n, capped, err)
		}
		if n, err := e.CountExactly(t.Context(), db.Tenant, q); err != nil || n != directory.CountCap+7 {
			t.Errorf("%s: CountExactly = %d, %v", name, n, err)
		}
	}
	facets, err := e.Facets(t.Context(), db.Tenant, directory.Query{}, directory.FacetStatus)
	if err != nil || len(facets) != 1 || !facets[0].Capped || facets[0].Count == 0 || facets[0].Label != "Active" {
		t.Errorf("facets %+v, %v", facets, err)
	}
}
