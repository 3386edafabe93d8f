package certify

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// people writes everybody of an operation, page by page.
func (e *Engine) people(ctx context.Context, op *models.Operation, row *models.Certificate, asked string, author *certificate.Author, printer *certificate.Printer) error {
	for after := int64(0); after < op.People; {
		page, err := e.page(ctx, op, asked, after)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			return errs.New(errs.Internal, "The list of %s has %d people, and %d are there. No certificate was issued.", op.Code(), op.People, after)
		}
		lines := make([][]byte, len(page))
		for i := range page {
			if lines[i], err = author.Person(page[i]); err != nil {
				return err
			}
			if err := printer.Person(lines[i]); err != nil {
				return err
			}
		}
		parts, err := partsOf(row, after, lines)
		if err != nil {
			return err
		}
		after += int64(len(page))
		err = e.Store.Maintain(ctx, op.TenantID, store.CertificatePart, func(ctx context.Context, tx *store.Tx) error {
			return insertParts(ctx, tx, row.ID, after, parts)
		})
		if err != nil {
			return err
		}
	}
	row.People = op.People
	return nil
}

// partsOf packs lines into blocks; the first line belongs to the person after
// so many.
func partsOf(row *models.Certificate, after int64, lines [][]byte) ([]models.CertificatePart, error) {
	var parts []models.CertificatePart
	for len(lines) > 0 {
		n := min(certificate.Block, len(lines))
		body, err := pack(lines[:n])
		if err != nil {
			return nil, err
		}
		parts = append(parts, models.CertificatePart{
			CertificateID: row.ID, Part: after / certificate.Block, People: int64(n), Root: certificate.BlockRoot(lines[:n]), Body: body,
		})
		after, lines = after+int64(n), lines[n:]
	}
	return parts, nil
}

func pack(lines [][]byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(bytes.Join(lines, []byte{'\n'}))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("keep a part of a certificate: %w", err)
	}
	return b.Bytes(), nil
}

func unpack(part *models.CertificatePart) ([][]byte, error) {
	text, err := io.ReadAll(flate.NewReader(bytes.NewReader(part.Body)))
	if err != nil {
		return nil, fmt.Errorf("read part %d of a certificate: %w", part.Part, err)
	}
	lines := bytes.Split(text, []byte{'\n'})
	if len(lines) != int(part.People) {
		return nil, fmt.Errorf("read part %d of a certificate: %d of %d people are there", part.Part, len(lines), part.People)
	}
	return lines, nil
}

// seal prints what follows from the people, and signs.
func seal(row *models.Certificate, author *certificate.Author, printer *certificate.Printer, signer note.Signer) error {
	totals, _, err := author.Totals()
	if err != nil {
		return err
	}
	row.Totals = string(totals)
	return sign(row, printer, signer)
}

func sign(row *models.Certificate, printer *certificate.Printer, signer note.Signer) error {
	var inclusion []byte
	if row.Inclusion != "" {
		inclusion = []byte(row.Inclusion)
	}
	if err := printer.Totals([]byte(row.Totals), inclusion); err != nil {
		return err
	}
	row.Digest = printer.Digest()
	signature, err := certificate.Sign([]byte(row.Head), row.Digest, signer)
	if err != nil {
		return err
	}
	row.Signature = string(signature)
	return printer.Signature(signature)
}
