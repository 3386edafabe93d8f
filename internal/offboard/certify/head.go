package certify

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// glossary says what the outcome words mean.
func glossary() map[string]string {
	return map[string]string{
		certificate.Confirmed: "Read before: a way in was alive. Read after: not any more. Only this is proof.",
		certificate.Sent:      "The system accepted it, and nobody can say what happened: it cannot be read, or it passed a message on.",
		certificate.NeverTold: "An application that took part in an ended session has no address at which it could be told.",
		certificate.Nothing:   "There was nothing to do; the sentence says what was found.",
		certificate.Skipped:   "It was left out; the sentence says why.",
		"failed":              "It was tried, and what was read afterwards contradicts it, or the system refused for good.",
	}
}

// head gathers what a certificate says of the operation as a whole.
func (e *Engine) head(ctx context.Context, op *models.Operation, row *models.Certificate, key *models.SigningKey) (certificate.Head, error) {
	r := e.Store.Read(op.TenantID)
	tenant, err := tenantOf(ctx, r)
	if err != nil {
		return certificate.Head{}, err
	}
	h := certificate.Head{
		ID: row.PublicID, Scope: certificate.ScopeOperation, Signer: publicKey(key), Glossary: glossary(),
		Product: certificate.Product{Name: "Rollcall", Version: e.Version},
		Tenant:  certificate.Tenant{Name: tenant.Name, Slug: tenant.Slug, Environment: tenant.Environment},
		Issued:  certificate.Issued{At: at(row.CreatedAt), By: row.CreatedBy},
		Operation: certificate.Operation{
			Code: op.Code(), ID: op.PublicID, Kind: string(op.Kind), State: string(op.State), Title: op.Title,
			StartedAt: at(op.StartedAt), CutAt: at(op.CutAt), FinishedAt: at(op.FinishedAt), UndoUntil: at(op.UndoUntil), RemovedAt: at(op.RemovedAt), UndoneAt: at(op.UndoneAt),
		},
		Trigger: triggerOf(op),
		Plan:    certificate.Plan{ListHash: op.ListHash, FrozenAt: at(op.PlannedAt), People: int(op.People), Included: int(op.Included)},
	}
	if h.Plan.LeftOut, err = leftOutOf(ctx, r, op.ID); err != nil {
		return h, err
	}
	if h.Trigger.Selection, err = selectionKind(ctx, r, op.SelectionID); err != nil {
		return h, err
	}
	if err = e.decided(ctx, r, op, &h); err != nil {
		return h, err
	}
	err = eventsOf(ctx, r, models.KindOperation, []int64{op.ID}, op.CreatedAt, func(ev *models.AuditEvent) {
		if len(h.Events) < wholeEvents && ev.Action != models.CertificateIssue {
			h.Events = append(h.Events, eventOf(ev))
		}
	})
	return h, err
}

func triggerOf(op *models.Operation) certificate.Trigger {
	t := certificate.Trigger{
		At: at(op.RequestedAt), By: certificate.Who{Name: op.RequestedBy}, Reason: op.Reason, Ticket: op.Ticket, Scheduled: at(op.ScheduledAt),
		RiskKnown: at(op.RiskKnownAt), RiskOutBy: at(op.RiskOutBy),
	}
	if op.RequestedAt == 0 {
		t.At, t.By.Name = at(op.CreatedAt), op.CreatedBy
	}
	return t
}

// decided adds who decided what, over which list, after how fresh a sign-in.
func (e *Engine) decided(ctx context.Context, r store.Reader, op *models.Operation, h *certificate.Head) error {
	rows, err := decisionsOf(ctx, r, op.ID)
	if err != nil {
		return err
	}
	asker := op.RequestedByID
	if op.RequestedAt == 0 {
		asker = op.CreatedByID
	}
	ids := []int64{asker}
	for i := range rows {
		ids = append(ids, rows[i].ByID)
	}
	who, err := publicIDs(ctx, r, ids)
	if err != nil {
		return err
	}
	h.Trigger.By.ID = who[asker]
	h.Decisions = make([]certificate.Decision, len(rows))
	for i := range rows {
		d := &rows[i]
		h.Decisions[i] = certificate.Decision{
			Decision: string(d.Decision), By: certificate.Who{ID: who[d.ByID], Name: d.ByName}, At: at(d.At), Reason: d.Reason, ListHash: d.ListHash,
			SignedInAt: at(d.ElevatedAt), FreshSignIn: d.ElevatedAt != 0,
			SecondApprover: d.Decision == models.VerdictApproved && d.ByID != asker, SecondsWaited: certificate.Seconds(h.Trigger.At, at(d.At)),
		}
		if d.ElevatedAt != 0 {
			h.Decisions[i].SignInAge = certificate.Seconds(at(d.ElevatedAt), at(d.At))
		}
	}
	return nil
}

func at(i models.Instant) string { return certificate.Moment(i.Time()) }

func eventOf(ev *models.AuditEvent) certificate.Event {
	return certificate.Event{Number: ev.ID, Action: string(ev.Action), At: at(ev.At)}
}
