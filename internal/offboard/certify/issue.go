package certify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

const (
	again   = time.Minute // asked twice within it, about the same, it is the same certificate
	giveUp  = time.Hour   // after which one that was never finished is thrown away
	cleanUp = 10 * time.Second
)

// Issue writes, checks and signs the certificate of an operation that has ended.
// Its people are read and kept page by page. What does not pass the check that
// anybody can make is not signed.
func (e *Engine) Issue(ctx context.Context, actor models.Actor, publicID string) (models.Certificate, error) {
	if err := may(actor); err != nil {
		return models.Certificate{}, err
	}
	op, err := e.operation(ctx, actor.Tenant, publicID)
	if err != nil {
		return models.Certificate{}, err
	}
	if err := e.ended(ctx, &op); err != nil {
		return models.Certificate{}, err
	}
	key, err := e.ready(ctx, actor)
	if err != nil {
		return models.Certificate{}, err
	}
	last, err := newestIssued(ctx, e.Store.Read(actor.Tenant), op.ID, 0, "")
	switch {
	case err == nil && last.OperationVersion == op.Version && last.KeyHash == key.KeyHash && e.Store.Now() < last.IssuedAt.Add(again):
		return last, nil
	case err != nil && !errors.Is(err, errMissing):
		return last, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUp) // who asked may have closed the page
	defer cancel()
	row, err := e.begin(ctx, actor, &op, &key)
	if err != nil {
		return row, err
	}
	if err := e.write(ctx, &op, &row, &key); err != nil {
		e.discard(ctx, row)
		return models.Certificate{}, err
	}
	if err := e.finish(ctx, actor, &op, &row); err != nil {
		e.discard(ctx, row)
		return models.Certificate{}, err
	}
	return row, nil
}

// ended refuses an operation of which something still runs, or nothing ever did.
func (e *Engine) ended(ctx context.Context, op *models.Operation) error {
	switch op.State {
	case models.OperationDone, models.OperationFailures, models.OperationUndone:
	case models.OperationRunning, models.OperationPaused, models.OperationUndoing:
		return errs.New(errs.Conflict, "%s has not ended: it is %s. A certificate is issued once every step has ended. Nothing was issued.", op.Code(), word(op.State))
	case models.OperationPlanning, models.OperationDraft, models.OperationWaiting, models.OperationScheduled:
		return errs.New(errs.Conflict, "%s has not begun: it is %s. There is nothing to certify yet.", op.Code(), word(op.State))
	default:
		return errs.New(errs.Conflict, "%s was never carried out: it is %s. There is nothing to certify.", op.Code(), word(op.State))
	}
	if op.Phase == models.PhaseRemove {
		return errs.New(errs.Conflict, "%s is taking away what goes after the undo window. A certificate is issued once that has ended. Nothing was issued.", op.Code())
	}
	open, err := openSteps(ctx, e.Store.Read(op.TenantID), op.ID)
	if err != nil {
		return err
	}
	if open > 0 {
		return errs.New(errs.Conflict, "%d steps of %s have not ended. A certificate is issued once every step has. Nothing was issued.", open, op.Code())
	}
	return nil
}

func word(s models.OperationState) string {
	switch s {
	case models.OperationWaiting:
		return "waiting for approval"
	default:
		return string(s)
	}
}

// begin makes the row that people are kept under, and removes what earlier
// writers left behind.
func (e *Engine) begin(ctx context.Context, actor models.Actor, op *models.Operation, key *models.SigningKey) (models.Certificate, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return models.Certificate{}, fmt.Errorf("make a public id: %w", err)
	}
	var row models.Certificate
	err = e.Store.Maintain(ctx, actor.Tenant, store.CertificatePart, func(ctx context.Context, tx *store.Tx) error {
		if err := dropUnfinished(ctx, tx, op.ID, tx.Now.Add(-giveUp)); err != nil {
			return err
		}
		row = models.Certificate{
			PublicID: id.String(), OperationID: op.ID, OperationVersion: op.Version, KeyHash: key.KeyHash, CreatedBy: actor.Name, CreatedAt: tx.Now,
		}
		return insertCertificate(ctx, tx, &row)
	})
	return row, err
}

