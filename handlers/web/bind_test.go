package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/errs"
)

type sampleForm struct {
	Name   string `form:"name" label:"Name" validate:"required,max=20"`
	Email  string `form:"email" label:"Email" validate:"omitempty,email"`
	Day    string `form:"day" label:"Day" validate:"omitempty,datetime=2006-01-02"`
	Kind   string `form:"kind" label:"Kind" validate:"omitempty,oneof=a b"`
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	Count  int64  `form:"count" label:"Count"`
	Secret string `form:"-"`
}

func bind(t *testing.T, body string) (sampleForm, error) {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	rec := httptest.NewRecorder()
	gc, _ := gin.CreateTestContext(rec)
	gc.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	gc.Request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var f sampleForm
	err := (&Call{Context: gc}).Bind(&f)
	return f, err
}

func TestBind(t *testing.T) {
	t.Parallel()
	const reason = "a good reason"
	tests := []struct {
		name   string
		form   url.Values
		fields []errs.Field
		kept   string
	}{
		{"Good", url.Values{"name": {"  Amara "}, "reason": {reason}}, nil, "Amara"},
		{"ErrNameMissing", url.Values{"name": {"   "}, "reason": {reason}}, []errs.Field{{Name: "name", Message: "Name is missing."}}, ""},
		{"ErrNameLong", url.Values{"name": {strings.Repeat("n", 21)}, "reason": {reason}},
			[]errs.Field{{Name: "name", Message: "Name is too long: at most 20 characters."}}, strings.Repeat("n", 21)},
		{"ErrEmail", url.Values{"name": {"A"}, "email": {"amara"}, "reason": {reason}},
			[]errs.Field{{Name: "email", Message: "Email is not an e-mail address, such as name@example.org."}}, "A"},
		{"ErrDay", url.Values{"name": {"A"}, "day": {"29.11.2026"}, "reason": {reason}},
			[]errs.Field{{Name: "day", Message: "Day is not a date of the form 2026-11-29."}}, "A"},
		{"ErrChoice", url.Values{"name": {"A"}, "kind": {"c"}, "reason": {reason}}, []errs.Field{{Name: "kind", Message: "Kind is not one of the choices."}}, "A"},
		{"ErrReasonShort", url.Values{"name": {"A"}, "reason": {"   short   "}},
			[]errs.Field{{Name: "reason", Message: "Write a reason of at least 10 characters. The audit log keeps it."}}, "A"},
		{"ErrControlCharacter", url.Values{"name": {"A\x00ma\x07ra"}, "reason": {reason}},
			[]errs.Field{{Name: "name", Message: "Name holds control characters that cannot be kept. They were taken out; look at the text once more."}}, "Amara"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, err := bind(t, tt.form.Encode())
			var got []errs.Field
			if e, ok := errs.As(err); ok {
				got = e.Fields
			}
			if diff := cmp.Diff(tt.fields, got); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if f.Name != tt.kept {
				t.Errorf("kept name = %q, want %q", f.Name, tt.kept)
			}
		})
	}
}

// WEB-15: what no field names is never bound.
func TestBindIgnoresWhatNoFieldNames(t *testing.T) {
	t.Parallel()
	f, err := bind(t, url.Values{"name": {"A"}, "reason": {"a good reason"}, "Secret": {"x"}, "secret": {"x"}, "tenant_id": {"2"}}.Encode())
	if err != nil || f.Secret != "" {
		t.Fatalf("Secret = %q, %v; want nothing bound", f.Secret, err)
	}
}

// A field without a tag would be bound by its own name.
func TestBindRefusesFormsWithUntaggedFields(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a form with an untagged field was bound")
		}
	}()
	var f struct{ Status string }
	gc, _ := gin.CreateTestContext(httptest.NewRecorder())
	gc.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Status=active"))
	_ = (&Call{Context: gc}).Bind(&f)
}

func TestBindRefusesHugeForms(t *testing.T) {
	t.Parallel()
	_, err := bind(t, "name="+strings.Repeat("n", maxForm+10))
	if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "1 MB") {
		t.Fatalf("a form of more than 1 MB = %v, want it refused by size", err)
	}
}

func TestBindRefusesWrongKinds(t *testing.T) {
	t.Parallel()
	if _, err := bind(t, "name=A&reason=a+good+reason&count=many"); !errs.Is(err, errs.Invalid) {
		t.Fatalf("a word where a number belongs = %v, want it refused", err)
	}
}

func TestDoorsAreShutByDefault(t *testing.T) {
	t.Parallel()
	var forgotten Route
	if forgotten.Opens(^forgotten.Allow, true) {
		t.Error("a route without a door opens")
	}
}

func TestLocalPath(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://rollcall.example/users?q=a": "/users?q=a", "https://evil.example/users": "", "//evil.example/": "", "": "", "https://rollcall.example": "/",
	} {
		if got := localPath(address, "rollcall.example"); got != want {
			t.Errorf("localPath(%q) = %q, want %q", address, got, want)
		}
	}
}
