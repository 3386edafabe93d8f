package team_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/team"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

func TestPages(t *testing.T) {
	t.Parallel()
	hana := team.Member{
		Name: "Hana Weber", Href: "/team/u3", Email: "hana.weber@northwind.example", Title: "Controller", Status: "leaving", StatusText: "Leaving 28 Nov",
		Leaving: now.AddDate(0, 0, 6), Roles: []string{"Payment approver", "Employee"}, MoreRoles: 2, LastSeen: now.Add(-time.Hour),
	}
	sven := team.Member{Name: "Sven Holm", Href: "/team/u4", Email: "sven@agency.example", Status: "active", StatusText: "Active", External: true}
	full := team.ListModel{Now: now, Leavers: []team.Member{hana}, LeaversMore: "There are more.", Members: []team.Member{hana, sven}, Previous: "/team?before=p", Next: "/team?after=n"}
	cases := map[string]templ.Component{
		"list":       team.List(full),
		"no-leavers": team.List(team.ListModel{Now: now, Members: []team.Member{sven}}),
		"nobody":     team.List(team.ListModel{Now: now}),
		"member": team.Page(team.MemberModel{
			Email: "hana.weber@northwind.example", Title: "Controller", Department: "Finance", Status: "leaving", StatusText: "Leaving 28 Nov",
			Since: now.AddDate(0, 0, -1), Leaving: now.AddDate(0, 0, 6), Access: templ.NopComponent, Now: now,
		}),
		"member-bare": team.Page(team.MemberModel{Status: "invited", StatusText: "Invited", Access: templ.NopComponent, Now: now}),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}
