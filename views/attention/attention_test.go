package attention_test

import (
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 10, 42, 12, 0, time.UTC)

func TestPages(t *testing.T) {
	t.Parallel()
	full := attention.Model{
		Now:     now,
		Summary: []attention.Part{{Text: "1 provider cannot be used for signing in.", Bad: true}, {Text: "12,481 people.", Href: "/users"}, {Text: "Nobody leaves this week."}},
		Items: []attention.Item{
			{Mark: "no", Text: "3 people are past their leaving date and can still sign in.", Since: now.AddDate(0, 0, -2), Overdue: true, Href: "/users?view=overdue", Link: "Review 3 people", About: "past their leaving date"},
			{Mark: "unknown", Text: "Could not check refused sign-ins.", Href: "/attention", Link: "Retry", About: "checking refused sign-ins", Failed: true},
			{Mark: "leaving", Text: "5 roles end within 7 days.", Due: now.AddDate(0, 0, 4), Href: "/attention/ending", Link: "Review 5 roles"},
		},
	}
	first := attention.Model{Now: now, Nothing: "Checked just now: 1 person.", Steps: []attention.Step{
		{Text: "Connect a provider.", Done: true},
		{Text: "Let the first other person in.", How: "Invite somebody.", Href: "/users/new", Link: "Invite a person"},
		{Text: "Prepare.", Command: "rollcall serve --help"},
	}}
	ending := attention.AssignmentsModel{
		ID: "ending", Sentence: "These people lose the role by themselves.", Caption: "Roles that end", More: "There are more.", Now: now,
		Rows: []attention.Assignment{{Person: "Elif Kaya", PersonHref: "/users/u1", Role: "Payment approver", RoleHref: "/roles/x", Privileged: true, Until: now.AddDate(0, 0, 3), UntilHref: "/users/u1/roles/7/until"}},
	}
	standing := ending
	standing.Endless, standing.Rows = true, []attention.Assignment{{Person: "Elif Kaya", PersonHref: "/users/u1", Role: "Payment approver", Since: now.AddDate(-1, 0, 0)}}
	cases := map[string]templ.Component{
		"queue":    attention.Page(full),
		"nothing":  attention.Queue(attention.Model{Nothing: "Checked just now: 12,481 people, 2 providers."}),
		"first":    attention.Page(first),
		"ending":   attention.Assignments(ending),
		"standing": attention.Assignments(standing),
		"none":     attention.Assignments(attention.AssignmentsModel{Sentence: "These people.", Empty: "No role ends within 7 days"}),
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}
