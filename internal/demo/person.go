package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/models"
)

// person is somebody of the company before they are written.
type person struct {
	seed.Name
	key     string // set for those who play a part
	display string // when it is not simply the name

	publicID string
	number   int
	dept     *department
	boss     *person
	depth    int
	reports  int
	title    string
	external bool
	supplier string // domain of the company that lends them

	provider string
	subject  string
	username string
	email    string
	phone    string

	site, costCentre, badge string
	start                   time.Time

	status  models.Status
	reason  string
	by      string
	since   time.Time
	leaving time.Time
	pending time.Time
	last    time.Time // last sign-in
	created time.Time

	live bool  // has a session now
	id   int64 // once written
}

func (p *person) name() string {
	if p.display != "" {
		return p.display
	}
	return p.Full()
}

func (p *person) leads() bool { return p.reports > 0 }

// in reports whether the person may sign in now.
func (p *person) in() bool { return p.status.MaySignIn() }

// internal reports whether the person is on the payroll.
func (p *person) internal() bool { return !p.external }

// plainLeaf reports whether nothing was decided about the person yet.
func (p *person) plainLeaf() bool {
	return p.key == "" && !p.leads() && p.status == models.Active && p.leaving.IsZero()
}

// record is how the directory loads the person.
func (p *person) record(issuers map[string]string) directory.NewRecord {
	r := directory.NewRecord{
		PublicID: p.publicID, DisplayName: p.name(), GivenName: p.Given, FamilyName: p.Family,
		Username: p.username, Email: p.email, Phone: p.phone, ExternalID: fmt.Sprintf("NW-%06d", p.number),
		Title: p.title, Department: p.dept.name, External: p.external,
		Status: p.status, StatusReason: p.reason, StatusBy: p.by, StatusSince: models.At(p.since),
		LeavingAt: models.At(p.leaving), PendingSince: models.At(p.pending), LastSignInAt: models.At(p.last), CreatedAt: models.At(p.created),
		Owned:      p.provider == supplierKey,
		Attributes: map[string]string{"cost_centre": p.costCentre, "location": p.site},
	}
	if p.boss != nil {
		r.Manager = p.boss.publicID
	}
	if p.badge != "" {
		r.Attributes["badge"] = p.badge
	}
	if !p.start.IsZero() {
		r.Attributes["start_date"] = p.start.Format(time.DateOnly)
	}
	if p.provider != "" {
		how := "sign-in rule"
		if p.provider == supplierKey {
			how = "import"
		}
		r.Identities = []directory.NewIdentity{{
			Provider: p.provider, Issuer: issuers[p.provider], Subject: p.subject, Email: p.email, EmailVerified: true,
			Username: p.username, How: how, By: "Rollcall",
		}}
	}
	return r
}

// digits fills each # with a digit.
func digits(pattern string, r *rand.Rand) string {
	return strings.Map(func(c rune) rune {
		if c == '#' {
			return '0' + rune(r.IntN(10))
		}
		return c
	}, pattern)
}

// splitName takes the first word for the given name.
func splitName(full string) (given, family string) {
	given, family, _ = strings.Cut(full, " ")
	return given, family
}

func handle(given, family string) string { return seed.Handle(seed.Name{Given: given, Family: family}) }
