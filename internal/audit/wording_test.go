package audit

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/models"
)

// everyAction reads the actions from their source, so that a new one cannot be
// forgotten here.
func everyAction(t *testing.T) map[string]models.Action {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../models/action.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	actions := map[string]models.Action{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		kind, ok := spec.Type.(*ast.Ident)
		if !ok || kind.Name != "Action" {
			return true
		}
		for i, name := range spec.Names {
			word, err := strconv.Unquote(spec.Values[i].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			actions[name.Name] = models.Action(word)
		}
		return true
	})
	if len(actions) < 35 {
		t.Fatalf("read only %d actions from models/action.go", len(actions))
	}
	return actions
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func TestEveryActionHasWords(t *testing.T) {
	t.Parallel()
	for name, action := range everyAction(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, known := wordings[action]
			if !known {
				t.Fatalf("models.%s (%s) has no sentence: add it to wordings", name, action)
			}
			if w.label == "" {
				t.Error("no label for the filter list")
			}
			for result, text := range map[string]string{"done": w.done, "refused": w.refused, "failed": w.failed} {
				checkVariants(t, result, text)
			}
			if w.self != "" {
				checkVariants(t, "self", w.self)
			}
		})
	}
	if len(wordings) != len(everyAction(t)) {
		t.Errorf("%d wordings for %d actions: one is of no action any more", len(wordings), len(everyAction(t)))
	}
}

func checkVariants(t *testing.T, result, text string) {
	t.Helper()
	variants := strings.Split(text, " | ")
	for _, v := range variants {
		if strings.TrimSpace(v) == "" || v != strings.TrimSpace(v) || strings.HasSuffix(v, ".") {
			t.Errorf("%s: %q is no sentence without a full stop", result, v)
		}
		for _, p := range placeholder.FindAllString(v, -1) {
			if p != "{actor}" && p != "{target}" && p != "{object}" {
				t.Errorf("%s: unknown placeholder %s in %q", result, p, v)
			}
		}
		if lower := strings.ToLower(v); strings.Contains(lower, "please") || strings.Contains(lower, "success") || strings.Contains(v, "!") {
			t.Errorf("%s: %q does not speak our language", result, v)
		}
	}
	last := variants[len(variants)-1]
	if strings.Contains(last, "{target}") || strings.Contains(last, "{object}") {
		t.Errorf("%s: the last variant %q needs a name the event may not have", result, last)
	}
}

func TestEveryActionHasOneGroup(t *testing.T) {
	t.Parallel()
	in := map[models.Action]int{}
	for _, g := range Groups {
		if g.Label == "" {
			t.Errorf("group %s has no label", g.Group)
		}
		for _, a := range g.Actions {
			in[a]++
		}
	}
	for name, a := range everyAction(t) {
		if in[a] != 1 {
			t.Errorf("models.%s is in %d groups, want 1: add it to Groups", name, in[a])
		}
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	goran := models.AuditEvent{ActorKind: models.ActorUser, ActorID: 1, ActorName: "Goran Novak", Result: models.ResultDone}
	with := func(change func(*models.AuditEvent)) models.AuditEvent {
		e := goran
		change(&e)
		return e
	}
	elif := func(e *models.AuditEvent) { e.TargetKind, e.TargetID, e.TargetName = models.KindUser, 2, "Elif Kaya" }
	approver := func(e *models.AuditEvent) {
		e.ObjectKind, e.ObjectID, e.ObjectName = models.KindRole, 3, "Payment approver"
	}
	for name, c := range map[string]struct {
		event models.AuditEvent
		want  string
	}{
		"role removed": {with(func(e *models.AuditEvent) { e.Action = models.RoleUnassign; elif(e); approver(e) }),
			"Goran Novak removed role Payment approver from Elif Kaya"},
		"role removed, refused": {with(func(e *models.AuditEvent) {
			e.Action, e.Result = models.RoleUnassign, models.ResultRefused
			elif(e)
			approver(e)
		}),
			"Goran Novak tried to remove role Payment approver from Elif Kaya; it was refused"},
		"role without its name": {with(func(e *models.AuditEvent) { e.Action = models.RoleUnassign; elif(e) }),
			"Goran Novak removed a role from Elif Kaya"},
		"oneself": {with(func(e *models.AuditEvent) {
			e.Action, e.TargetKind, e.TargetID, e.TargetName = models.SessionEnd, models.KindUser, 1, "Goran Novak"
		}),
			"Goran Novak ended one of their own sessions"},
		"stranger at the door": {models.AuditEvent{Action: models.SignInRefused, ActorKind: models.ActorAnonymous, Result: models.ResultRefused},
			"A sign-in was refused"},
		"stranger who is known": {with(func(e *models.AuditEvent) {
			e.Action, e.ActorKind, e.ActorID, e.Result = models.SignInRefused, models.ActorAnonymous, 0, models.ResultRefused
			elif(e)
		}),
			"The sign-in of Elif Kaya was refused"},
		"target has no name": {with(func(e *models.AuditEvent) {
			e.Action, e.TargetKind, e.TargetID = models.UserSuspend, models.KindUser, 2
		}),
			"Goran Novak suspended a person"},
		"unknown action": {with(func(e *models.AuditEvent) { e.Action = "moon.land" }),
			"Goran Novak did something this version has no words for: moon.land"},
		"braces in a name stay a name": {with(func(e *models.AuditEvent) {
			e.Action, e.TargetKind, e.TargetID, e.TargetName = models.UserSuspend, models.KindUser, 2, "{actor}"
		}),
			"Goran Novak suspended {actor}"},
		"system": {models.AuditEvent{Action: models.TenantCreate, ActorKind: models.ActorSystem, ActorName: "Rollcall", TargetKind: models.KindTenant, TargetName: "Northwind"},
			"Rollcall created the organisation Northwind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := Line{Sentence: Sentence(&c.event)}
			if got := l.Text(); got != c.want {
				t.Errorf("sentence = %q, want %q", got, c.want)
			}
		})
	}
}

