package access_test

import (
	"context"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// limited gives a person with some console permissions through a role of their own.
func (w *world) limited(t *testing.T, name string, permissions ...string) models.Actor {
	t.Helper()
	user := w.user(t, name)
	w.role(t, name+" role", permissions, nil)
	w.give(t, user, "ledger."+slug(name)+"-role")
	return w.as(t, user, name)
}

func slug(name string) string {
	b := []byte(name)
	for i, c := range b {
		if c == ' ' {
			b[i] = '-'
		} else if c < 'a' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "pay")
		w.roleOf(t, access.RoleInput{Name: "Payer", Permissions: []string{"ledger/pay"}, Privileged: true})
		w.role(t, "Wrap", nil, []string{"ledger.payer"})
		w.role(t, "Deep", nil, []string{models.RoleAdmin})
		reader := w.limited(t, "Rita Lind", "rollcall/users.read")
		giver := w.limited(t, "Goran Novak", "rollcall/roles.assign", "rollcall/users.read", "rollcall/sessions.end")
		elif := w.user(t, "Elif Kaya")
		cases := []struct {
			name       string
			actor      models.Actor
			role       string
			permission string
			words      string
		}{
			{"without roles.assign", reader, models.RoleEmployee, "roles.assign", "You may not assign"},
			{"a permission they lack", giver, models.RoleManager, "team.read", "see own reports and their access"},
			{"a permission they lack, in a contained role", giver, "ledger.deep", "attention.read", "Nobody gives or takes more than they hold"},
			{"a privileged role", giver, "ledger.payer", "roles.assign-privileged", "Payer is privileged"},
			{"a role that contains a privileged one", giver, "ledger.wrap", "roles.assign-privileged", "Wrap is privileged"},
		}
		for i, c := range cases {
			_, err := w.e.Assign(t.Context(), c.actor, access.AssignInput{UserID: elif, RoleKey: c.role, Reason: why})
			t.Run("giving "+c.name, func(t *testing.T) {
				refused(t, err, errs.Forbidden, c.words)
				if e, _ := errs.As(err); e.Permission != c.permission {
					t.Fatalf("names %q as missing, want %q", e.Permission, c.permission)
				}
				denied := w.log(t, models.RoleAssignDenied)
				if len(denied) != i+1 {
					t.Fatalf("refusals in the log = %d, want %d", len(denied), i+1)
				}
				got := denied[i]
				if got.Result != models.ResultRefused || got.Target != "user Elif Kaya" || got.Actor != c.actor.Name || got.Object == "" || got.Reason != why {
					t.Fatalf("event = %+v", got)
				}
			})
		}
		if held, err := w.e.Held(t.Context(), w.Tenant, elif); err != nil || len(held) != 0 {
			t.Fatalf("a refused assignment was written: %v, %v", held, err)
		}
		// The same holds for taking away, and for moving an end.
		v := w.give(t, elif, models.RoleAdmin)
		_, err := w.e.Unassign(t.Context(), giver, v.ID, why)
		refused(t, err, errs.Forbidden, "Nobody gives or takes more")
		_, err = w.e.ChangeUntil(t.Context(), giver, access.UntilInput{AssignmentID: v.ID, Until: w.in(day), Reason: why})
		refused(t, err, errs.Forbidden, "Nobody gives or takes more")
		if n := len(w.log(t, models.RoleAssignDenied)); n != len(cases)+2 {
			t.Fatalf("refusals in the log = %d, want %d", n, len(cases)+2)
		}
		if _, err := w.e.Assign(t.Context(), giver, access.AssignInput{UserID: elif, RoleKey: models.RoleEmployee, Reason: why}); err != nil {
			t.Fatalf("within what they hold: %v", err)
		}
	})
}

func TestNobodyElevatesThemselves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goran := w.user(t, "Goran Novak")
		w.give(t, goran, models.RoleAdmin)
		me := w.as(t, goran, "Goran Novak")
		_, err := w.e.Assign(t.Context(), me, access.AssignInput{UserID: goran, RoleKey: models.RoleHelpdesk, Reason: why})
		refused(t, err, errs.Forbidden, "You cannot give yourself a role")
		if e := w.last(t, models.RoleAssignDenied); e.Target != "user Goran Novak" || e.Object != "role Helpdesk" {
			t.Fatalf("event = %+v", e)
		}
		v := w.giveUntil(t, goran, models.RoleHelpdesk, 0, w.in(2*day))
		_, err = w.e.ChangeUntil(t.Context(), me, access.UntilInput{AssignmentID: v.ID, Until: w.in(3 * day), Reason: why})
		refused(t, err, errs.Forbidden, "prolong")
		if _, err := w.e.ChangeUntil(t.Context(), me, access.UntilInput{AssignmentID: v.ID, Until: w.in(day), Reason: why}); err != nil {
			t.Fatalf("shortening one's own: %v", err)
		}
		if _, err := w.e.Unassign(t.Context(), me, v.ID, why); err != nil {
			t.Fatalf("giving one's own back: %v", err)
		}
	})
}

