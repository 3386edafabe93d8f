package demo

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// secondRecords is how many records stand beside one of somebody who is there
// already: one is suggested, one was rejected, one was merged.
const secondRecords = 3

// second is a record that came a second time.
type second struct {
	of      func(*loader) *person // of whom
	display string
	subject string
	mail    string
	in      directory.NewPerson
	role    string
}

// The second record of Björn Sato came with the bought company: the same
// employee ID, and much that speaks against it.
var (
	bjornAgain = second{
		of: func(l *loader) *person { return l.company.parts[partTwoAccounts] }, display: "Bjorn Sato", subject: subjectBjornAgain, mail: "b.sato",
		in:   directory.NewPerson{Title: "Senior Treasury Analyst", Department: "Finance", Attributes: map[string]string{"location": "Berlin", "start_date": "2024-03-01"}},
		role: reportsViewer,
	}
	merged = second{
		of: func(l *loader) *person { return l.extras[15] }, subject: "nw-moravia-4471", mail: "moravia.4471",
		in: directory.NewPerson{Title: "Contractor", Department: "Finance"}, role: reportsViewer,
	}
	namesake = second{
		of: func(l *loader) *person { return l.extras[16] }, subject: "nw-moravia-4502", mail: "moravia.4502",
	}
)

// addSecond creates the record with its identity.
func (l *loader) addSecond(s *second) func(context.Context) error {
	return func(ctx context.Context) error {
		p := s.of(l)
		in := s.in
		in.DisplayName, in.GivenName, in.FamilyName, in.Username, in.Email = s.display, p.Given, p.Family, s.mail, s.mail+"@"+EmailDomain
		in.Reason = "Taken over from the list of Moravia Works"
		if in.DisplayName == "" {
			in.DisplayName = p.name()
		}
		if p.boss != nil {
			in.Manager = p.boss.publicID
		}
		if in.Department == "" { // a namesake in the same team
			in.Department = p.dept.name
		} else {
			in.ExternalID = fmt.Sprintf("NW-%06d", p.number)
		}
		made, err := l.people.Create(ctx, l.admin(amara), in)
		if err != nil {
			return err
		}
		err = l.store.Change(ctx, l.admin(amara), func(ctx context.Context, tx *store.Tx) error {
			i, err := l.people.LinkIdentity(ctx, tx, directory.NewIdentity{
				UserID: made.ID, Provider: ProviderKey, Issuer: l.issuer, Subject: s.subject, Email: in.Email, EmailVerified: true, Username: s.mail, How: "import", By: rollcall,
			})
			if err != nil {
				return err
			}
			return tx.Record(ctx, store.Event{
				Action: models.IdentityLink, Target: store.Ref{Kind: models.KindUser, ID: made.ID, Name: made.DisplayName},
				Object: store.Ref{Kind: models.KindIdentity, ID: i.ID, Name: ProviderName + ": " + s.subject}, Reason: in.Reason,
			})
		})
		if err != nil || s.role == "" {
			return err
		}
		_, err = l.access.Assign(ctx, l.admin(goran), access.AssignInput{UserID: made.ID, RoleKey: s.role, Reason: "Reports of the merged company until the year's end"})
		return err
	}
}

// lookForDuplicates does what the console does every night.
func (l *loader) lookForDuplicates(ctx context.Context) error { return l.link.CheckNow(ctx, l.tenant) }

// caseOf finds the suggestion about a second record.
func (l *loader) caseOf(ctx context.Context, s second) (link.Case, error) {
	ties, err := l.link.Of(ctx, l.tenant, s.of(l).id)
	if err != nil {
		return link.Case{}, err
	}
	if len(ties.Open) == 0 {
		return link.Case{}, errs.New(errs.Internal, "demo: nothing is suggested about %s", s.of(l).name())
	}
	return ties.Open[0], nil
}

func (l *loader) rejectNamesake(ctx context.Context) error {
	c, err := l.caseOf(ctx, namesake)
	if err != nil {
		return err
	}
	_, err = l.link.Reject(ctx, l.admin(amara), c.PublicID, "Two colleagues of one name, both met in person")
	return err
}

// askMerge goes through the four steps as Amara did.
func (l *loader) askMerge(ctx context.Context) error {
	c, err := l.caseOf(ctx, merged)
	if err != nil {
		return err
	}
	by := l.admin(amara)
	d, err := l.link.Begin(ctx, by, c.A.PublicID, c.B.PublicID)
	if err != nil {
		return err
	}
	picks := map[string]link.Pick{}
	for _, f := range d.Plan.Fields {
		picks[f.Name] = f.Pick
		if f.Pick == link.PickNone {
			picks[f.Name] = link.PickStay
		}
	}
	picks[directory.FieldTitle] = link.PickGo
	if d, err = l.link.Choose(ctx, by, d.PublicID, d.Plan.Facts, picks); err != nil {
		return err
	}
	var keep []int64
	for _, r := range d.Plan.Roles {
		keep = append(keep, r.AssignmentID)
	}
	if d, err = l.link.ChooseRoles(ctx, by, d.PublicID, d.Plan.Facts, keep); err != nil {
		return err
	}
	_, err = l.link.Ask(ctx, by, link.Request{
		Draft: d.PublicID, Facts: d.Plan.Facts, Proof: models.ProofSecondAdmin, Reason: "Came twice with the list of Moravia Works, HR confirms one contract",
	})
	return err
}

func (l *loader) approveMerge(ctx context.Context) error {
	c, err := l.caseOf(ctx, merged)
	if err != nil {
		return err
	}
	_, err = l.link.Approve(ctx, l.admin(goran), c.PublicID, c.PlanHash)
	return err
}
