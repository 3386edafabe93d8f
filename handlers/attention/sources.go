package attention

import (
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui"
)

const day = 24 * time.Hour

// soon is how far ahead ending access is shown.
const soon = 7 * day

// dormantTime is how long a privileged person may not sign in without being shown.
const dormantTime = 90 * day

func (f *findings) countPeople() error {
	n, capped, err := f.p.People.Count(f.c.Ctx(), f.c.Tenant(), directory.Query{})
	if err != nil {
		return err
	}
	f.people, f.peopleCapped, f.peopleKnown = n, capped, true
	return nil
}

func (f *findings) askPeople() error {
	a, err := f.p.People.Attention(f.c.Ctx(), f.c.Tenant())
	if err != nil {
		return err
	}
	f.leaving, f.leavingCapped, f.leavingKnown = a.LeavingSoon.Total, a.LeavingSoon.Capped, true
	if w := a.LeavingPassed; w.Total > 0 {
		item := attention.Item{
			Mark: "no", Since: w.Rows[0].LeavingAt.Time(), Overdue: true, Href: "/users?view=overdue",
			Link: "Review " + ui.People(w.Total), About: "past their leaving date",
			Text: number(w.Total, w.Capped, "person is", "people are") + " past their leaving date and not deactivated. Their roles still stand.",
		}
		if w.Total == 1 {
			one := w.Rows[0]
			item.Text = one.DisplayName + " was to leave on " + ui.DayText(one.LeavingAt.Time(), f.c.Now()) + " and is not deactivated. Their roles still stand."
			item.Href, item.Link, item.About = "/users/"+one.PublicID, "Open", one.DisplayName
		}
		f.add(shouldBeOut, item)
	}
	if w := a.Pending; w.Total > 0 {
		item := attention.Item{
			Mark: "waiting", Since: w.Rows[0].PendingSince.Time(), Href: "/users?view=pending",
			Link: "Review " + ui.People(w.Total), About: "who wait to be let in",
			Text: number(w.Total, w.Capped, "person", "people") + " signed in and wait to be let in.",
		}
		if w.Total == 1 {
			one := w.Rows[0]
			item.Text, item.Href, item.Link, item.About = one.DisplayName+" signed in and waits to be let in.", "/users/"+one.PublicID, "Open", one.DisplayName
		}
		f.add(waitingIn, item)
	}
	return nil
}

// askAdmins warns when one person alone holds the Admin role: losing that person
// would lock everybody out.
func (f *findings) askAdmins() error {
	role, err := f.p.Access.Role(f.c.Ctx(), f.c.Tenant(), models.RoleAdmin)
	if err != nil {
		return err
	}
	f.admins, f.adminsKnown = role.Holders, true
	if role.Holders > 1 {
		return nil
	}
	item := attention.Item{
		Mark: "sent", Text: "Only one person can administer " + f.p.Tenant + ". If that person is locked out, nobody can let anybody in.",
		Href: "/roles/" + models.RoleAdmin, Link: "See who", About: "can administer",
	}
	if f.c.Can(models.RolesAssignPrivileged) {
		item.Href, item.Link, item.About = "/users", "Choose a second admin", ""
	}
	f.add(lastAdmin, item)
	return nil
}

func (f *findings) askEnding() error {
	page, err := f.p.Access.EndingSoon(f.c.Ctx(), f.c.Tenant(), soon)
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	n := len(page.Rows)
	f.add(endingSoon, attention.Item{
		Mark: "leaving", Due: page.Rows[0].Until.Time(), Href: "/attention/ending",
		Text: number(n, page.More, "role ends", "roles end") + " within 7 days. The next: " + page.Rows[0].Role.Name + " of " + page.Rows[0].User.Name + ".",
		Link: "Review " + ui.Counted(n, "role", "roles"), About: "that end soon",
	})
	return nil
}

func (f *findings) askStanding() error {
	page, err := f.p.Access.Standing(f.c.Ctx(), f.c.Tenant())
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	n := holders(page)
	text := number(n, page.More, "person holds", "people hold") + " privileged access without an end."
	f.add(standing, attention.Item{
		Mark: "sent", Text: text, Since: page.Rows[0].Since.Time(), Href: "/attention/standing",
		Link: "Review " + ui.People(n), About: "with privileged access without an end",
	})
	return nil
}

func holders(page access.StandingPage) int {
	people := map[int64]bool{}
	for _, row := range page.Rows {
		people[row.User.ID] = true
	}
	return len(people)
}

// askDormant counts exactly what the page behind the link lists.
func (f *findings) askDormant() error {
	ids, err := f.p.Access.PrivilegedRoleIDs(f.c.Ctx(), f.c.Tenant())
	if err != nil || len(ids) == 0 {
		return err
	}
	n, capped, err := f.p.People.Count(f.c.Ctx(), f.c.Tenant(), directory.Query{
		View: directory.ViewPrivileged, PrivilegedRoleIDs: ids, Statuses: []models.Status{models.Active},
		SignedInBefore: models.At(f.c.Now().Add(-dormantTime)),
	})
	if err != nil || n == 0 {
		return err
	}
	f.add(dormant, attention.Item{
		Mark: "skipped", Text: number(n, capped, "person", "people") + " with privileged access did not sign in for 90 days.",
		Href: "/users?view=privileged&status=active&seen=90", Link: "Review " + ui.People(n), About: "who did not sign in",
	})
	return nil
}

// A day is unusual when it has at least this many refusals, and this many times
// those of a usual day of the week before.
const (
	refusedLeast = 10
	refusedTimes = 3
)

// askRefused compares the refused sign-ins of a day with the seven before it.
func (f *findings) askRefused() error {
	if !f.c.Can(models.AuditRead) {
		return nil
	}
	now := f.c.Now()
	q := audit.Query{Actions: []models.Action{models.SignInRefused}, From: models.At(now.Add(-day))}
	today, err := f.p.Log.Count(f.c.Ctx(), f.c.Actor(), q)
	if err != nil || today.Unknown || today.N < refusedLeast {
		return err
	}
	q.From, q.To = models.At(now.Add(-8*day)), models.At(now.Add(-day))
	week, err := f.p.Log.Count(f.c.Ctx(), f.c.Actor(), q)
	if err != nil || week.Unknown {
		return err
	}
	usual := (week.N + 6) / 7
	if today.N < refusedTimes*usual {
		return nil
	}
	f.add(unusual, attention.Item{
		Mark: "no", Text: number(today.N, today.Capped, "sign-in was", "sign-ins were") + " refused in the last 24 hours. Usual is " + usualWords(week.N, usual) + ".",
		Href: "/audit?what=" + string(models.SignInRefused) + "&range=24h", Link: "See them", About: "refused sign-ins",
	})
	return nil
}

func usualWords(week, usual int) string {
	if week == 0 {
		return "none: there was not one in the 7 days before"
	}
	return "about " + ui.Count(usual) + " a day"
}

func (f *findings) askProviders() error {
	if f.p.Providers == nil {
		return nil
	}
	for _, one := range f.p.Providers() {
		f.providers++
		if one.OK {
			continue
		}
		f.providersDown++
		f.add(signInBroken, attention.Item{
			Mark: "failed", Text: one.Sentence + " Who is signed in stays signed in; nobody can sign in through " + one.Name + " now.",
			Since: one.Since, Href: "/attention", Link: "Check again", About: "whether " + one.Name + " answers",
		})
	}
	f.providersChecked = true
	return nil
}
