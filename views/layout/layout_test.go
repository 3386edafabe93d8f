package layout_test

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var content = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, "<p>content</p>")
	return err
})

func around(page templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return page.Render(templ.WithChildren(ctx, content), w)
	})
}

func full() layout.Model {
	return layout.Model{
		Title: "Edit Amara Okafor", Heading: "Edit", FocusHeading: true,
		Tenant: layout.Tenant{Name: "Northwind Group", Environment: "Staging", SwitchHref: "/tenants"},
		Nav: []layout.NavSection{
			{Title: "Work", Items: []layout.NavItem{{Label: "Attention", Href: "/attention", Count: 1206, Overdue: true, Key: "a"}, {Label: "Approvals", Href: "/approvals", Count: 3}}},
			{Items: []layout.NavItem{{Label: "Users", Href: "/users", Current: true}}},
		},
		Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: "Amara Okafor"}},
		Person: "Goran Novak", SignOutSentence: "Signs you out of Rollcall and of Keycloak.",
		Elevated:     &layout.Elevation{Until: "14:35", EndAction: "/elevation/end", ReturnHref: "/users/7"},
		Preferences:  layout.Preferences{Theme: "dark", Density: "compact", Keys: true, Return: "/users/7"},
		SearchAction: "/search", SearchValue: `"amara"`,
		Banners: []ui.Notice{{Tone: ui.Warn, Text: "Keycloak not reachable since 10:42."}},
		Demo:    "Demo data, resets on restart.", Status: "1 person matches",
		Aside: ui.Status("active"), Actions: ui.ButtonLink(ui.Action{Label: "Cancel", Href: "/users/7"}),
		Version: "1.2.3", HelpHref: "/help", Contact: "Run by Northwind IT",
	}
}

func TestPages(t *testing.T) {
	t.Parallel()

	for name, page := range map[string]templ.Component{
		"page":         layout.Page(full()),
		"page-minimal": layout.Page(layout.Model{Title: "My access", Tenant: layout.Tenant{Name: "Northwind", Environment: "Production"}, Person: "Ada", Preferences: layout.Preferences{Action: "-"}}),
		"bare":         layout.Bare(full()),
		"bare-minimal": layout.Bare(layout.Model{}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, around(page))
		})
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		model layout.Model
		want  string
	}{
		"page of a tenant": {layout.Model{Title: "Users", Tenant: layout.Tenant{Name: "Northwind Group"}}, "Users - Northwind Group - Rollcall"},
		"before a tenant":  {layout.Model{Title: "Sign in"}, "Sign in - Rollcall"},
		"nothing known":    {layout.Model{}, "Rollcall"},
		"markup in a name": {layout.Model{Title: "A", Tenant: layout.Tenant{Name: "<b>"}}, "A - &lt;b&gt; - Rollcall"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := uitest.Draw(t, layout.Bare(c.model)); !strings.Contains(got, "<title>"+c.want+"</title>") {
				t.Errorf("no title %q in %s", c.want, got)
			}
		})
	}
}

// The appearance comes from cookies, so anything may stand in it.
func TestUnknownPreferencesFallBack(t *testing.T) {
	t.Parallel()

	got := uitest.Draw(t, layout.Page(layout.Model{Preferences: layout.Preferences{Theme: `"><script>`, Density: "huge"}}))
	for _, want := range []string{`data-theme="system"`, `data-density="comfortable"`, `data-keys="off"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
}

func TestScriptsNeedANonce(t *testing.T) {
	t.Parallel()

	script := regexp.MustCompile(`<script[^>]*>`)

	t.Run("with a nonce", func(t *testing.T) {
		t.Parallel()

		scripts := script.FindAllString(uitest.Draw(t, layout.Page(full())), -1)
		if len(scripts) != 1 {
			t.Fatalf("%d scripts, want one", len(scripts))
		}

		for _, s := range scripts {
			if !strings.Contains(s, `nonce="`+uitest.Nonce+`"`) {
				t.Errorf("%s has no nonce", s)
			}
		}
	})

	t.Run("without one the page stands alone", func(t *testing.T) {
		t.Parallel()

		var b strings.Builder
		if err := layout.Page(full()).Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}

		if strings.Contains(b.String(), "<script") {
			t.Error("a script was drawn that the policy would refuse")
		}
	})
}

func TestOneHeading(t *testing.T) {
	t.Parallel()

	for name, page := range map[string]templ.Component{"page": layout.Page(full()), "bare": layout.Bare(full())} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if n := strings.Count(uitest.Draw(t, page), "<h1"); n != 1 {
				t.Errorf("%d headings of the first level, want 1", n)
			}
		})
	}
}

func TestSignOutWorksWithoutScripts(t *testing.T) {
	t.Parallel()

	got := uitest.Draw(t, layout.Page(full()))
	if !strings.Contains(got, `method="post" action="/signout"`) {
		t.Error("no form posts to /signout")
	}
}

func TestNoAddressRuns(t *testing.T) {
	t.Parallel()

	const evil = "javascript:alert(1)"

	m := full()
	m.Tenant.SwitchHref, m.HelpHref, m.PersonHref, m.SearchAction = evil, evil, evil, evil
	m.Crumbs[0].Href, m.Nav[0].Items[0].Href, m.Preferences.Action, m.Elevated.EndAction = evil, evil, evil, evil

	if got := uitest.Draw(t, layout.Page(m)); strings.Contains(got, evil) {
		t.Errorf("drawn as it came: %s", got)
	}
}
