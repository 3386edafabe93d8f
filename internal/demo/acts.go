package demo

import (
	"context"
	"io"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// act is something of the last weeks that the engines do once more, with the
// clock set back, so that the record and the log tell the same.
type act struct {
	at time.Time
	do func(context.Context) error
}

// acts lists what the engines do again.
func (l *loader) acts() []act {
	at := func(days, hour, minute int) time.Time {
		return l.company.workday(days).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	ago := func(minutes int) time.Time { return l.company.now.Add(-time.Duration(minutes) * time.Minute) }
	all := []act{
		{at(21, 9, 20), l.newRole},
		{at(20, 10, 2), l.assign(amara, 0, crmExporter, "Autumn campaign, agreed with Compliance", 60)},
		{at(19, 14, 31), l.edit(amara, 1, directory.EditInput{Title: ptr("Senior Account Executive"), Reason: "Promotion as of this month"})},
		{at(16, 8, 55), l.assign(goran, 2, paymentPreparer, "REQ-2187: covers for a colleague on parental leave", 120)},
		{at(15, 11, 12), l.edit(amara, 3, directory.EditInput{Department: ptr("Data and Analytics"), Title: ptr("Data Analyst"), Reason: "Moved teams, ticket PO-881"})},
		{at(14, 15, 40), l.reveal(ilse, 4, "Sample of the joiners and leavers audit, item 14")},
		{at(13, 9, 3), l.denied},
		{at(12, 10, 45), l.changeRole},
		{at(11, 13, 5), l.suspend},
		{at(10, 8, 30), l.resume},
		{at(10, 16, 18), l.edit(goran, 5, directory.EditInput{Attributes: map[string]string{"cost_centre": "CC-4290"}, Reason: "Cost centre of the new unit"})},
		{at(9, 9, 48), l.export},
		{at(8, 9, 5), l.addSecond(&bjornAgain)},
		{at(8, 9, 9), l.addSecond(&merged)},
		{at(8, 9, 12), l.addSecond(&namesake)},
		{at(7, 3, 1), l.lookForDuplicates},
		{at(7, 9, 2), l.rejectNamesake},
		{at(7, 14, 22), l.assign(amara, 6, reportsViewer, "REQ-2260: quarter-end reports", 30)},
		{at(6, 10, 10), l.prolong},
		{at(6, 10, 30), l.askMerge},
		{at(6, 15, 20), l.approveMerge},
		{at(4, 9, 14), l.letIn},
		{at(3, 11, 37), l.edit(amara, 7, directory.EditInput{FamilyName: ptr("Lindgren-Okoye"), DisplayName: nil, Reason: "New surname after marriage, certificate seen"})},
		{at(3, 15, 2), l.reveal(jonas, 8, "Caller asks for a call back about a locked account")},
		{at(2, 9, 26), l.exportLog},
		{at(2, 14, 50), l.takeBack},
		{ago(26 * 60), l.search},
		{ago(190), l.assign(goran, 9, vpnUser, "REQ-2304: works from home during the rebuild", 45)},
		{ago(75), l.edit(amara, 10, directory.EditInput{Phone: ptr("+44 20 7946 0712"), Reason: "New desk phone"})},
	}
	return all
}

func ptr[T any](v T) *T { return &v }

func (l *loader) assign(by string, who int, role, reason string, days int) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := l.access.Assign(ctx, l.admin(by), access.AssignInput{
			UserID: l.extras[who].id, RoleKey: role, Reason: reason, Until: l.store.Now().Add(time.Duration(days) * 24 * time.Hour),
		})
		return err
	}
}

func (l *loader) edit(by string, who int, in directory.EditInput) func(context.Context) error {
	return func(ctx context.Context) error {
		p := l.extras[who]
		person, err := l.people.GetByID(ctx, l.tenant, p.id)
		if err != nil {
			return err
		}
		if in.FamilyName != nil {
			in.DisplayName = ptr(p.Given + " " + *in.FamilyName)
			p.Family = *in.FamilyName
		}
		_, err = l.people.Edit(ctx, l.admin(by), person.PublicID, person.Version, in)
		return err
	}
}

func (l *loader) reveal(by string, who int, reason string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := l.people.Reveal(ctx, l.admin(by), l.extras[who].publicID, reason)
		return err
	}
}

