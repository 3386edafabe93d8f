package access_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func TestCreateRole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "post", "pay")
		w.role(t, "Clerk", []string{"ledger/post"}, nil)
		version := w.ask(t, w.Store, w.user(t, "Elif Kaya")).Version
		d, err := w.e.CreateRole(t.Context(), w.Actor(), access.RoleInput{
			Application: "ledger", Name: " Payment  approver ", Sentence: "Release payments", Privileged: true, MaxDays: 90,
			Permissions: []string{"ledger/pay", "rollcall/users.read", "ledger/pay"}, Children: []string{"ledger.clerk"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if d.Key != "ledger.payment-approver" || d.Name != "Payment approver" || !d.Reaches || d.Mask != models.UsersRead || d.Application.Name != "Ledger" {
			t.Fatalf("role = %+v", d)
		}
		var got []string
		for _, p := range d.Permissions {
			got = append(got, p.Code()+" via "+names(p.Via))
		}
		if diff := cmp.Diff([]string{"ledger/pay via ", "rollcall/users.read via ", "ledger/post via Clerk"}, got); diff != "" {
			t.Fatalf("permissions (-want +got):\n%s", diff)
		}
		if w.ask(t, w.Store, 1).Version == version {
			t.Fatal("the access version did not rise")
		}
		want := event{
			Action: models.RoleCreate, Result: models.ResultDone, Actor: "Test", Target: "role Payment approver",
			After: map[string]any{
				"name": "Payment approver", "sentence": "Release payments", "privileged": true, "max_days": 90.0,
				"permissions": []any{"ledger/pay", "rollcall/users.read"}, "children": []any{"Clerk"},
			},
		}
		if diff := cmp.Diff(want, w.last(t, models.RoleCreate)); diff != "" {
			t.Fatalf("event (-want +got):\n%s", diff)
		}
		again := w.role(t, "Payment approver", nil, nil)
		if again.Key != "ledger.payment-approver-2" {
			t.Fatalf("key of the second = %s", again.Key)
		}
		if d := w.role(t, "Übersicht 日本", nil, nil); d.Key != "ledger.bersicht" {
			t.Fatalf("key = %s", d.Key)
		}
		if d := w.role(t, "日本", nil, nil); d.Key != "ledger.role" {
			t.Fatalf("key = %s", d.Key)
		}
	})
}

func TestCreateRoleRefusesBadInput(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.role(t, "Clerk", nil, nil)
		good := access.RoleInput{Application: "ledger", Name: "Payer", Sentence: "Pay"}
		cases := []struct {
			name, words string
			change      func(*access.RoleInput)
		}{
			{"no name", "name: Give it a name.", func(in *access.RoleInput) { in.Name = " " }},
			{"no sentence", "sentence: Say in one sentence", func(in *access.RoleInput) { in.Sentence = "" }},
			{"long name", "At most 200", func(in *access.RoleInput) { in.Name = strings.Repeat("x", 201) }},
			{"NUL", "do not show", func(in *access.RoleInput) { in.Name = "Pay\x00er" }},
			{"turned text", "do not show", func(in *access.RoleInput) { in.Name = "Pay\u202eer" }},
			{"broken text", "do not show", func(in *access.RoleInput) { in.Sentence = "Pay\xff" }},
			{"no application", "application:", func(in *access.RoleInput) { in.Application = "" }},
			{"unknown permission", `permissions: There is no permission "ledger/fly"`, func(in *access.RoleInput) { in.Permissions = []string{"ledger/fly"} }},
			{"unknown role", `children: There is no role "ledger.fly"`, func(in *access.RoleInput) { in.Children = []string{"ledger.fly"} }},
			{"key with capitals", "key: A key has", func(in *access.RoleInput) { in.Key = "Ledger.Payer" }},
			{"taken key", "key: Another role has this key: Clerk", func(in *access.RoleInput) { in.Key = "ledger.clerk" }},
			{"negative days", "max_days:", func(in *access.RoleInput) { in.MaxDays = -1 }},
			{"too many days", "max_days:", func(in *access.RoleInput) { in.MaxDays = 5_000 }},
		}
		for _, c := range cases {
			in := good
			c.change(&in)
			_, err := w.e.CreateRole(t.Context(), w.Actor(), in)
			t.Run(c.name, func(t *testing.T) { refused(t, err, errs.Invalid, c.words) })
		}
	})
}

