package certify_test

import (
	"bytes"
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/reseal"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// What was done is in the certificate, it passes the check that anybody can make,
// and the log says who issued it.
func TestIssue(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(150)
		c := h.issue()
		r := h.check(h.file("", ""))
		if !r.Fits() || !r.Trusted {
			t.Fatalf("%q", r.Problems)
		}
		want := certificate.Totals{People: 150, Included: 149, Steps: 447, Probes: 894, Proven: 447, Sessions: 149, LongestToOut: 541}
		got := r.Totals
		if got.People != want.People || got.Included != want.Included || got.Steps != want.Steps || got.Probes != want.Probes || got.Proven != want.Proven ||
			got.Sessions != want.Sessions || got.LongestToOut != want.LongestToOut || got.LeftOut["by-hand"] != 1 || got.Applications["never-told"] != 149 {
			t.Errorf("totals = %+v, want %+v", got, want)
		}
		head := r.Head
		if head.Operation.Code != "DEA-118" || head.Trigger.By.ID != h.people[0].PublicID || len(head.Decisions) != 2 || head.Decisions[1].SignInAge != 60 ||
			!head.Decisions[1].SecondApprover || head.Decisions[0].SecondApprover || len(head.Events) != 2 || head.Product.Version != "1.2.3" {
			t.Errorf("head = %+v", head)
		}
		if r.Digest != c.Digest || c.CreatedBy != h.actor.Name {
			t.Errorf("certificate = %+v, digest of the file %s", c, r.Digest)
		}
		events := h.events(models.CertificateIssue)
		if len(events) != 1 || events[0].TargetID != h.op.ID || events[0].ActorID != h.actor.UserID || !strings.Contains(events[0].After, c.Digest) {
			t.Errorf("events = %+v", events)
		}
		if made := h.events(models.CertificateKey); len(made) != 1 || !strings.Contains(made[0].After, c.KeyHash) || strings.Contains(made[0].After, "PRIVATE") {
			t.Errorf("events of keys = %+v", made)
		}
	})
}

// Each person has what was recorded about them, and nothing of others.
func TestPeople(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(3)
		h.issue()
		c, err := h.certify.Get(t.Context(), h.actor, h.op.PublicID, "", "")
		if err != nil {
			t.Fatal(err)
		}
		people, err := h.certify.People(t.Context(), &c, 10)
		if err != nil || len(people) != 3 {
			t.Fatalf("%d people, %v", len(people), err)
		}
		if left := people[0]; left.Included || left.LeftOutReason != "Left out by hand" || len(left.Steps) != 0 || left.State != "" {
			t.Errorf("left out: %+v", left)
		}
		p := people[1]
		if p.ID != h.people[3].PublicID || p.State != "out" || *p.SecondsToOut != 541 || len(p.Events) != 1 || p.Events[0].Action != "user.deactivate" || len(p.Steps) != 3 {
			t.Errorf("person: %+v", p)
		}
		for i, s := range p.Steps {
			if len(s.Probes) != 2 || !*s.Probes[0].Alive || *s.Probes[1].Alive || len(s.Events) != 1 || s.System != "Keycloak" {
				t.Errorf("step %d: %+v", i+1, s)
			}
		}
		if apps := p.Steps[1].Applications; len(apps) != 2 || apps[1].Outcome != "never-told" || apps[0].Until == "" {
			t.Errorf("applications: %+v", apps)
		}
	})
}

