package prove_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/bench/prove/keeper"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// Without settings it is a test like any other: a few people, nothing measured.
const (
	few      = 3
	singles  = 1
	measured = 10 // people cut off one by one where it measures
)

// TestProve shows that disabled means out. scripts/prove runs it for many people:
// PROVE_PEOPLE is how many, DB the database, PROVE_OUT the folder for the certificate.
func TestProve(t *testing.T) {
	t.Parallel()
	n, one := few, singles
	if text := os.Getenv("PROVE_PEOPLE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 {
			t.Fatalf("PROVE_PEOPLE=%s is no number of people", text)
		}
		one = measured
	}
	dialect := store.Dialect(os.Getenv("DB"))
	if dialect == "" {
		dialect = store.SQLite
	}
	w := newWorld(t, dialect, nil)
	people := w.people(map[string]int{"leaver": n, "single": one, "plain": n})
	leavers, alone, plain := people["leaver"], people["single"], people["plain"]
	w.sync(leavers, alone)
	w.signInEverywhere(leavers, true)
	w.signInEverywhere(alone, true)
	w.control(leavers, alone)

	var took []float64
	var said []claims
	for _, p := range alone {
		_, click := w.cutOff([]person{p})
		c := w.claimed([]person{p}, false)
		took = append(took, c[0].ended.Sub(click).Seconds())
		said = append(said, c...)
		w.trace(c[0], click)
	}
	fmt.Printf("prove one-by-one people=%d time_to_out_p50=%.2f p95=%.2f\n", one, percentile(took, 0.5), percentile(took, 0.95))

	op, click := w.cutOff(leavers)
	of := w.claimed(leavers, false)
	op = w.get(op, func(op models.Operation) bool { return op.FinishedAt != 0 })
	said = append(said, of...)
	took = nil
	end := click
	for _, c := range of {
		w.trace(c, click)
		took = append(took, c.ended.Sub(click).Seconds())
		if c.ended.After(end) {
			end = c.ended
		}
	}
	if op.State != models.OperationDone {
		t.Errorf("%s is %s: %s", op.Code(), op.State, op.Sentence)
	}
	w.certify(op)

	wrong := w.judge(append(leavers, alone...), said)
	var counted tally
	for _, c := range of {
		w.applications(c)
		w.blind(c)
		for _, s := range c.steps {
			counted.add(s)
		}
	}
	w.heard(leavers)
	ours := float64(n) / end.Sub(click).Seconds()
	bare, calls := w.bare(plain)
	fmt.Printf("prove people=%d probes=%d confirmed=%d false_green=%d time_to_out_p50=%.2f p95=%.2f rate_ratio=%.2f\n",
		n, counted.probes, counted.confirmed, len(wrong), percentile(took, 0.5), percentile(took, 0.95), ours/bare)
	fmt.Printf("prove detail cannot_see=%d tokens=%d rate=%.2f bare=%.2f calls=%.1f db=%s\n", counted.blind, w.keeper.Count(), ours, bare, calls, dialect)
	if counted.blind < n || counted.confirmed == 0 {
		t.Errorf("%d probes that cannot see, %d confirmed: want at least %d of each", counted.blind, counted.confirmed, n)
	}
}

// control holds that everything the keeper has is alive, seen by who may see it,
// and by no one else: without it nothing afterwards would be proven.
func (w *world) control(groups ...[]person) {
	w.t.Helper()
	sights, err := w.keeper.Try(w.ctx, atOnce)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range sights {
		if !s.Alive {
			w.t.Fatalf("before anything was done: the %s token of %s at %s is dead by %s", s.Kind, s.Person, s.App.ID, s.How)
		}
	}
	alive, of, err := w.keeper.Outside(w.ctx, atOnce)
	if err != nil || alive != 0 || of == 0 {
		w.t.Fatalf("the client outside of the audience is shown %d of %d living tokens: %v", alive, of, err)
	}
	for _, people := range groups {
		for _, p := range people {
			s, err := w.keeper.Stands(w.ctx, p.account, w.keys)
			if err != nil || !s.Enabled || s.Sessions < len(w.apps)+1 || s.Offline != len(w.apps) {
				w.t.Fatalf("before anything was done %s stands at %+v: %v", p.username, s, err)
			}
		}
	}
}

// judge has the keeper look, switch every account on again, and look once more. It
// fails the test for what is alive.
func (w *world) judge(people []person, said []claims) []string {
	w.t.Helper()
	alive := w.look(people, false)
	wrong := falseGreen(said, alive)
	err := keeper.Each(w.ctx, people, atOnce, func(ctx context.Context, p person) error { return w.keeper.LetIn(ctx, p.account) })
	if err != nil {
		w.t.Fatal(err)
	}
	again := w.look(people, true)
	wrong = append(wrong, falseGreen(said, again)...)
	for when, found := range map[string]map[string]found{"after the run": alive, "let in again": again} {
		for who, what := range found {
			w.t.Errorf("%s, alive of %s: %v", when, who, what)
		}
	}
	for _, c := range said {
		for _, kind := range []string{offboard.StepRevokeHeld, offboard.StepDisable, offboard.StepEndSessions} {
			if got := c.says(kind); got != models.OutcomeConfirmed {
				w.t.Errorf("%s: %s is %s", c.username, kind, got)
			}
		}
	}
	return wrong
}

// heard holds that the one application with a living address was told of everybody.
func (w *world) heard(people []person) {
	w.t.Helper()
	heard, wrong := w.ear.Heard()
	for _, p := range people {
		if heard[p.account] == 0 {
			w.t.Errorf("%s was not told of %s", hears, p.username)
		}
	}
	if len(wrong) > 0 {
		w.t.Errorf("logout tokens that do not hold: %v", wrong)
	}
}

// certify issues the certificate, checks it as anybody can, and leaves it where it
// was asked for.
func (w *world) certify(op models.Operation) {
	w.t.Helper()
	issued, err := w.app.Certify.Issue(w.ctx, w.amara, op.PublicID)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.app.Certify.Get(w.ctx, w.amara, op.PublicID, "", issued.PublicID)
	if err != nil {
		w.t.Fatal(err)
	}
	var file bytes.Buffer
	if err := w.app.Certify.WriteFile(w.ctx, &file, &c); err != nil {
		w.t.Fatal(err)
	}
	report, err := certificate.Check(bytes.NewReader(file.Bytes()), nil)
	if err != nil || !report.Fits() {
		w.t.Fatalf("the certificate does not fit: %+v, %v", report, err)
	}
	out := os.Getenv("PROVE_OUT")
	if out == "" {
		return
	}
	keys, err := w.app.Certify.Keys(w.ctx, w.app.Tenant.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	published, err := json.Marshal(keys)
	if err != nil {
		w.t.Fatal(err)
	}
	for name, text := range map[string][]byte{"certificate.json": file.Bytes(), "certificate-keys.json": published} {
		if err := os.WriteFile(filepath.Join(out, name), text, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

// bare has the plain client cut its own people off, in the same realm and as many
// at once, and gives people a second and calls for each.
func (w *world) bare(people []person) (rate, calls float64) {
	w.t.Helper()
	w.signInEverywhere(people, false)
	var made atomic.Int64
	began := time.Now()
	err := keeper.Each(w.ctx, people, atOnce, func(ctx context.Context, p person) error {
		n, err := w.plain.CutOff(ctx, p.account, p.console)
		made.Add(int64(n))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return float64(len(people)) / time.Since(began).Seconds(), float64(made.Load()) / float64(len(people))
}
