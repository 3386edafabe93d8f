package search_test

import (
	"testing"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/search"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

func TestPages(t *testing.T) {
	t.Parallel()
	hana := search.Hit{Href: "/users/u3", Name: "Hana Weber", Below: "hana.weber@northwind.example", Said: "by subject", Status: "leaving", StatusText: "Leaving"}
	role := search.Hit{Href: "/roles/ledger.approver", Name: "Payment approver", Below: "ledger.approver", Said: "Release outgoing payments"}
	full := search.Model{
		Text: "weber", Kinds: "people, roles and applications", Exact: []search.Hit{hana},
		Groups: []search.Group{
			{ID: "people", Title: "People", Hits: []search.Hit{hana, {Href: "/users/u4", Name: "<Ilse> Weber", Status: "active", StatusText: "Active"}}, MoreHref: "/users?q=weber", More: "All people with this"},
			{ID: "roles", Title: "Roles", Hits: []search.Hit{role}},
		},
	}
	for name, c := range map[string]templ.Component{
		"page": search.Page(full), "results": search.Results(full),
		"nothing": search.Page(search.Model{Text: "\"><script>", Kinds: "people"}),
		"unasked": search.Page(search.Model{Kinds: "people"}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}