// A certificate of one person is a part of the whole, wherever they stand.
func TestIssuePerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(150)
		person := func(i int) string { return h.people[i+1].PublicID }
		if _, err := h.certify.IssuePerson(t.Context(), h.actor, h.op.PublicID, person(7)); !errs.Is(err, errs.Conflict) {
			t.Fatalf("before the whole was issued: %v", err)
		}
		whole := h.issue()
		for _, i := range []int{1, 2, 64, 65, 129, 150} {
			c, err := h.certify.IssuePerson(t.Context(), h.actor, h.op.PublicID, person(i))
			if err != nil {
				t.Fatalf("person %d: %v", i, err)
			}
			r := h.check(h.file(person(i), ""))
			if !r.Fits() || !r.Trusted || r.Person.ID != person(i) || r.Inclusion.Digest != whole.Digest || r.Inclusion.Certificate != whole.PublicID {
				t.Errorf("person %d: %q, %+v", i, r.Problems, r.Inclusion)
			}
			again, err := h.certify.IssuePerson(t.Context(), h.actor, h.op.PublicID, person(i))
			if err != nil || again.PublicID != c.PublicID {
				t.Errorf("person %d asked again: another certificate, %v", i, err)
			}
		}
		if n := len(h.events(models.CertificateIssue)); n != 7 {
			t.Errorf("%d events, want one for each that was issued: 7", n)
		}
		if _, err := h.certify.IssuePerson(t.Context(), h.actor, h.op.PublicID, h.people[0].PublicID); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody who is not on the list: %v", err)
		}
	})
}

// What was signed stays as it was, byte for byte, whatever happens afterwards;
// what is written anew from the same rows at the same moment is the same.
func TestStaysByteForByte(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(70)
		first := h.issue()
		file := h.file("", "")
		if twice := h.issue(); twice.PublicID != first.PublicID {
			t.Error("asked twice in a moment: two certificates")
		}
		h.db.Clock.Advance(2 * time.Minute)
		second := h.issue()
		if second.PublicID == first.PublicID {
			t.Error("asked again later: no new certificate")
		}
		same := strings.NewReplacer(second.PublicID, first.PublicID, certificate.Moment(second.CreatedAt.Time()), certificate.Moment(first.CreatedAt.Time()))
		lines := func(text string) []string { return strings.Split(text, "\n")[2:70] }
		a, b := lines(file), lines(same.Replace(h.file("", "")))
		for i := range a {
			if cut(a[i]) != cut(b[i]) { // the chain begins with the head, which holds the moment
				t.Fatalf("line %d is written differently the second time\n%s\n%s", i, a[i], b[i])
			}
		}
		h.change(func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Update((*models.WorkStep)(nil)).Set("sentence = 'changed'").Where("group_id = ?", h.op.ID).Exec(ctx); err != nil {
				return err
			}
			return tx.Record(ctx, store.Event{Action: models.OperationUndo, Target: store.Ref{Kind: models.KindOperation, ID: h.op.ID}})
		})
		if h.file("", first.PublicID) != file {
			t.Error("the first certificate changed with the operation")
		}
	})
}

// cut takes hash and chain out of a line.
func cut(line string) string {
	_, rest, _ := strings.Cut(line, `,"console_sessions_ended"`)
	return rest
}

func TestRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(3)
		set := func(column string, value any) {
			h.change(func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.Raw("UPDATE operations SET "+column+" = ? WHERE tenant_id = ?tenant AND id = ?", value, h.op.ID).Exec(ctx); err != nil {
					return err
				}
				return tx.Record(ctx, store.Event{Action: models.OperationEnd, Target: store.Ref{Kind: models.KindOperation, ID: h.op.ID}})
			})
		}
		for state, want := range map[models.OperationState]string{
			models.OperationRunning:   "DEA-118 has not ended: it is running. A certificate is issued once every step has ended. Nothing was issued.",
			models.OperationPaused:    "DEA-118 has not ended: it is paused. A certificate is issued once every step has ended. Nothing was issued.",
			models.OperationWaiting:   "DEA-118 has not begun: it is waiting for approval. There is nothing to certify yet.",
			models.OperationCancelled: "DEA-118 was never carried out: it is cancelled. There is nothing to certify.",
		} {
			set("state", state)
			_, err := h.certify.Issue(t.Context(), h.actor, h.op.PublicID)
			if e, ok := errs.As(err); !ok || e.Kind != errs.Conflict || e.Safe != want {
				t.Errorf("%s: %v, want %q", state, err, want)
			}
		}
		set("state", models.OperationFailures)
		set("phase", models.PhaseRemove)
		if _, err := h.certify.Issue(t.Context(), h.actor, h.op.PublicID); !errs.Is(err, errs.Conflict) {
			t.Errorf("while things are taken away: %v", err)
		}
		set("phase", models.PhaseWindow)
		step := func(state models.StepState) {
			h.change(func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.Update((*models.WorkStep)(nil)).Set("state = ?", state).Where("user_id = ?", h.people[3].ID).Where("kind = ?", "offboard.disable").Exec(ctx); err != nil {
					return err
				}
				return tx.Record(ctx, store.Event{Action: models.OperationEnd, Target: store.Ref{Kind: models.KindOperation, ID: h.op.ID}})
			})
		}
		step(models.StepWaiting)
		if _, err := h.certify.Issue(t.Context(), h.actor, h.op.PublicID); !errs.Is(err, errs.Conflict) {
			t.Errorf("while a step waits: %v", err)
		}
		step(models.StepDone)
		stranger := h.actor
		stranger.Can = 0
		if _, err := h.certify.Issue(t.Context(), stranger, h.op.PublicID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("without the permission: %v", err)
		}
		if _, err := h.certify.Issue(t.Context(), h.actor, "no-such-operation"); !errs.Is(err, errs.NotFound) {
			t.Errorf("no such operation: %v", err)
		}
		set("list_hash", strings.Repeat("0", 64))
		_, err := h.certify.Issue(t.Context(), h.actor, h.op.PublicID)
		if e, ok := errs.As(err); !ok || !strings.Contains(e.Safe, "approved another list") && !strings.Contains(e.Safe, "list hash") {
			t.Errorf("records that do not fit together: %v", err)
		}
		if n := h.count((*models.Certificate)(nil)) + h.count((*models.CertificatePart)(nil)); n != 0 {
			t.Errorf("%d rows were left behind by what was refused", n)
		}
		if n := len(h.events(models.CertificateIssue)); n != 0 {
			t.Errorf("%d certificates in the log", n)
		}
	})
}

// A certificate is issued in pages, and nothing of it stays when one fails.
func TestFaultsLeaveNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(300)
		for _, table := range []string{"work_steps", "audit_events", "certificate_parts", "operation_decisions"} {
			h.db.Faults.Fail(table)
			if _, err := h.certify.Issue(t.Context(), h.actor, h.op.PublicID); err == nil {
				t.Errorf("issued while %s fails", table)
			}
			h.db.Faults.Heal()
			if n := len(h.events(models.CertificateIssue)); n != 0 {
				t.Fatalf("%d certificates after %s failed", n, table)
			}
		}
		h.db.Clock.Advance(2 * time.Hour)
		h.issue()
		if n := h.count((*models.Certificate)(nil)); n != 1 {
			t.Errorf("%d certificates are there, want the one that was issued", n)
		}
		if r := h.check(h.file("", "")); !r.Fits() {
			t.Errorf("%q", r.Problems)
		}
	})
}

// A key that was retired stays published: what it signed is good, and what would
// be signed with it later is not.
func TestRotate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(3)
		h.issue()
		old := h.file("", "")
		h.db.Clock.Advance(time.Minute)
		fresh, retired, err := h.certify.Rotate(t.Context(), h.db.Actor())
		if err != nil || retired == "" || fresh.Key == retired {
			t.Fatalf("Rotate = %v, %q, %v", fresh, retired, err)
		}
		keys, err := h.certify.Keys(t.Context(), h.db.Tenant)
		if err != nil || len(keys.Keys) != 2 || keys.Keys[0].Key != fresh.Key || keys.Keys[1].RetiredAt == "" {
			t.Fatalf("Keys = %+v, %v", keys, err)
		}
		if r := h.check(old); !r.Fits() || r.RetiredAt == "" {
			t.Errorf("what the retired key signed: %q", r.Problems)
		}
		h.db.Clock.Advance(time.Minute)
		h.issue()
		if r := h.check(h.file("", "")); !r.Fits() || !strings.HasPrefix(fresh.Key, r.Signer) {
			t.Errorf("%q, signed by %s", r.Problems, r.Signer)
		}
		if n := len(h.events(models.CertificateKey)); n != 2 {
			t.Errorf("%d events of keys, want 2", n)
		}
	})
}