// write gathers the people, keeps them, and signs. What is written is checked by
// the same code that checks it anywhere, while it is written.
func (e *Engine) write(ctx context.Context, op *models.Operation, row *models.Certificate, key *models.SigningKey) error {
	signer, err := e.signer(key)
	if err != nil {
		return err
	}
	h, err := e.head(ctx, op, row, key)
	if err != nil {
		return err
	}
	author, head, err := certificate.NewAuthor(h)
	if err != nil {
		return err
	}
	from, to := io.Pipe()
	checked := make(chan error, 1)
	go func() {
		err := check(from, h.Signer)
		_ = from.CloseWithError(err) // what is still being written then ends with it
		checked <- err
	}()
	printer := certificate.NewPrinter(to, head)
	err = e.people(ctx, op, row, h.Trigger.At, author, printer)
	if err == nil {
		row.Head = string(head)
		err = seal(row, author, printer, signer)
	}
	_ = to.CloseWithError(err) // nil ends the file
	if found := <-checked; found != nil && (err == nil || errs.Is(found, errs.Internal)) {
		return found
	}
	return err
}

// check refuses what a reader would refuse.
func check(r io.Reader, signer string) error {
	report, err := certificate.Check(r, &certificate.KeyList{Keys: []certificate.Key{{Key: signer}}})
	if err != nil {
		return err
	}
	if !report.Fits() {
		return errs.New(errs.Internal, "What is recorded does not fit together, so no certificate was issued: %s", report.Problems[0])
	}
	return nil
}

// finish issues what was written, unless the operation went on meanwhile.
func (e *Engine) finish(ctx context.Context, actor models.Actor, op *models.Operation, row *models.Certificate) error {
	return e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		now, err := operationOf(ctx, tx.Reader, op.PublicID)
		if err != nil {
			return err
		}
		if now.Version != op.Version || now.State != op.State {
			return errs.New(errs.Conflict, "%s changed while its certificate was written. Nothing was issued. Ask for it again.", op.Code())
		}
		if err := stillInUse(ctx, tx, row); err != nil {
			return err
		}
		row.IssuedAt = tx.Now
		if err := finishCertificate(ctx, tx, row); err != nil {
			return err
		}
		return tx.Record(ctx, issued(op, row, store.Ref{Kind: models.KindOperation, ID: op.ID, Name: op.Code()}))
	})
}

// stillInUse refuses a signature with a key that was retired meanwhile.
func stillInUse(ctx context.Context, tx *store.Tx, row *models.Certificate) error {
	key, found, err := keyInUse(ctx, tx.Reader)
	if err != nil {
		return err
	}
	if !found || key.KeyHash != row.KeyHash {
		return errs.New(errs.Conflict, "The signing key was changed while the certificate was written. Nothing was issued. Ask for it again.")
	}
	return nil
}

// issued is what the log keeps of a certificate.
func issued(op *models.Operation, row *models.Certificate, about store.Ref) store.Event {
	return store.Event{
		Action: models.CertificateIssue, Target: about, Object: store.Ref{Kind: models.KindCertificate, ID: row.ID, Name: row.PublicID},
		After: map[string]any{"digest": row.Digest, "key": row.KeyHash}, Detail: op.Code(),
	}
}

// discard removes what came to nothing, also when the caller has gone.
func (e *Engine) discard(ctx context.Context, row models.Certificate) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	_ = e.Store.Maintain(ctx, row.TenantID, store.CertificatePart, func(ctx context.Context, tx *store.Tx) error {
		return dropCertificate(ctx, tx, row.ID)
	}) // else the next certificate of the operation removes it
}
