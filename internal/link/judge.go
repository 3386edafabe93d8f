package link

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// record is what is known about one person when records are compared.
type record struct {
	models.User
	department string
	identities []models.Identity
	dates      map[string]string // date attributes that tell people apart, by key
	reports    int
	sessions   []models.Session
}

// Keys of date attributes that tell two people apart. Their values are not
// written into the evidence: they may be masked.
var (
	birthKeys = []string{"birth_date", "birthdate", "date_of_birth"}
	startKeys = []string{"start_date", "hire_date"}
)

// dateKeys lists all of them.
func dateKeys() []string { return append(append([]string{}, birthKeys...), startKeys...) }

// compare gives what speaks for and against two records being one human, and
// the values that what speaks for it rests on.
func (e *Engine) compare(a, b record) (Evidence, string) {
	var ev Evidence
	if a.ExternalID != "" && a.ExternalID == b.ExternalID {
		ev.speaksFor(SameExternalID, "Same employee ID")
	}
	e.compareEmail(&ev, a, b)
	sameTeam := a.DepartmentID != 0 && a.DepartmentID == b.DepartmentID && a.ManagerID != 0 && a.ManagerID == b.ManagerID
	switch {
	case a.SortName != b.SortName || a.SortName == "":
	case sameTeam:
		ev.speaksFor(SameTeam, "Same name, department and manager")
	default:
		ev.speaksFor(SameName, "Same name")
	}
	if phone := digitsOf(a.Phone); len(phone) > 5 && phone == digitsOf(b.Phone) {
		ev.speaksFor(SamePhone, "Same phone number")
	}
	if a.ExternalID != "" && b.ExternalID != "" && a.ExternalID != b.ExternalID {
		ev.speaksAgainst(OtherExternalID, "Different employee IDs")
	}
	if differ(a, b, birthKeys, 4) {
		ev.speaksAgainst(OtherBirthYear, "Different years of birth")
	}
	if differ(a, b, startKeys, 10) {
		ev.speaksAgainst(OtherStart, "Different start dates")
	}
	if a.DepartmentID != 0 && b.DepartmentID != 0 && a.DepartmentID != b.DepartmentID {
		ev.speaksAgainst(OtherDepartment, "Different departments: "+a.department+", "+b.department)
	}
	if a.reports > 0 && b.reports > 0 {
		ev.speaksAgainst(BothLead, fmt.Sprintf("Both have reports: %d and %d", a.reports, b.reports))
	}
	if activeApart(a.sessions, b.sessions) {
		ev.speaksAgainst(ActiveApart, "Both signed in at the same time, from different networks")
	}
	return ev, strings.Join([]string{a.ExternalID, a.EmailNorm, b.EmailNorm, a.SortName, digitsOf(a.Phone)}, "\x1f")
}

// compareEmail looks at the addresses the records and their issuers give.
func (e *Engine) compareEmail(ev *Evidence, a, b record) {
	verified := ""
	for _, i := range a.identities {
		for _, j := range b.identities {
			same := i.Email != "" && directory.NormEmail(i.Email) == directory.NormEmail(j.Email)
			if same && i.EmailVerified && j.EmailVerified {
				verified = e.people.SourceName(i.Provider)
				if i.Provider != j.Provider {
					verified += " and " + e.people.SourceName(j.Provider)
				}
			}
		}
	}
	switch {
	case verified != "":
		ev.speaksFor(SameVerified, "Same e-mail address, verified for both by "+verified)
	case a.EmailNorm != "" && a.EmailNorm == b.EmailNorm:
		ev.speaksFor(SameEmail, "Same e-mail address")
		ev.speaksAgainst(EmailUnverified, "The e-mail address is not verified for both")
	}
}

// differ reports whether both records have one of the dates, and its first n
// characters differ.
func differ(a, b record, keys []string, n int) bool {
	for _, key := range keys {
		x, y := a.dates[key], b.dates[key]
		if len(x) >= n && len(y) >= n && x[:n] != y[:n] {
			return true
		}
	}
	return false
}

// digitsOf gives a phone number without what people write between the digits.
func digitsOf(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}

// activeApart reports whether two people had sessions at the same time that came
// from networks that have nothing to do with each other.
func activeApart(a, b []models.Session) bool {
	for _, s := range a {
		for _, t := range b {
			together := s.CreatedAt <= t.LastSeenAt && t.CreatedAt <= s.LastSeenAt
			if together && farApart(s.IP, t.IP) {
				return true
			}
		}
	}
	return false
}

// farApart reports whether two addresses lie in different networks: of version 4
// the first 16 bits differ, of version 6 the first 32. Private addresses and
// those of different versions say nothing.
func farApart(a, b string) bool {
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	if cmp.Or(errX, errY) != nil {
		return false
	}
	x, y = x.Unmap(), y.Unmap()
	if x.Is4() != y.Is4() || x.IsPrivate() || y.IsPrivate() || x.IsLoopback() || y.IsLoopback() {
		return false
	}
	bits := 32
	if x.Is4() {
		bits = 16
	}
	network, err := x.Prefix(bits)
	return err == nil && !network.Contains(y)
}
