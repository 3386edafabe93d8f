package audit_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	stdcsv "encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// A look is recorded once per session, hour and distinct query; paging and
// asking the same again are the same look.
func TestLookIsRecorded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		goran := h.as(h.goran, models.AuditRead)
		look := func(log *audit.Log, actor models.Actor, q audit.Query) {
			t.Helper()
			if _, err := log.List(t.Context(), actor, q); err != nil {
				t.Fatal(err)
			}
		}
		day := func() models.Instant { return h.Store.Now().Add(-24 * time.Hour) }
		ofElif := audit.Query{Target: audit.Ref{Kind: models.KindUser, ID: h.elif.ID}, From: day()}
		look(h.log, goran, ofElif)
		h.Clock.Advance(5 * time.Minute)
		ofElif.From = day()
		look(h.log, goran, ofElif)
		ofElif.Limit = 1
		look(h.log, goran, ofElif)
		look(audit.New(h.Replica(t)), goran, ofElif) // another replica asks the log itself
		if got := h.looks(t); len(got) != 1 || got[0].Text() != "Goran Novak searched the audit log for Elif Kaya" {
			t.Fatalf("looks = %q, want one about Elif", texts(got))
		}
		look(h.log, goran, audit.Query{})
		other := goran
		other.SessionKey = "another"
		look(h.log, other, ofElif)
		h.Clock.Advance(61 * time.Minute)
		look(h.log, goran, audit.Query{})
		if got := h.looks(t); len(got) != 4 {
			t.Errorf("looks = %q, want another query, another session and another hour", texts(got))
		}
	})
}

func (h *house) looks(t *testing.T) []audit.Line {
	t.Helper()
	return h.list(t, audit.Query{Actions: []models.Action{models.AuditSearch}}).Lines
}

func TestTimelineGlanceIsNotRecorded(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	goran := h.as(h.goran, models.UsersRead)
	for name, c := range map[string]struct {
		user models.User
		w    audit.Window
		want int
	}{
		"ten newest":    {h.elif, audit.Window{Limit: 10}, 0},
		"oneself":       {h.goran, audit.Window{}, 0},
		"whole history": {h.elif, audit.Window{Limit: 50}, 1},
	} {
		if _, err := h.log.ForUser(t.Context(), goran, c.user.ID, c.w); err != nil {
			t.Fatal(err)
		}
		before := len(h.looks(t))
		if name == "whole history" && before != c.want {
			t.Errorf("%s: %d looks recorded, want %d", name, before, c.want)
		}
		if name != "whole history" && before > 1 {
			t.Errorf("%s: %d looks recorded", name, before)
		}
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserEdit, Target: store.Ref{Kind: models.KindUser, ID: h.elif.ID, Name: "=HYPERLINK(\"x\")"},
			Reason: "line\nbreak", Before: map[string]any{"phone": "1"}, After: map[string]any{"phone": "+2"}})
		auditor := h.as(h.goran, models.AuditRead|models.AuditExport)
		q := audit.Query{Group: audit.GroupLifecycle}

		t.Run("csv", func(t *testing.T) {
			var b bytes.Buffer
			m, err := h.log.Export(t.Context(), auditor, audit.Export{Query: q, Format: audit.CSV, Reason: "Yearly audit"}, &b)
			if err != nil {
				t.Fatal(err)
			}
			rows := readCSV(t, b.String())
			if len(rows) != 3 || rows[0][2] != "what happened" || rows[2][0] != "# complete" {
				t.Fatalf("file = %q", b.String())
			}
			if row := rows[1]; row[2] != "Goran Novak edited =HYPERLINK(\"x\")" || row[10] != "'=HYPERLINK(\"x\")" || row[11] != "0197-elif" || row[15] != "Phone: hidden" || row[5] != "line break" {
				t.Errorf("row = %q", row)
			}
			checkSum(t, b.String(), "# complete", m)
		})
		t.Run("jsonl", func(t *testing.T) {
			var b bytes.Buffer
			unmasked := auditor
			unmasked.Can |= models.UsersUnmask
			m, err := h.log.Export(t.Context(), unmasked, audit.Export{Query: q, Format: audit.JSONL}, &b)
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(b.String()), "\n")
			if len(lines) != 2 {
				t.Fatalf("file = %q", b.String())
			}
			var row struct {
				Action  string
				Time    string
				Target  struct{ ID, Kind string }
				Changes []struct {
					Field         string
					Before, After string
				}
			}
			if err := json.Unmarshal([]byte(lines[0]), &row); err != nil {
				t.Fatal(err)
			}
			if row.Action != "user.edit" || row.Target.ID != "0197-elif" || row.Time != "2026-11-22T10:42:01.000000Z" || len(row.Changes) != 1 || row.Changes[0].After != "+2" {
				t.Errorf("row = %+v", row)
			}
			checkSum(t, b.String(), `{"as_of"`, m)
		})
		exports := h.list(t, audit.Query{Actions: []models.Action{models.AuditExported}}).Lines
		if len(exports) != 2 || exports[1].Reason != "Yearly audit" || exports[1].Text() != "Goran Novak exported the audit log" {
			t.Errorf("recorded exports = %+v", exports)
		}
	})
}