func TestEditRole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "post", "pay")
		w.role(t, "Clerk", nil, nil)
		d := w.role(t, "Payer", []string{"ledger/post"}, []string{"ledger.clerk"})
		in := inputOf(d)
		in.Sentence, in.Permissions, in.Children = "Release payments", []string{"ledger/pay"}, nil
		got, err := w.e.EditRole(t.Context(), w.Actor(), d.Key, in)
		if err != nil {
			t.Fatal(err)
		}
		if got.Version != 2 || got.Sentence != "Release payments" || len(got.Permissions) != 1 || got.Permissions[0].Code() != "ledger/pay" || len(got.Children) != 0 {
			t.Fatalf("role = %+v", got)
		}
		want := event{
			Action: models.RoleEdit, Result: models.ResultDone, Actor: "Test", Target: "role Payer", Reason: why,
			Before: map[string]any{"sentence": "Do what Payer does", "permissions": []any{"ledger/post"}, "children": []any{"Clerk"}},
			After:  map[string]any{"sentence": "Release payments", "permissions": []any{"ledger/pay"}},
		}
		if diff := cmp.Diff(want, w.last(t, models.RoleEdit)); diff != "" {
			t.Fatalf("event (-want +got):\n%s", diff)
		}
		same, err := w.e.EditRole(t.Context(), w.Actor(), d.Key, inputOf(got))
		if err != nil || same.Version != 2 || len(w.log(t, models.RoleEdit)) != 1 {
			t.Fatalf("nothing to change: version %d, %v", same.Version, err)
		}
		in = inputOf(got)
		in.Reason = "short"
		_, err = w.e.EditRole(t.Context(), w.Actor(), d.Key, in)
		refused(t, err, errs.Invalid, "reason:")
		_, err = w.e.EditRole(t.Context(), w.Actor(), "no.role", in)
		refused(t, err, errs.NotFound)
	})
}

func TestEditRoleOfAnOldVersionShowsBoth(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		d := w.role(t, "Payer", nil, nil)
		first, second := inputOf(d), inputOf(d)
		first.Sentence, second.Sentence = "Release payments", "Pay people"
		goran := w.user(t, "Goran Novak")
		w.give(t, goran, models.RoleAdmin)
		if _, err := w.e.EditRole(t.Context(), w.as(t, goran, "Goran Novak"), d.Key, first); err != nil {
			t.Fatal(err)
		}
		_, err := w.e.EditRole(t.Context(), w.Actor(), d.Key, second)
		refused(t, err, errs.Conflict, "Payer was changed while you edited it")
		s, ok := errors.AsType[*access.StaleRole](err)
		if !ok || s.Yours.Sentence != "Pay people" || s.Theirs.Sentence != "Release payments" || s.ChangedBy != "Goran Novak" || s.ChangedAt != w.in(0) {
			t.Fatalf("stale = %+v", s)
		}
	})
}

func TestRolesNeverFormACircle(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		c := w.role(t, "C", nil, nil)
		w.role(t, "B", nil, []string{"ledger.c"})
		w.role(t, "A", nil, []string{"ledger.b"})
		in := inputOf(c)
		in.Children = []string{"ledger.a"}
		_, err := w.e.EditRole(t.Context(), w.Actor(), c.Key, in)
		refused(t, err, errs.Conflict, "C cannot contain A, because that would be a circle: C → A → B → C.")
		in.Children = []string{"ledger.c"}
		_, err = w.e.EditRole(t.Context(), w.Actor(), c.Key, in)
		refused(t, err, errs.Conflict, "C → C")
	})
}

