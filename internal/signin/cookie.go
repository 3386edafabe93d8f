package signin

import (
	"net/http"

	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// The cookies of a sign-in and of a sign-out. The prefix keeps neighbours on
// other host names from setting them.
const (
	hostPrefix    = "__Host-"
	bindingCookie = "rollcall-signin"
	signOutCookie = "rollcall-signout"
	bindingSize   = 43
)

func (f *Flow) secure() bool { return f.providers.public.Scheme == "https" }

func (f *Flow) cookie(name, value string, seconds int) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: seconds}
	if f.secure() {
		c.Name, c.Secure = hostPrefix+name, true
	}
	return c
}

func (f *Flow) read(r *http.Request, name string) string {
	c, err := r.Cookie(f.cookie(name, "", 0).Name)
	if err != nil {
		return ""
	}
	return c.Value
}

// BindingCookie ties sign-ins to the browser that begins them (OIDC-14). It is
// set at every start, with the value Start gave; tabs share it.
func (f *Flow) BindingCookie(value string) *http.Cookie {
	return f.cookie(bindingCookie, value, int(oidc.Life.Seconds()))
}

// Binding gives the value the browser brought, or "".
func (f *Flow) Binding(r *http.Request) string {
	value := f.read(r, bindingCookie)
	if len(value) != bindingSize {
		return ""
	}
	return value
}
