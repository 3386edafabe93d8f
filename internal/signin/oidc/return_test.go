package oidc_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// returns are addresses after signing in; those that map to themselves are
// accepted (OIDC-22).
var returns = map[string]string{
	"/":                                "/",
	"/users":                           "/users",
	"/users/":                          "/users/",
	"/users?q=ada&after=x#row-3":       "/users?q=ada&after=x#row-3",
	"/users?q=a%20b&next=//evil.com":   "/users?q=a%20b&next=//evil.com",
	"/users?q=a:b@c":                   "/users?q=a:b@c",
	"/users/%C3%A4":                    "/users/%C3%A4",
	"/search/100%25":                   "/search/100%25",
	"/search/a%2520b":                  "/search/a%2520b",
	"/a:b/c@d":                         "/a:b/c@d",
	"":                                 "/",
	"users":                            "/",
	"//evil.com":                       "/",
	"///evil.com":                      "/",
	"////evil.com/%2e%2e":              "/",
	"/\\evil.com":                      "/",
	"\\/evil.com":                      "/",
	"\\\\evil.com":                     "/",
	"/users\\..\\evil":                 "/",
	"https://evil.com":                 "/",
	"http:evil.com":                    "/",
	"https:/evil.com":                  "/",
	"javascript:alert(1)":              "/",
	"/javascript:alert(1)\n":           "/",
	"data:text/html,x":                 "/",
	"/users?q=a\\b":                    "/",
	"/users?q=a b":                     "/",
	"/\t/evil.com":                     "/",
	"/\n/evil.com":                     "/",
	"/\r\nLocation: https://evil.com":  "/",
	"\t//evil.com":                     "/",
	" //evil.com":                      "/",
	" /users":                          "/",
	"/users\x00":                       "/",
	"/%00":                             "/",
	"/%0d%0aSet-Cookie:a=b":            "/",
	"/%2f/evil.com":                    "/",
	"/%2fevil.com":                     "/",
	"/%5cevil.com":                     "/",
	"/%255cevil.com":                   "/",
	"/%252f%252fevil.com":              "/",
	"/./%2fevil.com":                   "/",
	"/..//evil.com":                    "/",
	"/.//evil.com":                     "/",
	"/users/../../evil":                "/",
	"/users/%2e%2e/admin":              "/",
	"/users//x":                        "/",
	"/%":                               "/",
	"/%zz":                             "/",
	"/\u2044evil.com":                  "/",
	"/\uff0fevil.com":                  "/",
	"/üsers":                           "/",
	"@evil.com":                        "/",
	".evil.com":                        "/",
	"?q=1":                             "/",
	"#x":                               "/",
	"/" + strings.Repeat("a", 2047):    "/" + strings.Repeat("a", 2047),
	"/" + strings.Repeat("a", 2048):    "/",
	"//console.example.com/users":      "/",
	"https://console.example.com/":     "/",
	"/%25%32%35%32%66%25%32%35%32%66x": "/",
}

func TestSafeReturn(t *testing.T) {
	t.Parallel()
	for given, want := range returns {
		if got := oidc.SafeReturn(given); got != want {
			t.Errorf("SafeReturn(%.60q) = %.60q, want %.60q", given, got, want)
		}
	}
}

// FuzzSafeReturn holds what a redirect needs: whatever comes in, what goes out
// leads nowhere but to this site, in Go's reading and in a browser's.
func FuzzSafeReturn(f *testing.F) {
	for given := range returns {
		f.Add(given)
	}
	base, err := url.Parse("https://console.example.com/signin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, given string) {
		got := oidc.SafeReturn(given)
		if got != "/" && got != given {
			t.Fatalf("%q became %q: it must be taken or left", given, got)
		}
		if oidc.SafeReturn(got) != got {
			t.Fatalf("%q is not accepted a second time", got)
		}
		target, err := base.Parse(got)
		if err != nil || target.Scheme != "https" || target.Host != base.Host || target.User != nil {
			t.Fatalf("%q leads to %v (%v)", given, target, err)
		}
		// A browser drops tabs and line breaks and takes a backslash for a slash.
		read := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(got)
		if read != got || strings.HasPrefix(read, "//") || !strings.HasPrefix(read, "/") {
			t.Fatalf("%q is read as %q", given, read)
		}
		w := httptest.NewRecorder()
		w.Header().Set("Location", got)
		if location := w.Result().Header.Get("Location"); strings.ContainsAny(location, "\r\n") {
			t.Fatalf("%q splits the header", given)
		}
	})
}
