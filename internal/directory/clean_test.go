package directory

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/models"
)

func TestFormText(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want, problem string }{
		"plain":              {"Amara Okafor", "Amara Okafor", ""},
		"spaces":             {"  Amara \u00a0 Okafor ", "Amara Okafor", ""},
		"composed":           {"Zoe\u0308", "Zoë", ""},
		"override":           {"Ann\u202Egpj.exe", "Anngpj.exe", ""},
		"isolates":           {"\u2066Ann\u2069", "Ann", ""},
		"zero width":         {"An\u200Bn\uFEFF", "Ann", ""},
		"joiner is kept":     {"نمی\u200Cخواهم", "نمی\u200Cخواهم", ""},
		"hebrew":             {"דוד כהן", "דוד כהן", ""},
		"emoji":              {"Ann 👩‍🚀", "Ann 👩‍🚀", ""},
		"NUL":                {"Ann\x00", "", "NUL"},
		"escape":             {"Ann\x1b[31m", "", "control"},
		"line feed":          {"Ann\nSmith", "", "control"},
		"tab":                {"Ann\tSmith", "", "control"},
		"delete":             {"Ann\x7f", "", "control"},
		"C1 control":         {"Ann\u0085", "", "control"},
		"line separator":     {"Ann\u2028", "", "control"},
		"not UTF-8":          {"Ann\xff", "", "not text"},
		"longest":            {strings.Repeat("ä", 20), strings.Repeat("ä", 20), ""},
		"too long":           {strings.Repeat("ä", 21), "", "has 21 characters; at most 20"},
		"only invisible":     {"\u202E\u200B", "", ""},
		"markup is text":     {"<b>Ann</b>", "<b>Ann</b>", ""},
		"quotes and percent": {`O'%"x\`, `O'%"x\`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f form
			got := f.text("display_name", "The name", c.in, 20)
			if got != c.want {
				t.Errorf("text = %q, want %q", got, c.want)
			}
			problem := ""
			if len(f.fields) > 0 {
				problem = f.fields[0].Message
			}
			if (c.problem == "") != (problem == "") || !strings.Contains(problem, c.problem) {
				t.Errorf("problem = %q, want one about %q", problem, c.problem)
			}
		})
	}
}

// What a provider says is made to fit, whatever it is.
func TestAcceptFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "in")
		limit := rapid.IntRange(1, 40).Draw(t, "limit")
		got := accept(in, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit || got != strings.TrimSpace(got) {
			t.Fatalf("accept(%q, %d) = %q", in, limit, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || isHidden(r) {
				t.Fatalf("accept(%q) keeps %U", in, r)
			}
		}
	})
}

func TestReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in       string
		required bool
		ok       bool
	}{
		"ten characters":         {"0123456789", true, true},
		"nine and spaces":        {"   012345678   ", true, false},
		"empty, required":        {"", true, false},
		"empty, not required":    {"", false, true},
		"several lines":          {"asked by\r\nher manager", true, true},
		"control character":      {"asked by\x00 her manager", true, false},
		"too long":               {strings.Repeat("x", 1001), true, false},
		"ten letters of any use": {"ааааааааaa", true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f form
			f.reason(c.in, c.required)
			if ok := f.err() == nil; ok != c.ok {
				t.Errorf("reason(%q) accepted = %v, want %v: %v", c.in, ok, c.ok, f.err())
			}
			if !c.ok && (len(f.fields) != 1 || f.fields[0].Name != FieldReason) {
				t.Errorf("fields = %+v, want one on %s", f.fields, FieldReason)
			}
		})
	}
}

func TestCheckValue(t *testing.T) {
	t.Parallel()
	choice := Definition{Label: "Site", Kind: models.AttributeChoice, Choices: []string{"Oslo", "Porto"}}
	kind := func(k models.AttributeKind) Definition { return Definition{Label: "Site", Kind: k} }
	for _, c := range []struct {
		d        Definition
		in, want string
		ok       bool
	}{
		{kind(models.AttributeText), " a  b ", "a b", true},
		{kind(models.AttributeText), "a\x00", "", false},
		{kind(models.AttributeText), strings.Repeat("x", 256), "", false},
		{kind(models.AttributeNumber), "-12.50", "-12.50", true},
		{kind(models.AttributeNumber), "1e9", "", false},
		{kind(models.AttributeNumber), "1,000", "", false},
		{kind(models.AttributeNumber), "NaN", "", false},
		{kind(models.AttributeDate), "2026-11-22", "2026-11-22", true},
		{kind(models.AttributeDate), "2026-02-30", "", false},
		{kind(models.AttributeDate), "22.11.2026", "", false},
		{kind(models.AttributeBool), "TRUE", "true", true},
		{kind(models.AttributeBool), "yes", "", false},
		{choice, "Oslo", "Oslo", true},
		{choice, "oslo", "", false},
		{choice, "", "", true},
	} {
		got, problem := c.d.checkValue(c.in)
		if got != c.want || (problem == "") != c.ok {
			t.Errorf("%s %q = %q, %q; want %q, accepted %v", c.d.Kind, c.in, got, problem, c.want, c.ok)
		}
	}
}

func TestMaskedPrintsNothing(t *testing.T) {
	t.Parallel()
	m := Hide("+49 30 1234567")
	text := fmt.Sprintf("%s %v %+v %#v %v", m, m, m, m, []Masked{m})
	if strings.Contains(text, "49") || strings.Contains(text, "67") {
		t.Errorf("printed: %s", text)
	}
	if _, visible := m.For(models.UsersRead); visible {
		t.Error("shown without users.unmask")
	}
	if value, visible := m.For(models.UsersUnmask); !visible || value != "+49 30 1234567" {
		t.Errorf("For(users.unmask) = %q, %v", value, visible)
	}
	if b, err := jsonOf(m); err != nil || strings.Contains(b, "49") {
		t.Errorf("as JSON: %s, %v", b, err)
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Sources(rapid.MapOf(rapid.StringMatching("[a-z_]{1,20}"), rapid.StringMatching("[a-z]{1,20}")).Draw(t, "sources"))
		if got := ParseSources(s.Text()); len(got) != len(s) || got.Text() != s.Text() {
			t.Fatalf("%v read back as %v", s, got)
		}
	})
	for _, bad := range []string{"", "null", "[]", "{", `{"email":1}`} {
		if got := ParseSources(bad); len(got) != 0 || got == nil {
			t.Errorf("ParseSources(%q) = %#v", bad, got)
		}
	}
	if got := (Sources{"email": ""}).Text(); got != "{}" {
		t.Errorf("an empty owner is written: %s", got)
	}
}
