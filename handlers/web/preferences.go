package web

import (
	"net/http"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/views/layout"
)

// Choices of appearance live in cookies: they say nothing about the person, and
// the server can draw the right theme at once.
const (
	themeCookie   = "rollcall_theme"
	densityCookie = "rollcall_density"
	keysCookie    = "rollcall_keys"
	rowsCookie    = "rollcall_rows"
)

func (c *Call) preferences() layout.Preferences {
	p := layout.Preferences{Keys: c.cookie(keysCookie) != "off", Return: oidc.SafeReturn(c.Request.URL.RequestURI())}
	if t := c.cookie(themeCookie); t == "light" || t == "dark" {
		p.Theme = t
	}
	if d := c.cookie(densityCookie); d == "compact" {
		p.Density = d
	}
	if !c.route.Reads() {
		p.Return = "/"
	}
	return p
}

// SavePreferences keeps the choices of the form at the foot of the sidebar.
func SavePreferences(c *Call) error {
	choices := map[string][]string{
		themeCookie: {"system", "light", "dark"}, densityCookie: {"comfortable", "compact"}, keysCookie: {"on", "off"},
	}
	for name, field := range map[string]string{themeCookie: "theme", densityCookie: "density", keysCookie: "keys"} {
		value := c.PostForm(field)
		for _, allowed := range choices[name] {
			if value == allowed {
				c.SetCookieValue(name, value)
			}
		}
	}
	return c.Redirect(oidc.SafeReturn(c.PostForm("return")))
}

// Rows gives how many rows a list shows: 25, 50 or 100, remembered.
func (c *Call) Rows() int {
	choice := c.Query("rows")
	switch choice {
	case "":
		choice = c.cookie(rowsCookie)
	case "25", "50", "100":
		c.SetCookieValue(rowsCookie, choice)
	}
	switch choice {
	case "25":
		return 25
	case "100":
		return 100
	}
	return 50
}

// SetCookieValue keeps a choice for a year.
func (c *Call) SetCookieValue(name, value string) {
	http.SetCookie(c.Writer, &http.Cookie{ //nolint:gosec // a choice of looks that the page's own script reads; Secure is set where the address is https
		Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, Secure: c.kit.Secure, HttpOnly: false, SameSite: http.SameSiteLaxMode,
	})
}

func (c *Call) cookie(name string) string {
	v, err := c.Request.Cookie(name)
	if err != nil {
		return ""
	}
	return v.Value
}
