package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// listed bounds every list of one person's sessions; the limit per person keeps
// them far below.
const listed int64 = 200

// joined is one row of findLive.
type joined struct {
	TenantID     int64
	PublicID     string
	UserID       int64
	IdentityID   int64
	Provider     string
	Issuer       string
	Subject      string
	Data         []byte
	IP           string `bun:"ip"`
	UserAgent    string
	MethodWords  string
	AuthTime     models.Instant
	CreatedAt    models.Instant
	LastSeenAt   models.Instant
	IdleUntil    models.Instant
	ExpiresAt    models.Instant
	UserPublicID string
	DisplayName  string
	Email        string
	Status       models.Status
	LeavingAt    models.Instant
	AccessEpoch  int64
	Slug         string
	TenantName   string
	Environment  string

	AccessVersion int64
	ElevatedUntil models.Instant
}

// findLive is the one query of a request.
const findLiveSQL = `SELECT s.tenant_id, s.public_id, s.user_id, s.identity_id, s.provider, s.issuer, s.subject, s.data, s.ip,
 s.user_agent, s.method_words, s.auth_time, s.created_at, s.last_seen_at, s.idle_until, s.expires_at, s.elevated_until,
 u.public_id AS user_public_id, u.display_name, u.email, u.status, u.leaving_at, u.access_epoch,
 tn.slug, tn.name AS tenant_name, tn.environment, tn.access_version
 FROM sessions AS s
 JOIN users AS u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
 JOIN tenants AS tn ON tn.id = s.tenant_id
 WHERE s.token_hash = ?`

func findLive(ctx context.Context, db *store.Store, hash string) (*Live, []byte, error) {
	var row joined
	err := db.System(store.SessionLookup).Raw(findLiveSQL, hash).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find session: %w", err)
	}
	return &Live{
		PublicID: row.PublicID, UserID: row.UserID, UserPublicID: row.UserPublicID,
		Name: row.DisplayName, Email: row.Email, Status: row.Status, LeavingAt: row.LeavingAt, AccessEpoch: row.AccessEpoch,
		Tenant:     Tenant{ID: row.TenantID, Slug: row.Slug, Name: row.TenantName, Environment: row.Environment, AccessVersion: row.AccessVersion},
		IdentityID: row.IdentityID, Provider: row.Provider, Issuer: row.Issuer, Subject: row.Subject,
		IP: row.IP, UserAgent: row.UserAgent, Methods: row.MethodWords,
		AuthTime: row.AuthTime, CreatedAt: row.CreatedAt, LastSeenAt: row.LastSeenAt, IdleUntil: row.IdleUntil, ExpiresAt: row.ExpiresAt,
		ElevatedUntil: row.ElevatedUntil,
	}, row.Data, nil
}

// dataIn reads the values of a session inside a transaction.
func dataIn(ctx context.Context, tx *store.Tx, hash string) ([]byte, bool, error) {
	var row models.Session
	err := tx.Select(&row).Column("data").Where("token_hash = ?", hash).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read session: %w", err)
	}
	return row.Data, true, nil
}

func insert(ctx context.Context, tx *store.Tx, row *models.Session) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("insert session: %w", err)
	}
	return nil
}

// touchRow moves a session on, unless another replica just did.
func touchRow(ctx context.Context, tx *store.Tx, l *Live, now, until models.Instant) error {
	_, err := tx.Update((*models.Session)(nil)).
		Set("last_seen_at = ?", now).Set("idle_until = ?", until).
		Where("public_id = ?", l.PublicID).Where("last_seen_at < ?", now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch session: %w", err)
	}
	return nil
}

// holds limits a query to sessions that have not run out. The plus signs keep
// SQLite, which has no statistics, from reading everybody's sessions by their
// end instead of those of the people who are asked for.
func holds(q *bun.SelectQuery, now models.Instant) *bun.SelectQuery {
	return q.Where("+?TableAlias.idle_until > ?", now).Where("+?TableAlias.expires_at > ?", now)
}

func oldestFirst(ctx context.Context, tx *store.Tx, user int64) ([]string, error) {
	var ids []string
	err := tx.Select((*models.Session)(nil)).Column("public_id").Where("user_id = ?", user).
		Order("created_at", "public_id").Limit(listed).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return ids, nil
}

func list(ctx context.Context, r store.Reader, user int64, now models.Instant) ([]models.Session, error) {
	var found []models.Session
	err := holds(r.Select(&found), now).
		Column("public_id", "ip", "user_agent", "provider", "method_words", "auth_time", "created_at", "last_seen_at", "idle_until", "expires_at").
		Where("user_id = ?", user).Order("created_at DESC", "public_id DESC").Limit(listed).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return found, nil
}

func counts(ctx context.Context, r store.Reader, users []int64, now models.Instant) (map[int64]int, error) {
	var found []struct {
		UserID int64
		N      int
	}
	err := holds(r.Select((*models.Session)(nil)), now).
		Column("user_id").ColumnExpr("COUNT(*) AS n").
		Where("user_id IN (?)", bun.List(users)).Group("user_id").Limit(int64(len(users))).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("count sessions: %w", err)
	}
	n := make(map[int64]int, len(found))
	for _, f := range found {
		n[f.UserID] = f.N
	}
	return n, nil
}

