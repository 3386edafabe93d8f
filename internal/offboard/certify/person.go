package certify

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// IssuePerson signs the certificate of one person: their entry in the newest
// certificate of the operation, word for word, with the proof that it stands
// there. Asked again about the same, it is the same certificate.
func (e *Engine) IssuePerson(ctx context.Context, actor models.Actor, operation, person string) (models.Certificate, error) {
	if err := may(actor); err != nil {
		return models.Certificate{}, err
	}
	op, user, position, err := e.placeOf(ctx, actor.Tenant, operation, person)
	if err != nil {
		return models.Certificate{}, err
	}
	r := e.Store.Read(actor.Tenant)
	whole, err := newestIssued(ctx, r, op.ID, 0, "")
	if errors.Is(err, errMissing) {
		return whole, errs.New(errs.Conflict, "%s has no certificate yet, and one person's is a part of it. Issue the certificate of %s first.", op.Code(), op.Code())
	}
	if err != nil {
		return whole, err
	}
	key, err := e.ready(ctx, actor)
	if err != nil {
		return whole, err
	}
	last, err := newestIssued(ctx, r, op.ID, user, "")
	switch {
	case err == nil && last.WholeID == whole.ID && last.KeyHash == key.KeyHash:
		return last, nil
	case err != nil && !errors.Is(err, errMissing):
		return last, err
	}
	row := models.Certificate{OperationID: op.ID, OperationVersion: whole.OperationVersion, UserID: user, WholeID: whole.ID, KeyHash: key.KeyHash, CreatedBy: actor.Name, People: 1}
	line, err := e.extract(ctx, &row, &whole, &key, position)
	if err != nil {
		return row, err
	}
	return row, e.keep(ctx, actor, &op, &row, line)
}

// placeOf finds a person in an operation.
func (e *Engine) placeOf(ctx context.Context, tenant int64, operation, person string) (op models.Operation, user, position int64, err error) {
	if op, err = e.operation(ctx, tenant, operation); err != nil {
		return op, 0, 0, err
	}
	user, position, err = positionOf(ctx, e.Store.Read(tenant), op.ID, person)
	if errors.Is(err, errMissing) {
		err = errs.New(errs.NotFound, "This person is not on the list of %s.", op.Code())
	}
	return op, user, position, err
}

// extract makes the certificate of the person at a position out of the whole.
func (e *Engine) extract(ctx context.Context, row, whole *models.Certificate, key *models.SigningKey, position int64) (line []byte, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make a public id: %w", err)
	}
	row.PublicID = id.String()
	blocks, err := e.blocks(ctx, whole)
	if err != nil {
		return nil, err
	}
	line, before, err := blocks.at(position, whole.Head)
	if err != nil {
		return nil, err
	}
	root, path, err := blocks.Prove(int(position))
	if err != nil {
		return nil, err
	}
	inclusion, err := certificate.InclusionLine(certificate.Inclusion{
		Certificate: whole.PublicID, Digest: whole.Digest, Position: int(position), People: int(whole.People), Before: before, Root: root, Path: path,
	})
	if err != nil {
		return nil, err
	}
	head, totals, err := certificate.Extract([]byte(whole.Head), line, certificate.Extracted{
		ID: row.PublicID, Signer: publicKey(key), Issued: certificate.Issued{At: at(e.Store.Now()), By: row.CreatedBy},
	})
	if err != nil {
		return nil, err
	}
	row.Head, row.Totals, row.Inclusion = string(head), string(totals), string(inclusion)
	signer, err := e.signer(key)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	printer := certificate.NewPrinter(&file, head)
	if err := printer.Person(line); err != nil {
		return nil, err
	}
	if err := sign(row, printer, signer); err != nil {
		return nil, err
	}
	return line, check(&file, publicKey(key))
}

// keep stores the certificate of one person and writes down that it was issued.
func (e *Engine) keep(ctx context.Context, actor models.Actor, op *models.Operation, row *models.Certificate, line []byte) error {
	p, err := certificate.ReadPerson(line)
	if err != nil {
		return err
	}
	written := *row
	return e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		*row = written
		if err := stillInUse(ctx, tx, row); err != nil {
			return err
		}
		row.CreatedAt, row.IssuedAt = tx.Now, tx.Now
		if err := insertCertificate(ctx, tx, row); err != nil {
			return err
		}
		parts, err := partsOf(row, 0, [][]byte{line})
		if err != nil {
			return err
		}
		if err := insertParts(ctx, tx, row.ID, 1, parts); err != nil {
			return err
		}
		return tx.Record(ctx, issued(op, row, store.Ref{Kind: models.KindUser, ID: row.UserID, Name: p.Name}))
	})
}

// blocks are the parts of a certificate, as they are needed.
type blocks struct {
	certificate.Blocks

	lines func(block int) ([][]byte, error)
}

func (e *Engine) blocks(ctx context.Context, whole *models.Certificate) (blocks, error) {
	r := e.Store.Read(whole.TenantID)
	roots, err := rootsOf(ctx, r, whole.ID, whole.People/certificate.Block)
	if err != nil {
		return blocks{}, err
	}
	read := map[int][][]byte{}
	lines := func(block int) ([][]byte, error) {
		if known, ok := read[block]; ok {
			return known, nil
		}
		parts, err := partsAfter(ctx, r, whole.ID, int64(block)-1, 1)
		if err != nil {
			return nil, err
		}
		if len(parts) == 0 || parts[0].Part != int64(block) {
			return nil, fmt.Errorf("part %d of a certificate is missing", block)
		}
		read[block], err = unpack(&parts[0])
		return read[block], err
	}
	return blocks{certificate.Blocks{People: int(whole.People), Roots: roots, Lines: lines}, lines}, nil
}

// at gives the line of the person at a position and the chain up to the one
// before.
func (b blocks) at(position int64, head string) (line []byte, before string, err error) {
	line, err = b.line(position)
	if err != nil {
		return nil, "", err
	}
	if position == 1 {
		h, err := certificate.ReadHead([]byte(head))
		return line, h.Hash, err
	}
	last, err := b.line(position - 1)
	if err != nil {
		return nil, "", err
	}
	p, err := certificate.ReadPerson(last)
	return line, p.Chain, err
}

func (b blocks) line(position int64) ([]byte, error) {
	lines, err := b.lines(int(position-1) / certificate.Block)
	if err != nil {
		return nil, err
	}
	i := int(position-1) % certificate.Block
	if i >= len(lines) {
		return nil, fmt.Errorf("person %d is missing in a certificate", position)
	}
	return lines[i], nil
}