// Two edits, each fine by itself, that together are a circle.
func TestNoCircleFromTwoEditsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		replica := access.New(w.Replica(t))
		for i := range 6 {
			a, b := w.role(t, fmt.Sprintf("A%d", i), nil, nil), w.role(t, fmt.Sprintf("B%d", i), nil, nil)
			ina, inb := inputOf(a), inputOf(b)
			ina.Children, inb.Children = []string{b.Key}, []string{a.Key}
			var one, two error
			var done sync.WaitGroup
			done.Go(func() { _, one = w.e.EditRole(t.Context(), w.Actor(), a.Key, ina) })
			done.Go(func() { _, two = replica.EditRole(t.Context(), w.Actor(), b.Key, inb) })
			done.Wait()
			if (one == nil) == (two == nil) {
				t.Fatalf("round %d: %v, %v; exactly one may pass", i, one, two)
			}
		}
	})
}

func TestRemoveRole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "pay")
		w.role(t, "Payer", []string{"ledger/pay"}, nil)
		w.role(t, "Lead", nil, []string{"ledger.payer"})
		elif := w.user(t, "Elif Kaya")
		w.giveUntil(t, elif, "ledger.payer", 0, w.in(day))
		w.give(t, w.user(t, "Jonas Weber"), "ledger.payer")
		remove := func(key string) error { return w.e.RemoveRole(t.Context(), w.Actor(), key, why) }
		refused(t, remove("ledger.payer"), errs.Conflict, "2 people hold Payer. Nothing was removed.")
		refused(t, w.e.RemoveRole(t.Context(), w.Actor(), "ledger.payer", "short"), errs.Invalid, "reason:")
		held, err := w.e.Holders(t.Context(), w.Tenant, "ledger.payer", access.HolderFilter{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.e.Unassign(t.Context(), w.Actor(), held.Rows[1].Paths[0].AssignmentID, why); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(day) // Elif's ran out; nobody swept it
		refused(t, remove("ledger.payer"), errs.Conflict, "1 role contains Payer: Lead")
		if err := remove("ledger.lead"); err != nil {
			t.Fatal(err)
		}
		if err := remove("ledger.payer"); err != nil {
			t.Fatal(err)
		}
		e := w.last(t, models.RoleRemove)
		if e.Target != "role Payer" || e.Reason != why || e.Before["name"] != "Payer" || fmt.Sprint(e.Before["permissions"]) != "[ledger/pay]" {
			t.Fatalf("event = %+v", e)
		}
		if e := w.last(t, models.RoleExpire); e.Target != "user Elif Kaya" {
			t.Fatalf("event = %+v", e)
		}
		refused(t, remove("ledger.payer"), errs.NotFound)
	})
}

func TestApplications(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "post", "pay")
		w.role(t, "Payer", nil, nil)
		apps, err := w.e.Applications(t.Context(), w.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		if len(apps) != 2 || apps[0].Name != "Ledger" || apps[0].Permissions != 2 || apps[0].Roles != 1 || apps[1].Roles != 5 || !apps[1].BuiltIn {
			t.Fatalf("applications = %+v", apps)
		}
		create := func(key, name string) error {
			_, err := w.e.CreateApplication(t.Context(), w.Actor(), access.ApplicationInput{Key: key, Name: name})
			return err
		}
		refused(t, create("ledger", "Ledger 2"), errs.Invalid, "key: Another application")
		refused(t, create("Led ger", ""), errs.Invalid, "key: A key has", "name: Give it a name")
		if err := create("", "HR portal"); err != nil {
			t.Fatal(err)
		}
		if e := w.last(t, models.ApplicationCreate); e.Target != "application HR portal" || e.After["key"] != "hr-portal" {
			t.Fatalf("event = %+v", e)
		}
		add := func(app, key, sentence string) error {
			_, err := w.e.AddPermission(t.Context(), w.Actor(), access.PermissionInput{Application: app, Key: key, Sentence: sentence})
			return err
		}
		refused(t, add("ledger", "pay", "Pay twice"), errs.Invalid, "key: The application has this permission")
		refused(t, add("rollcall", "users.fly", "Fly"), errs.Invalid, "application: The permissions of Rollcall come with the program")
		refused(t, add("nowhere", "x y", ""), errs.Invalid, "application:", "key:", "sentence:")
		if e := w.last(t, models.PermissionAdd); e.Target != "application Ledger" || e.After["permission"] != "pay" {
			t.Fatalf("event = %+v", e)
		}
	})
}