func readCSV(t *testing.T, s string) [][]string {
	t.Helper()
	r := stdcsv.NewReader(strings.NewReader(s))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func checkSum(t *testing.T, file, last string, m audit.Manifest) {
	t.Helper()
	body, end, found := strings.Cut(file, last)
	sum := sha256.Sum256([]byte(body))
	if !found || m.Rows != 1 || m.SHA256 != hex.EncodeToString(sum[:]) || !strings.Contains(end, m.SHA256) {
		t.Errorf("manifest = %+v, last line %q, want one row and the hash %x", m, end, sum)
	}
}

// More events than one batch: all of them, once, in order, and none written
// after the export began.
func TestExportBatches(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		const all = 2100
		h.do(t, h.as(h.goran, 0), func(ctx context.Context, tx *store.Tx) error {
			for range all {
				if err := tx.Record(ctx, store.Event{Action: models.UserEdit, Target: person(h.elif)}); err != nil {
					return err
				}
			}
			return nil
		})
		var seen []int64
		err := h.log.Each(t.Context(), h.auditor(), audit.Query{Group: audit.GroupLifecycle}, func(l audit.Line) error {
			if len(seen) == 0 {
				h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserEdit, Target: person(h.elif)})
			}
			seen = append(seen, l.ID)
			return nil
		})
		if err != nil || len(seen) != all {
			t.Fatalf("Each gave %d events, %v; want %d", len(seen), err, all)
		}
		if !slices.IsSortedFunc(seen, func(a, b int64) int { return int(b - a) }) || len(slices.Compact(seen)) != all {
			t.Error("an event came twice or out of order")
		}
		n, err := h.log.Count(t.Context(), h.auditor(), audit.Query{Group: audit.GroupLifecycle})
		if err != nil || n.N != all+1 {
			t.Errorf("Count = %+v, %v", n, err)
		}
	})
}

type breaks struct{ left int }

func (w *breaks) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errors.New("connection reset")
	}
	return len(p), nil
}

func TestExportRefusals(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	reader := h.as(h.goran, models.AuditRead)
	if _, err := h.log.Export(t.Context(), reader, audit.Export{Format: audit.CSV}, io.Discard); !errs.Is(err, errs.Forbidden) {
		t.Errorf("export without the permission = %v, want a refusal", err)
	}
	exporter := h.as(h.goran, models.AuditRead|models.AuditExport)
	if _, err := h.log.Export(t.Context(), exporter, audit.Export{Format: "xlsx"}, io.Discard); !errs.Is(err, errs.Invalid) {
		t.Errorf("unknown format = %v, want a refusal", err)
	}
	if _, err := h.log.Export(t.Context(), exporter, audit.Export{Format: audit.JSONL}, &breaks{}); err == nil {
		t.Error("an export to a broken connection reports success")
	}
	if n := len(h.list(t, audit.Query{Actions: []models.Action{models.AuditExported}}).Lines); n != 1 {
		t.Errorf("%d exports recorded, want the one that began", n)
	}
}

