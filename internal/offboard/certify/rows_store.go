package certify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func certificateColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Column("id", "tenant_id", "public_id", "operation_id", "operation_version", "user_id", "whole_id", "key_hash", "digest", "people",
		"head", "totals", "inclusion", "signature", "created_by", "created_at", "issued_at")
}

// newestIssued gives the newest certificate of an operation, or of one person in
// it; publicID names an older one.
func newestIssued(ctx context.Context, r store.Reader, op, user int64, publicID string) (models.Certificate, error) {
	var rows []models.Certificate
	q := certificateColumns(r.Select(&rows)).Where("operation_id = ?", op).Where("user_id = ?", user).Where("issued_at > 0")
	if publicID != "" {
		q = q.Where("public_id = ?", publicID)
	}
	if err := q.Order("id DESC").Limit(1).Scan(ctx); err != nil {
		return models.Certificate{}, fmt.Errorf("find the certificate: %w", err)
	}
	if len(rows) == 0 {
		return models.Certificate{}, errMissing
	}
	return rows[0], nil
}

// issuedOf lists certificates of an operation, the newest first, without what is
// in them.
func issuedOf(ctx context.Context, r store.Reader, op, user int64, limit int) ([]models.Certificate, error) {
	var rows []models.Certificate
	err := r.Select(&rows).Column("id", "public_id", "user_id", "key_hash", "digest", "people", "created_by", "created_at", "issued_at").
		Where("operation_id = ?", op).Where("user_id = ?", user).Where("issued_at > 0").Order("id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list certificates: %w", err)
	}
	return rows, nil
}

// writing gives the newest certificate that somebody has begun since a moment
// and not ended; nil when there is none.
func writing(ctx context.Context, r store.Reader, op, user int64, since models.Instant) (*models.Certificate, error) {
	var rows []models.Certificate
	err := r.Select(&rows).Column("id", "public_id", "people", "created_by", "created_at").
		Where("operation_id = ?", op).Where("user_id = ?", user).Where("issued_at = 0").Where("created_at >= ?", since).Order("id DESC").Limit(1).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("find a certificate that is being written: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}

func insertCertificate(ctx context.Context, tx *store.Tx, row *models.Certificate) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("begin a certificate: %w", err)
	}
	return nil
}

// dropUnfinished removes what writers left behind that came to no end, with
// their people.
func dropUnfinished(ctx context.Context, tx *store.Tx, op int64, before models.Instant) error {
	_, err := tx.Delete((*models.Certificate)(nil)).Where("operation_id = ?", op).Where("issued_at = 0").Where("created_at < ?", before).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove an unfinished certificate: %w", err)
	}
	return nil
}

func dropCertificate(ctx context.Context, tx *store.Tx, id int64) error {
	_, err := tx.Delete((*models.Certificate)(nil)).Where("id = ?", id).Where("issued_at = 0").Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove an unfinished certificate: %w", err)
	}
	return nil
}

func insertParts(ctx context.Context, tx *store.Tx, id, people int64, parts []models.CertificatePart) error {
	if _, err := tx.Insert(&parts).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("keep a part of a certificate: %w", err)
	}
	_, err := tx.Update((*models.Certificate)(nil)).Set("people = ?", people).Where("id = ?", id).Where("issued_at = 0").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep a part of a certificate: %w", err)
	}
	return nil
}

// finishCertificate makes a certificate one that is issued.
func finishCertificate(ctx context.Context, tx *store.Tx, row *models.Certificate) error {
	done, err := tx.Update((*models.Certificate)(nil)).
		Set("head = ?", row.Head).Set("totals = ?", row.Totals).Set("inclusion = ?", row.Inclusion).Set("signature = ?", row.Signature).
		Set("digest = ?", row.Digest).Set("people = ?", row.People).Set("issued_at = ?", row.IssuedAt).
		Where("id = ?", row.ID).Where("issued_at = 0").Exec(ctx)
	if err != nil {
		return fmt.Errorf("issue a certificate: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("issue a certificate: %d rows: %w", n, errMissing)
	}
	return nil
}

// partsAfter reads the next parts of a certificate.
func partsAfter(ctx context.Context, r store.Reader, id, after int64, limit int) ([]models.CertificatePart, error) {
	var rows []models.CertificatePart
	err := r.Select(&rows).Column("part", "people", "body").Where("certificate_id = ?", id).Where("part > ?", after).
		Order("part").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read a certificate: %w", err)
	}
	return rows, nil
}

// rootsOf reads the roots of the full parts of a certificate.
func rootsOf(ctx context.Context, r store.Reader, id int64, full int64) ([]string, error) {
	var roots []string
	err := r.Select((*models.CertificatePart)(nil)).Column("root").Where("certificate_id = ?", id).Where("part < ?", full).
		Order("part").Limit(full).Scan(ctx, &roots)
	if err != nil {
		return nil, fmt.Errorf("read a certificate: %w", err)
	}
	return roots, nil
}
