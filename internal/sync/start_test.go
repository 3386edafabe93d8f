package sync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

func TestStart(t *testing.T) {
	each(t, func(w *world) {
		c := w.connect("keycloak", nil, connector.Mapping{}, connector.Schedule{})
		ctx := w.t.Context()
		run, err := w.engine.Start(ctx, w.Actor(), c.PublicID, models.RunFull)
		if err != nil || run.State != models.RunWaiting {
			w.t.Fatalf("%+v, %v", run, err)
		}
		if _, err := w.engine.Start(ctx, w.Actor(), c.PublicID, models.RunFull); !errs.Is(err, errs.Conflict) {
			w.t.Errorf("a second one: %v", err)
		}
		if _, err := w.engine.Start(ctx, w.Actor(), c.PublicID, models.RunEvents); !errs.Is(err, errs.Invalid) {
			w.t.Errorf("of another kind: %v", err)
		}
		if _, err := w.engine.Start(ctx, models.Actor{Tenant: w.Tenant, Kind: models.ActorUser, Name: "Nobody"}, c.PublicID, models.RunDry); !errs.Is(err, errs.Forbidden) {
			w.t.Errorf("without permission: %v", err)
		}
		other := w.Actor()
		other.Tenant++
		if _, err := w.engine.Start(ctx, other, c.PublicID, models.RunDry); !errs.Is(err, errs.NotFound) {
			w.t.Errorf("of another tenant: %v", err)
		}
		page, err := w.engine.Runs(ctx, w.Tenant, sync.RunQuery{Connector: c.PublicID})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Connector.Name != "Keycloak" || page.Next != "" {
			w.t.Errorf("%+v, %v", page, err)
		}
		if _, err := w.engine.Runs(ctx, w.Tenant, sync.RunQuery{Cursor: "0.01"}); !errs.Is(err, errs.Invalid) {
			w.t.Errorf("bad cursor: %v", err)
		}
		views, err := w.engine.Sources(ctx, w.Tenant)
		if err != nil || len(views) != 1 || views[0].Current == nil || views[0].Current.PublicID != run.PublicID || !views[0].AtSignIn {
			w.t.Errorf("%+v, %v", views, err)
		}
		if w.events(models.SyncStart) != 1 {
			w.t.Error("the start is not recorded")
		}
	})
}

func TestPause(t *testing.T) {
	each(t, func(w *world) {
		c := w.connect("keycloak", nil, connector.Mapping{}, connector.Schedule{Every: time.Minute})
		ctx := w.t.Context()
		if err := w.engine.Pause(ctx, w.Actor(), c.PublicID, "short"); !errs.Is(err, errs.Invalid) {
			w.t.Errorf("without a reason: %v", err)
		}
		if err := w.engine.Pause(ctx, w.Actor(), c.PublicID, reason); err != nil {
			w.t.Fatal(err)
		}
		if err := w.engine.Pause(ctx, w.Actor(), c.PublicID, reason); !errs.Is(err, errs.Conflict) {
			w.t.Errorf("twice: %v", err)
		}
		views, err := w.engine.Sources(ctx, w.Tenant)
		if err != nil || views[0].NotReading != "Paused by Test." || views[0].NextRun != 0 {
			w.t.Errorf("%+v, %v", views, err)
		}
		_, err = w.engine.Start(ctx, w.Actor(), c.PublicID, models.RunFull)
		if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "Paused by Test.") {
			w.t.Errorf("a run of a paused source: %v", err)
		}
		if err := w.engine.Unpause(ctx, w.Actor(), c.PublicID, reason); err != nil {
			w.t.Fatal(err)
		}
		if views, err = w.engine.Sources(ctx, w.Tenant); err != nil || views[0].NotReading != "" || !views[0].NextFull || views[0].NextRun == 0 {
			w.t.Errorf("%+v, %v", views, err)
		}
	})
}