// rollcall rotate-keys seals signing keys again, and without the key that sealed
// it nothing is signed.
func TestSealedAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(3)
		h.issue()
		other, err := secret.NewKeyring(secret.NewKey())
		if err != nil {
			t.Fatal(err)
		}
		lost := certify.New(certify.Deps{Store: db.Store, Keyring: other, Signer: "rollcall.northwind.example"})
		db.Clock.Advance(2 * time.Minute)
		if _, err := lost.Issue(t.Context(), h.actor, h.op.PublicID); !errs.Is(err, errs.Unavailable) || !strings.Contains(err.Error(), "rollcall signing-key rotate") {
			t.Errorf("with another secret key: %v", err)
		}
		report, err := reseal.New(db.Store, h.ring, certify.SealedColumns()).Check(t.Context())
		if err != nil || report[0].Current != 1 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}

// The table says the same, and no cell of it is a formula.
func TestCSV(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	h.ran(3)
	h.issue()
	c, err := h.certify.Get(t.Context(), h.actor, h.op.PublicID, "", "")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := h.certify.WriteCSV(t.Context(), &b, &c); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\r\n"), "\r\n")
	if len(lines) != 9 { // header, one left out, twice three steps, the end
		t.Fatalf("%d lines:\n%s", len(lines), b.String())
	}
	for _, want := range []string{"1 session, 1 offline", "account active", "account deactivated", "ledger-prod sent until 2026-11-22T10:56:01", "certificate " + c.PublicID, "SHA-256 " + c.Digest, "#"} {
		if !strings.Contains(strings.ReplaceAll(b.String(), "2 sessions, 1 offline", "1 session, 1 offline"), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

// Another organisation sees nothing of it.
func TestAnotherTenant(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	h.ran(3)
	h.issue()
	stranger := h.actor
	stranger.Tenant++
	if _, err := h.certify.Get(t.Context(), stranger, h.op.PublicID, "", ""); !errs.Is(err, errs.NotFound) {
		t.Errorf("Get: %v", err)
	}
	if keys, err := h.certify.Keys(t.Context(), stranger.Tenant); err != nil || len(keys.Keys) != 0 {
		t.Errorf("Keys: %v, %v", keys, err)
	}
}

// TestLarge measures an operation of ROLLCALL_CERTIFY_PEOPLE people.
func TestLarge(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("ROLLCALL_CERTIFY_PEOPLE"))
	if err != nil {
		t.Skip("set ROLLCALL_CERTIFY_PEOPLE to measure")
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.ran(n)
		begin := time.Now()
		h.issue()
		wrote := time.Since(begin)
		begin = time.Now()
		file := h.file("", "")
		read := time.Since(begin)
		begin = time.Now()
		if r := h.check(file); !r.Fits() {
			t.Fatalf("%q", r.Problems)
		}
		verified := time.Since(begin)
		begin = time.Now()
		if _, err := h.certify.IssuePerson(t.Context(), h.actor, h.op.PublicID, h.people[n/2].PublicID); err != nil {
			t.Fatal(err)
		}
		var kept []int64
		err := db.Store.Read(db.Tenant).Raw(`SELECT SUM(LENGTH(body)) FROM certificate_parts WHERE tenant_id = ?tenant AND people > 1`).Scan(t.Context(), &kept)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("kept=%d people=%d issue=%s download=%s verify=%s bytes=%d one_person=%s", kept[0], n, wrote.Round(time.Millisecond), read.Round(time.Millisecond), verified.Round(time.Millisecond), len(file), time.Since(begin).Round(time.Millisecond))
	})
}
