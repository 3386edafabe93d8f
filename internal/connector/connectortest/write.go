package connectortest

import (
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

// setEnabled holds that a switch does what it says, twice over, and nothing else.
func (s *suite) setEnabled(t *testing.T) {
	switcher := as[connector.Switcher](t, s.system)
	reader := as[connector.PersonReader](t, s.system)
	p := somebody("switch")
	p.Attribute = "stays"
	id := s.AddPerson(t, p)
	for _, enabled := range []bool{false, false, true, true} {
		if err := switcher.SetEnabled(t.Context(), id, enabled); err != nil {
			t.Fatalf("enabled %t: %v", enabled, err)
		}
		a, err := reader.ReadPerson(t.Context(), id)
		if err != nil || a.Enabled != enabled {
			t.Fatalf("read back %t, %v", a.Enabled, err)
		}
		if a.Email != p.Email || a.GivenName != p.GivenName || a.FamilyName != p.FamilyName {
			t.Errorf("the switch changed more: %+v", a)
		}
		if s.Attribute != "" && strings.Join(a.Attributes[s.Attribute], "") != "stays" {
			t.Errorf("the switch changed attributes: %v", a.Attributes)
		}
	}
	if f := Failed(t, switcher.SetEnabled(t.Context(), s.Unknown, false)); f.Kind != connector.FailNotFound {
		t.Errorf("nobody was switched: %v", f)
	}
}

// writeFields holds that what is named is written and what is not stays.
func (s *suite) writeFields(t *testing.T) {
	writer := as[connector.FieldWriter](t, s.system)
	if len(s.does.Writes) == 0 {
		t.Fatal("fields can be written, and none are named")
	}
	p := somebody("written")
	p.Attribute = "before"
	w := desk{suite: s, id: s.AddPerson(t, p)}
	before := w.read(t)
	w.write(t, map[string]string{"family_name": "Okafor-Lindqvist"})
	if a := w.read(t); a.FamilyName != "Okafor-Lindqvist" || a.GivenName != before.GivenName || a.Email != before.Email || !a.Enabled {
		t.Errorf("after the family name: %+v", a)
	} else if s.Attribute != "" && strings.Join(a.Attributes[s.Attribute], "") != "before" {
		t.Errorf("the family name took attributes away: %v", a.Attributes)
	}
	w.write(t, map[string]string{"email": "written.new@example.org"})
	if a := w.read(t); a.Email != "written.new@example.org" || a.EmailVerified || a.FamilyName != "Okafor-Lindqvist" {
		t.Errorf("after the e-mail address: %+v", a)
	}
	if s.Attribute != "" {
		w.writeAttributes(t)
	}
	if err := writer.WriteFields(t.Context(), w.id, nil); err != nil {
		t.Errorf("writing nothing: %v", err)
	}
	if f := Failed(t, writer.WriteFields(t.Context(), s.Unknown, map[string]string{"given_name": "X"})); f.Kind != connector.FailNotFound {
		t.Errorf("nobody was written to: %v", f)
	}
}

// desk writes to one account and reads it back.
type desk struct {
	*suite
	id string
}

func (w desk) read(t *testing.T) connector.Account {
	t.Helper()
	a, err := as[connector.PersonReader](t, w.system).ReadPerson(t.Context(), w.id)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w desk) write(t *testing.T, fields map[string]string) {
	t.Helper()
	for name := range fields {
		if !w.does.Writable(name) {
			t.Fatalf("%s cannot be written", name)
		}
	}
	if err := as[connector.FieldWriter](t, w.system).WriteFields(t.Context(), w.id, fields); err != nil {
		t.Fatal(err)
	}
}

func (w desk) writeAttributes(t *testing.T) {
	t.Helper()
	before := w.read(t)
	w.write(t, map[string]string{w.Other: "other"})
	w.write(t, map[string]string{w.Attribute: "after"})
	a := w.read(t)
	if strings.Join(a.Attributes[w.Attribute], "") != "after" || strings.Join(a.Attributes[w.Other], "") != "other" {
		t.Errorf("attributes %v", a.Attributes)
	}
	if a.Email != before.Email || a.GivenName != before.GivenName || a.FamilyName != before.FamilyName || a.Username != before.Username || a.Enabled != before.Enabled {
		t.Errorf("an attribute took fields away: %+v", a)
	}
	w.write(t, map[string]string{w.Attribute: "", "given_name": "Ada"})
	a = w.read(t)
	if len(a.Attributes[w.Attribute]) != 0 || strings.Join(a.Attributes[w.Other], "") != "other" || a.GivenName != "Ada" {
		t.Errorf("emptied: %+v", a)
	}
}