// owned is a session with its person, to be named in the log.
type owned struct {
	PublicID string
	UserID   int64
	Name     string
}

func owner(ctx context.Context, tx *store.Tx, publicID string) (owned, error) {
	var o owned
	err := tx.Raw(`SELECT s.public_id, s.user_id, u.display_name AS name FROM sessions AS s
 JOIN users AS u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
 WHERE s.tenant_id = ?tenant AND s.public_id = ?`, publicID).Scan(ctx, &o)
	if errors.Is(err, sql.ErrNoRows) {
		return o, errNoSession()
	}
	if err != nil {
		return o, fmt.Errorf("find session: %w", err)
	}
	return o, nil
}

func userName(ctx context.Context, tx *store.Tx, user int64) (string, error) {
	var u models.User
	err := tx.Select(&u).Column("display_name").Where("id = ?", user).Scan(ctx)
	if err != nil {
		return "", fmt.Errorf("find user: %w", err)
	}
	return u.DisplayName, nil
}

// origins lists a person's sessions with what they began in, and holds them.
func origins(ctx context.Context, tx *store.Tx, user int64) ([]Ended, error) {
	var found []models.Session
	q := tx.Select(&found).Column("public_id", "provider", "issuer", "subject", "sid").Where("user_id = ?", user).Order("created_at", "public_id").Limit(listed)
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	ended := make([]Ended, 0, len(found))
	for _, s := range found {
		ended = append(ended, Ended{PublicID: s.PublicID, Provider: s.Provider, Issuer: s.Issuer, Subject: s.Subject, SID: s.SID})
	}
	return ended, nil
}

func deleteHash(ctx context.Context, tx *store.Tx, hash string) error {
	_, err := tx.Delete((*models.Session)(nil)).Where("token_hash = ?", hash).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}

func deleteOne(ctx context.Context, tx *store.Tx, publicID string) error {
	done, err := tx.Delete((*models.Session)(nil)).Where("public_id = ?", publicID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errNoSession())
	}
	return nil
}

// deleteDead removes one person's sessions that have run out.
func deleteDead(ctx context.Context, tx *store.Tx, user int64) error {
	_, err := tx.Delete((*models.Session)(nil)).Where("user_id = ?", user).
		Where("(idle_until <= ? OR expires_at <= ?)", tx.Now, tx.Now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete sessions that ran out: %w", err)
	}
	return nil
}

// deleteAll removes a person's sessions but one; "" spares none.
func deleteAll(ctx context.Context, tx *store.Tx, user int64, spare string) (int, error) {
	done, err := tx.Delete((*models.Session)(nil)).Where("user_id = ?", user).Where("public_id <> ?", spare).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("delete sessions: %w", err)
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// deleteAllOf removes the sessions of many people. They are counted under their
// locks, so that none is removed that was not counted.
func deleteAllOf(ctx context.Context, tx *store.Tx, users []int64) (map[int64]int, error) {
	var found []models.Session
	q := tx.Select(&found).Column("token_hash", "user_id").Where("user_id IN (?)", bun.List(users)).Order("token_hash").Limit(listed * int64(len(users)))
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	ended := make(map[int64]int, len(found))
	hashes := make([]string, len(found))
	for i := range found {
		hashes[i] = found[i].TokenHash
		ended[found[i].UserID]++
	}
	if len(hashes) == 0 {
		return ended, nil
	}
	if _, err := tx.Delete((*models.Session)(nil)).Where("token_hash IN (?)", bun.List(hashes)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("delete sessions: %w", err)
	}
	return ended, nil
}

// deleteOfIdentities removes a person's sessions that began with some identities.
func deleteOfIdentities(ctx context.Context, tx *store.Tx, user int64, identities []int64) (int, error) {
	done, err := tx.Delete((*models.Session)(nil)).Where("user_id = ?", user).Where("identity_id IN (?)", bun.List(identities)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("delete sessions of identities: %w", err)
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// deleteExpired removes one batch of those that ended before a moment and says
// how many there were.
func deleteExpired(ctx context.Context, tx *store.Tx, before models.Instant, batch int) (int, error) {
	var hashes []string
	err := tx.Select((*models.Session)(nil)).Column("token_hash").Where("expires_at <= ?", before).Limit(int64(batch)).Scan(ctx, &hashes)
	if err != nil || len(hashes) == 0 {
		return 0, err
	}
	_, err = tx.Delete((*models.Session)(nil)).Where("token_hash IN (?)", bun.List(hashes)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("delete expired sessions: %w", err)
	}
	return len(hashes), nil
}

func idToken(ctx context.Context, r store.Reader, publicID string) (models.Session, error) {
	var row models.Session
	err := r.Select(&row).Column("user_id", "provider", "public_id", "id_token").Where("public_id = ?", publicID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return row, errNoSession()
	}
	if err != nil {
		return row, fmt.Errorf("read sign-out hint: %w", err)
	}
	return row, nil
}