func TestEditingARoleObeysTheSameRules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "pay", "post")
		w.roleOf(t, access.RoleInput{Name: "Payer", Permissions: []string{"ledger/pay"}, Privileged: true})
		w.role(t, "Clerk", []string{"ledger/post"}, nil)
		strong := w.role(t, "Strong", []string{"rollcall/tenant.administer"}, nil)
		editor := w.limited(t, "Goran Novak", "rollcall/roles.edit", "rollcall/users.read")
		own := "ledger.goran-novak-role"
		edit := func(key string, change func(*access.RoleInput)) error {
			d, err := w.e.Role(t.Context(), w.Tenant, key)
			if err != nil {
				t.Fatal(err)
			}
			in := inputOf(d)
			change(&in)
			_, err = w.e.EditRole(t.Context(), editor, key, in)
			return err
		}
		cases := []struct {
			name, key, words string
			change           func(*access.RoleInput)
		}{
			{"adding a permission they lack", "ledger.clerk", "administer this installation",
				func(in *access.RoleInput) { in.Permissions = append(in.Permissions, "rollcall/tenant.administer") }},
			{"removing a permission they lack", "ledger.strong", "administer this installation",
				func(in *access.RoleInput) { in.Permissions = nil }},
			{"adding a role that gives what they lack", "ledger.clerk", "administer this installation",
				func(in *access.RoleInput) { in.Children = []string{"ledger.strong"} }},
			{"adding a privileged role", "ledger.clerk", "privileged",
				func(in *access.RoleInput) { in.Children = []string{"ledger.payer"} }},
			{"taking the mark off", "ledger.payer", "privileged",
				func(in *access.RoleInput) { in.Privileged = false }},
			{"lifting the time limit of a privileged role", "ledger.payer", "privileged",
				func(in *access.RoleInput) { in.MaxDays = 90 }},
			{"widening a role of their own by a permission", own, "You hold Goran Novak role yourself",
				func(in *access.RoleInput) { in.Permissions = append(in.Permissions, "ledger/post") }},
			{"widening a role of their own by a role", own, "You hold Goran Novak role yourself",
				func(in *access.RoleInput) { in.Children = []string{"ledger.clerk"} }},
		}
		for i, c := range cases {
			err := edit(c.key, c.change)
			t.Run(c.name, func(t *testing.T) {
				refused(t, err, errs.Forbidden, c.words)
				denied := w.log(t, models.RoleAssignDenied)
				if len(denied) != i+1 || denied[i].Object != "" || denied[i].Result != models.ResultRefused {
					t.Fatalf("log = %+v", denied)
				}
			})
		}
		if n := len(w.log(t, models.RoleEdit)); n != 0 {
			t.Fatalf("%d refused edits were recorded as done", n)
		}
		if err := edit("ledger.clerk", func(in *access.RoleInput) { in.Permissions = append(in.Permissions, "rollcall/users.read") }); err != nil {
			t.Fatalf("within what they hold: %v", err)
		}
		if err := edit(own, func(in *access.RoleInput) { in.Permissions = []string{"rollcall/roles.edit"} }); err != nil {
			t.Fatalf("narrowing a role of their own: %v", err)
		}
		_, err := w.e.CreateRole(t.Context(), editor, access.RoleInput{
			Application: "ledger", Name: "Trick", Sentence: "Look harmless", Children: []string{"ledger.strong"},
		})
		refused(t, err, errs.Forbidden, "administer this installation")
		refused(t, w.e.RemoveRole(t.Context(), editor, strong.Key, why), errs.Forbidden, "administer this installation")
		refused(t, w.e.RemoveRole(t.Context(), w.limited(t, "Rita Lind", "rollcall/roles.read"), "ledger.clerk", why), errs.Forbidden, "may not create or change roles")
	})
}

func TestWideningARoleHeldThroughAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "post")
		w.role(t, "Clerk", nil, nil)
		w.role(t, "Lead", []string{"rollcall/roles.edit"}, []string{"ledger.clerk"})
		goran := w.user(t, "Goran Novak")
		w.give(t, goran, "ledger.lead")
		d, err := w.e.Role(t.Context(), w.Tenant, "ledger.clerk")
		if err != nil {
			t.Fatal(err)
		}
		in := inputOf(d)
		in.Permissions = []string{"ledger/post"}
		_, err = w.e.EditRole(t.Context(), w.as(t, goran, "Goran Novak"), "ledger.clerk", in)
		refused(t, err, errs.Forbidden, "You hold Clerk yourself")
	})
}

func TestApplicationsNeedRolesEdit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		rita := w.limited(t, "Rita Lind", "rollcall/roles.read")
		_, err := w.e.CreateApplication(t.Context(), rita, access.ApplicationInput{Key: "crm", Name: "CRM"})
		refused(t, err, errs.Forbidden, "may not create or change applications")
		_, err = w.e.AddPermission(t.Context(), rita, access.PermissionInput{Application: "ledger", Key: "x", Sentence: "May x"})
		refused(t, err, errs.Forbidden, "may not create or change applications")
		if n := len(w.log(t, models.RoleAssignDenied)); n != 2 {
			t.Fatalf("refusals in the log = %d, want 2", n)
		}
	})
}

func TestARefusalThatCannotBeRecordedIsAnError(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		rita, elif := w.limited(t, "Rita Lind", "rollcall/users.read"), w.user(t, "Elif Kaya")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := w.e.Assign(ctx, rita, access.AssignInput{UserID: elif, RoleKey: models.RoleEmployee, Reason: why})
		if err == nil || errs.Is(err, errs.Forbidden) {
			t.Fatalf("error = %v, want the failure", err)
		}
	})
}

// inputOf gives the form of a role as the page would fill it.
func inputOf(d access.RoleDetail) access.RoleInput {
	in := access.RoleInput{Name: d.Name, Sentence: d.Sentence, Privileged: d.Privileged, MaxDays: d.MaxDays, Version: d.Version, Reason: why}
	for _, p := range d.Permissions {
		if len(p.Via) == 0 {
			in.Permissions = append(in.Permissions, p.Code())
		}
	}
	for _, c := range d.Children {
		in.Children = append(in.Children, c.Key)
	}
	return in
}