func (l *loader) newRole(ctx context.Context) error {
	if _, err := l.access.AddPermission(ctx, l.admin(amara), access.PermissionInput{Application: "crm", Key: "import-customers", Sentence: "Import customer lists"}); err != nil {
		return err
	}
	in := exporter
	in.Reason = "Campaigns need lists, and the sales leads should not all be able to"
	_, err := l.access.CreateRole(ctx, l.admin(amara), in)
	return err
}

func (l *loader) changeRole(ctx context.Context) error {
	was, err := l.access.Role(ctx, l.tenant, supportLead)
	if err != nil {
		return err
	}
	_, err = l.access.EditRole(ctx, l.admin(goran), supportLead, access.RoleInput{
		Name: was.Name, Sentence: "Grants refunds of up to 500 euros and takes over any request.", Privileged: was.Privileged, MaxDays: was.MaxDays,
		Permissions: []string{"support/refund"}, Children: []string{supportAgent}, Reason: "The sentence did not say how much", Version: was.Version,
	})
	return err
}

// denied is the attempt of somebody who may not.
func (l *loader) denied(ctx context.Context) error {
	_, err := l.access.Assign(ctx, l.admin(jonas), access.AssignInput{UserID: l.extras[2].id, RoleKey: vpnAdmin, Reason: "Asked for on the phone, seems urgent"})
	if errs.Is(err, errs.Forbidden) {
		return nil
	}
	return errs.Wrap(err, errs.Internal, "helpdesk was not refused")
}

func (l *loader) suspend(ctx context.Context) error {
	_, err := l.offboard.Suspend(ctx, l.admin(jonas), l.extras[11].publicID, "Phone lost at the airport, cannot be reached yet")
	return err
}

func (l *loader) resume(ctx context.Context) error {
	_, err := l.offboard.Resume(ctx, l.admin(jonas), l.extras[11].publicID, "New phone enrolled at the desk, passport seen")
	return err
}

func (l *loader) letIn(ctx context.Context) error {
	p := l.company.parts[partLetIn]
	_, err := l.offboard.LetIn(ctx, l.admin(amara), p.publicID, "Starts in Marketing, confirmed by People Operations")
	p.status, p.pending, p.since = models.Active, time.Time{}, l.clock.now()
	return err
}

func (l *loader) export(ctx context.Context) error {
	return l.people.RecordExport(ctx, l.admin(ilse), "Privileged", 104, "Quarterly review of privileged access")
}

func (l *loader) exportLog(ctx context.Context) error {
	_, err := l.log.Export(ctx, l.admin(ilse), audit.Export{
		Query:  audit.Query{Group: audit.GroupRoles, From: l.store.Now().Add(-30 * 24 * time.Hour)},
		Format: audit.CSV, Reason: "Evidence for control AC-2, role changes of the month",
	}, io.Discard)
	return err
}

func (l *loader) search(ctx context.Context) error {
	who := l.company.parts[partSuspended]
	_, err := l.log.List(ctx, l.admin(ilse), audit.Query{Target: audit.Ref{Kind: models.KindUser, ID: who.id}})
	return err
}

// prolong moves the end of a role that was given before.
func (l *loader) prolong(ctx context.Context) error {
	return l.withDirect(ctx, l.extras[2], paymentPreparer, func(id int64) error {
		_, err := l.access.ChangeUntil(ctx, l.admin(amara), access.UntilInput{
			AssignmentID: id, Until: l.store.Now().Add(150 * 24 * time.Hour), Reason: "Parental leave was extended to spring",
		})
		return err
	})
}

// takeBack ends one.
func (l *loader) takeBack(ctx context.Context) error {
	return l.withDirect(ctx, l.extras[6], reportsViewer, func(id int64) error {
		_, err := l.access.Unassign(ctx, l.admin(amara), id, "Quarter-end reports are done")
		return err
	})
}

func (l *loader) withDirect(ctx context.Context, p *person, role string, do func(int64) error) error {
	held, err := l.access.Held(ctx, l.tenant, p.id)
	if err != nil {
		return err
	}
	for _, h := range held {
		for _, path := range h.Paths {
			if h.Role.Key == role && path.Removable {
				return do(path.AssignmentID)
			}
		}
	}
	return errs.New(errs.Internal, "demo: %s does not hold %s", p.name(), role)
}