// The database goes away half way: the file says that it is not complete.
func TestExportBreaksOff(t *testing.T) {
	t.Parallel()
	for _, format := range []audit.Format{audit.CSV, audit.JSONL} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			h := build(t, dbtest.One(t, store.SQLite))
			exporter := h.as(h.goran, models.AuditRead|models.AuditExport)
			h.Faults.Fail(`FROM "users"`)
			h.record(t, h.as(h.goran, 0), store.Event{Action: models.UserEdit, Target: person(h.elif)})
			var b bytes.Buffer
			_, err := h.log.Export(t.Context(), exporter, audit.Export{Format: format}, &b)
			if !errors.Is(err, dbtest.ErrInjected) {
				t.Errorf("Export = %v, want the database's failure", err)
			}
			if s := b.String(); strings.Contains(s, "sha256") || !strings.Contains(s, "The export broke off before its end.") {
				t.Errorf("file = %q, want it to say that it is incomplete", s)
			}
		})
	}
}

// A look that cannot be recorded shows nothing (AUD-03).
func TestLookThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.Faults.Fail("INSERT INTO")
		page, err := h.log.List(t.Context(), h.as(h.goran, models.AuditRead), audit.Query{})
		if !errs.Is(err, errs.Unavailable) || len(page.Lines) != 0 {
			t.Errorf("List = %d lines, %v; want none and why", len(page.Lines), err)
		}
	})
}

func TestBrokenDatabase(t *testing.T) {
	t.Parallel()
	log := audit.New(dbtest.Broken(t))
	actor := models.SystemActor(1, "Test")
	for name, read := range map[string]func() error{
		"list":     func() error { _, err := log.List(t.Context(), actor, audit.Query{}); return err },
		"group":    func() error { _, err := log.List(t.Context(), actor, audit.Query{Group: audit.GroupRoles}); return err },
		"count":    func() error { _, err := log.Count(t.Context(), actor, audit.Query{}); return err },
		"get":      func() error { _, err := log.Get(t.Context(), actor, 1); return err },
		"timeline": func() error { _, err := log.ForUser(t.Context(), actor, 1, audit.Window{}); return err },
		"person":   func() error { _, _, err := log.UserID(t.Context(), 1, "x"); return err },
		"role":     func() error { _, _, err := log.RoleID(t.Context(), 1, "x"); return err },
	} {
		if err := read(); !errors.Is(err, dbtest.ErrInjected) {
			t.Errorf("%s = %v, want the database's failure", name, err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		id, name, err := h.log.UserID(t.Context(), db.Tenant, "0197-elif")
		if err != nil || id != h.elif.ID || name != "Elif Kaya" {
			t.Errorf("UserID = %d, %q, %v", id, name, err)
		}
		id, name, err = h.log.RoleID(t.Context(), db.Tenant, "erp.approver")
		if err != nil || id != h.approver.ID || name != "Payment approver" {
			t.Errorf("RoleID = %d, %q, %v", id, name, err)
		}
		if _, _, err := h.log.UserID(t.Context(), db.Tenant+1, "0197-elif"); !errs.Is(err, errs.NotFound) {
			t.Errorf("another tenant's person = %v, want not found", err)
		}
		if _, _, err := h.log.RoleID(t.Context(), db.Tenant+1, "erp.approver"); !errs.Is(err, errs.NotFound) {
			t.Errorf("another tenant's role = %v, want not found", err)
		}
	})
}