// Names are links: they stay parts of their own, never joined with the words.
func TestSentenceParts(t *testing.T) {
	t.Parallel()
	e := &models.AuditEvent{
		Action: models.RoleAssign, ActorKind: models.ActorUser, ActorID: 1, ActorName: "Goran",
		TargetKind: models.KindUser, TargetID: 2, TargetName: "Elif", ObjectKind: models.KindRole, ObjectID: 3, ObjectName: "Approver",
	}
	known := refs{pages: map[thing]string{{models.KindUser, 1}: "u-1", {models.KindUser, 2}: "u-2", {models.KindRole, 3}: "erp.approver"}}
	want := []Part{
		{"Goran", models.KindUser, "u-1"}, {Text: " gave role "}, {"Approver", models.KindRole, "erp.approver"}, {Text: " to "}, {"Elif", models.KindUser, "u-2"},
	}
	got := sentence(e, known)
	if len(got) != len(want) {
		t.Fatalf("parts = %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("part %d = %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestChanges(t *testing.T) {
	t.Parallel()
	known := refs{attributes: map[string]models.AttributeDefinition{
		"cost_centre": {Key: "cost_centre", Label: "Cost centre"},
		"badge":       {Key: "badge", Label: "Badge number", Masked: true},
	}}
	before := `{"display_name":"Elif","external":false,"until_at":253402300799000000,"phone":"+49 1","attribute.badge":"7","attribute.cost_centre":"","tags":["a","b"]}`
	after := `{"display_name":"Elif Kaya","external":true,"until_at":1795344120000000,"phone":"+49 2","attribute.badge":"8","attribute.cost_centre":"42","attribute.gone":"x","status":"leaving"}`
	want := []struct{ label, before, after string }{
		{"Badge number", "", ""},
		{"Cost centre", "None", "42"},
		{"Gone", "", ""},
		{"Name", "Elif", "Elif Kaya"},
		{"External", "No", "Yes"},
		{"Phone", "", ""},
		{"Status", "None", "Leaving"},
		{"Tags", "a, b", "None"},
		{"Until", "No end", "2026-11-22 10:42:00 UTC"},
	}
	got := changes(before, after, known)
	if len(got) != len(want) {
		t.Fatalf("%d changes, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		if g := got[i]; g.Label != w.label || g.Before != w.before || g.After != w.after || g.Hidden != (w.after == "") {
			t.Errorf("change %d = %+v, want %+v", i, g, w)
		}
	}
	known.unmasked = true
	if c := changes(before, after, known)[5]; c.Hidden || c.After != "+49 2" {
		t.Errorf("phone for a reader with users.unmask = %+v, want it shown", c)
	}
}

func TestColumn(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"ExternalID": "external_id", "LastSignInAt": "last_sign_in_at", "ID": "id", "Phone": "phone", "IDToken": "id_token"} {
		if got := column(in); got != want {
			t.Errorf("column(%s) = %s, want %s", in, got, want)
		}
	}
	if !maskedFields["phone"] || !maskedFields["external_id"] || maskedFields["display_name"] {
		t.Errorf("masked fields = %v", maskedFields)
	}
}

func FuzzReadPlace(f *testing.F) {
	f.Add("")
	f.Add(place{at: 5, id: 7}.String())
	f.Add(place{at: -5, id: 7, newer: true}.String())
	f.Add("bzEuMQ")
	f.Fuzz(func(t *testing.T, cursor string) {
		p, some, err := readPlace(cursor)
		if err != nil || !some {
			return
		}
		again, _, err := readPlace(p.String())
		if err != nil || again != p {
			t.Fatalf("%q reads as %+v, which reads back as %+v, %v", cursor, p, again, err)
		}
	})
}
