package directory_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func grouped(n int) string { return strconv.Itoa(n) }

// Names that would run in a spreadsheet come back as text, all others as they
// are (WEB-22).
func TestWriteCSV(t *testing.T) {
	t.Parallel()
	corpus := []string{"=1+1", "+49", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝HYPERLINK(1)", "Plain, Name", `Quote "d" Name`, "Zoë 李小龍", "a=b", "'quoted", "Semi;colon", "100%"}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store, directory.WithSourceNames(map[string]string{"keycloak": "Keycloak"}))
		boss := create(t, db, e, directory.NewPerson{DisplayName: "Zz Boss", Department: "=Dept"})
		var records []directory.NewRecord
		for i, name := range corpus {
			records = append(records, directory.NewRecord{DisplayName: name, Department: "=Dept", Manager: boss.PublicID, Phone: "secret-phone", ExternalID: "secret-hr",
				Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: strconv.Itoa(i)}}})
		}
		load(t, db, e, records...)
		var b bytes.Buffer
		extra := directory.Column{Name: "Roles", Values: func(_ context.Context, ids []int64) (map[int64]string, error) {
			return map[int64]string{ids[0]: "=role"}, nil
		}}
		n, err := e.WriteCSV(t.Context(), &b, db.Tenant, directory.Query{}, directory.CSVOptions{BOM: true, Total: 14, Extra: []directory.Column{extra}})
		if err != nil || n != 14 {
			t.Fatalf("WriteCSV = %d, %v", n, err)
		}
		text, bom := strings.CutPrefix(b.String(), "\uFEFF")
		if !bom || strings.Contains(text, "secret") {
			t.Errorf("byte order mark %v, masked fields in it: %v", bom, strings.Contains(text, "secret"))
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		lines, err := r.ReadAll()
		if err != nil || len(lines) != 16 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		at := func(name string) int { return slices.Index(lines[0], name) }
		var got []string
		for _, line := range lines[1:15] {
			for _, cell := range line {
				if cell != "" && strings.ContainsRune("=+-@＝", []rune(cell)[0]) {
					t.Errorf("a cell runs: %q", cell)
				}
			}
			if line[at("Department")] != "'=Dept" {
				t.Errorf("department %q", line[at("Department")])
			}
			if name := line[at("Name")]; name != "Zz Boss" {
				if line[at("Manager")] != "Zz Boss" || line[at("Provider")] != "Keycloak" {
					t.Errorf("line %q", line)
				}
				got = append(got, name)
			}
		}
		if lines[1][at("Roles")] != "'=role" {
			t.Errorf("extra column %q", lines[1])
		}
		for _, name := range corpus {
			if !slices.ContainsFunc(got, func(g string) bool { return g == name || g == "'"+name }) {
				t.Errorf("%q is lost; got %q", name, got)
			}
		}
		last := lines[15]
		if last[0] != "# complete" || !slices.Contains(last, "14 of 14 people") || !slices.Contains(last, "as of 2026-11-22T10:42:00Z") {
			t.Errorf("last line %q", last)
		}
	})
}

// A file that broke off says so, and the caller knows.
func TestWriteCSVBreaks(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := directory.New(db.Store)
	load(t, db, e, many(1500)...)
	batches := 0
	broken := directory.Column{Name: "Roles", Values: func(context.Context, []int64) (map[int64]string, error) {
		if batches++; batches == 2 {
			return nil, errs.New(errs.Unavailable, "The database does not answer.")
		}
		return nil, nil
	}}
	var b bytes.Buffer
	n, err := e.WriteCSV(t.Context(), &b, db.Tenant, directory.Query{}, directory.CSVOptions{Total: 1500, Extra: []directory.Column{broken}})
	if !errs.Is(err, errs.Unavailable) || n != 1000 {
		t.Errorf("WriteCSV = %d, %v", n, err)
	}
	if !strings.HasSuffix(b.String(), "# incomplete,rows=1000,\"Stopped after 1,000 of 1,500 people. The database does not answer.\"\r\n") {
		t.Errorf("ends with %q", b.String()[b.Len()-120:])
	}
	if _, err := e.WriteCSV(t.Context(), deaf{}, db.Tenant, directory.Query{}, directory.CSVOptions{}); err == nil {
		t.Error("a reader who is gone is not noticed")
	}
}

type deaf struct{}

func (deaf) Write([]byte) (int, error) { return 0, errors.New("connection reset") }

func many(n int) []directory.NewRecord {
	records := make([]directory.NewRecord, n)
	for i := range records {
		records[i] = directory.NewRecord{DisplayName: fmt.Sprintf("Person %d", i%97), Email: fmt.Sprintf("p%d@x.example", i)}
	}
	return records
}

// More than one batch: nobody is lost or doubled, whatever the order.
func TestEachBatches(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		load(t, db, e, many(2100)...)
		for _, q := range []directory.Query{{}, {Desc: true}, {Sort: directory.SortCreated}, {Text: "person"}, {Text: "person", Sort: directory.SortSignIn, Desc: true}} {
			seen := map[int64]bool{}
			if err := e.Each(t.Context(), db.Tenant, q, func(r directory.Row) error { seen[r.ID] = true; return nil }); err != nil || len(seen) != 2100 {
				t.Errorf("%+v gives %d people, %v", q, len(seen), err)
			}
		}
		stop := errors.New("enough")
		n := 0
		if err := e.Each(t.Context(), db.Tenant, directory.Query{}, func(directory.Row) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
			t.Errorf("stopped after %d: %v", n, err)
		}
	})
}

func TestRecordExport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		if err := e.RecordExport(t.Context(), db.Actor(), "everybody", 3, "short"); fieldError(err, "reason") == "" {
			t.Errorf("without a reason: %v", err)
		}
		if err := e.RecordExport(t.Context(), actor(db.Tenant, 1, models.UsersRead), "everybody", 3, "yearly check of lists"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("without the permission: %v", err)
		}
		if err := e.RecordExport(t.Context(), actor(db.Tenant, 7, models.UsersExport), "Status is Active", 12481, "yearly check of lists"); err != nil {
			t.Fatal(err)
		}
		ev := lastEvent(t, db, models.UserExport)
		want := map[string]any{"people": 12481.0, "filter": "Status is Active"}
		if d := diff(want, object(t, ev.After)); d != "" || ev.Reason != "yearly check of lists" || ev.ActorID != 7 || ev.TargetID != db.Tenant || ev.TargetName != "Northwind Group" {
			t.Errorf("event %+v (-want +got):\n%s", ev, d)
		}
	})
}
