package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// leaseOf says which grants to take: of a person, or those of a provider that are due.
type leaseOf struct {
	user     int64
	provider string
	limit    int
}

// due is a grant that this process works on, with what became of its session
// and its person.
type due struct {
	models.SignInGrant

	SessionLives bool
	Status       models.Status
	LeavingAt    models.Instant
	DisplayName  string
}

func insertGrant(ctx context.Context, tx *store.Tx, row *models.SignInGrant) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("keep grant: %w", err)
	}
	return nil
}

// among limits a query to the grants that may be taken at a moment.
func (of leaseOf) among(q bun.QueryBuilder, now models.Instant) bun.QueryBuilder {
	q = q.Where("lease_until <= ?", now)
	if of.user != 0 {
		return q.Where("user_id = ?", of.user).Where("state <> ?", models.GrantDead)
	}
	return q.Where("provider = ?", of.provider).Where("next_at <= ?", now)
}

// lease takes grants to work on: of a provider those that are due, or all of a
// person. What another replica works on is left to it.
func lease(ctx context.Context, tx *store.Tx, of leaseOf, token string) ([]due, error) {
	var ids []int64
	err := of.among(tx.Select((*models.SignInGrant)(nil)).Column("id").QueryBuilder(), tx.Now).Unwrap().(*bun.SelectQuery).
		Order("next_at", "id").Limit(int64(of.limit)).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	// The conditions again: between the two statements another replica may have
	// done the work.
	q := tx.Update((*models.SignInGrant)(nil)).Set("updated_at = ?", tx.Now).Set("lease_token = ?", token).Set("lease_until = ?", tx.Now.Add(leaseTime)).
		Where("id IN (?)", bun.List(ids))
	if _, err := of.among(q.QueryBuilder(), tx.Now).Unwrap().(*bun.UpdateQuery).Exec(ctx); err != nil {
		return nil, fmt.Errorf("lease grants: %w", err)
	}
	var found []due
	err = tx.Raw(`SELECT sg.id, sg.tenant_id, sg.public_id, sg.user_id, sg.identity_id, sg.provider, sg.issuer, sg.subject, sg.session_id, sg.sid, sg.offline,
 sg.state, sg.sealed, sg.access_until, sg.checked_at, sg.next_at, sg.fails, sg.lease_token, sg.lease_until, sg.created_at,
 s.public_id IS NOT NULL AS session_lives, u.status, u.leaving_at, u.display_name
 FROM signin_grants AS sg
 JOIN users AS u ON u.tenant_id = sg.tenant_id AND u.id = sg.user_id
 LEFT JOIN sessions AS s ON s.tenant_id = sg.tenant_id AND s.public_id = sg.session_id AND s.idle_until > ? AND s.expires_at > ?
 WHERE sg.tenant_id = ?tenant AND sg.id IN (?) AND sg.lease_token = ? ORDER BY sg.next_at, sg.id`, tx.Now, tx.Now, bun.List(ids), token).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("read leased grants: %w", err)
	}
	return found, nil
}

// held starts an update of a grant that this process still works on.
func (g *due) held(tx *store.Tx) *bun.UpdateQuery {
	return tx.Update((*models.SignInGrant)(nil)).Set("updated_at = ?", tx.Now).Where("id = ?", g.ID).Where("lease_token = ?", g.LeaseToken)
}

// exactly runs an update that must meet the one grant.
func exactly(ctx context.Context, q *bun.UpdateQuery) error {
	done, err := q.Exec(ctx)
	if err != nil {
		return fmt.Errorf("write grant: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errLostLease
	}
	return nil
}

func letGo(q *bun.UpdateQuery) *bun.UpdateQuery {
	return q.Set("lease_token = ''").Set("lease_until = 0")
}

// again says when the grant is due next, unless it was marked meanwhile: then it
// stays due.
func (g *due) again(tx *store.Tx, next models.Instant) *bun.UpdateQuery {
	return letGo(g.held(tx)).Set("next_at = CASE WHEN state = ? THEN ? ELSE next_at END", g.State, next)
}

// rotate keeps what the provider gave for the old token.
func (g *due) rotate(ctx context.Context, tx *store.Tx, sealed string, access models.Instant) error {
	return exactly(ctx, g.held(tx).Set("sealed = ?", sealed).Set("access_until = ?", access).Set("checked_at = ?", tx.Now).Set("fails = 0").Set("trouble = ''"))
}

// settle ends the work on a grant that is well.
func (g *due) settle(ctx context.Context, tx *store.Tx, next models.Instant) error {
	return exactly(ctx, g.again(tx, next))
}

// putOff ends the work on a grant that failed.
func (g *due) putOff(ctx context.Context, tx *store.Tx, trouble string, next models.Instant) error {
	return exactly(ctx, g.again(tx, next).Set("fails = fails + 1").Set("trouble = ?", short(trouble, 500)))
}

// turn gives a grant another state, and ends the work on it.
func (g *due) turn(ctx context.Context, tx *store.Tx, to models.GrantState, trouble string, next models.Instant) error {
	q := letGo(g.held(tx)).Set("next_at = ?", next).Set("state = ?", to).Set("trouble = ?", short(trouble, 500))
	if to == models.GrantDead {
		q = q.Set("sealed = ''")
	}
	return exactly(ctx, q)
}

func (g *due) remove(ctx context.Context, tx *store.Tx) error {
	done, err := tx.Delete((*models.SignInGrant)(nil)).Where("id = ?", g.ID).Where("lease_token = ?", g.LeaseToken).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget grant: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return errLostLease
	}
	return nil
}

// endGrants starts an update that marks living grants to be taken back at once,
// also those that are worked on: they stay due when that is done.
func endGrants(tx *store.Tx) *bun.UpdateQuery {
	return tx.Update((*models.SignInGrant)(nil)).Set("updated_at = ?", tx.Now).Set("next_at = ?", tx.Now).Set("state = ?", models.GrantEnding).
		Where("state = ?", models.GrantLive)
}

func ended(ctx context.Context, q *bun.UpdateQuery) error {
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("end grants: %w", err)
	}
	return nil
}

func endGrantsOfSessions(ctx context.Context, tx *store.Tx, sessions []string) error {
	return ended(ctx, endGrants(tx).Where("session_id IN (?)", bun.List(sessions)))
}

func endGrantsOfUser(ctx context.Context, tx *store.Tx, user int64) error {
	return ended(ctx, endGrants(tx).Where("user_id = ?", user))
}

// endDetached ends the grants of a person that outlived their sessions.
func endDetached(ctx context.Context, tx *store.Tx, user int64, provider string) error {
	return ended(ctx, endGrants(tx).Where("user_id = ?", user).Where("provider = ?", provider).Where("session_id = ''"))
}

// detach keeps the offline grants of sessions that ended at their provider.
func detach(ctx context.Context, tx *store.Tx, sessions []string) error {
	_, err := tx.Update((*models.SignInGrant)(nil)).Set("updated_at = ?", tx.Now).Set("session_id = ''").
		Where("session_id IN (?)", bun.List(sessions)).Where("offline = ?", true).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep offline grants: %w", err)
	}
	return nil
}

// followed reports whether the grant's session has a newer one that lives: the
// session hangs on that one, and this one only waits to be taken back.
func (g *due) followed(ctx context.Context, r store.Reader) (bool, error) {
	if g.SessionID == "" {
		return false, nil
	}
	n, err := r.Select((*models.SignInGrant)(nil)).Where("session_id = ?", g.SessionID).
		Where("state = ?", models.GrantLive).Where("id > ?", g.ID).Limit(1).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a newer grant: %w", err)
	}
	return n > 0, nil
}

// follow puts a grant whose session ended beside a newer one of the same session
// at the provider, if there is one: many providers hold both to be the same, and
// would end the newer with the older. Where the provider does not name its
// sessions, any newer one may be that.
func (g *due) follow(ctx context.Context, tx *store.Tx, next models.Instant) (bool, error) {
	var newer models.SignInGrant
	q := tx.Select(&newer).Column("session_id").Where("user_id = ?", g.UserID).Where("provider = ?", g.Provider).
		Where("state = ?", models.GrantLive).Where("session_id NOT IN (?)", bun.List([]string{"", g.SessionID})).Where("id > ?", g.ID)
	switch {
	case g.SID != "" && g.State == models.GrantLive:
		q = q.Where("sid IN (?)", bun.List([]string{g.SID, ""}))
	case g.SID != "":
		q = q.Where("sid = ?", g.SID)
	case g.State != models.GrantLive: // somebody signed out: what may be the same is not spared
		return false, nil
	}
	err := q.Order("id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a grant that follows: %w", err)
	}
	return true, exactly(ctx, letGo(g.held(tx)).Set("session_id = ?", newer.SessionID).Set("state = ?", models.GrantLive).Set("next_at = ?", next))
}

// askOthers makes the other grants of a person at a provider due.
func askOthers(ctx context.Context, tx *store.Tx, g *due) error {
	_, err := tx.Update((*models.SignInGrant)(nil)).Set("next_at = ?", tx.Now).
		Where("user_id = ?", g.UserID).Where("provider = ?", g.Provider).Where("state = ?", models.GrantLive).Where("id <> ?", g.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("ask about other grants: %w", err)
	}
	return nil
}

// selectHolders lists who of the people has grants that are not dead, and whose.
func selectHolders(ctx context.Context, r store.Reader, users []int64) ([]Holder, error) {
	if len(users) == 0 {
		return nil, nil
	}
	var rows []models.SignInGrant
	err := r.Select(&rows).Distinct().Column("user_id", "provider", "issuer").Where("user_id IN (?)", bun.List(users)).
		Where("state <> ?", models.GrantDead).Order("user_id", "provider", "issuer").Limit(int64(maxOrigins * len(users))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for holders of grants: %w", err)
	}
	found := make([]Holder, len(rows))
	for i := range rows {
		found[i] = Holder{User: rows[i].UserID, Provider: rows[i].Provider, Issuer: rows[i].Issuer}
	}
	return found, nil
}

// maxOrigins is of how many providers a person's grants are looked for.
const maxOrigins = 20

// leaveGrants keeps the background from working on people's grants until then.
func leaveGrants(ctx context.Context, tx *store.Tx, users []int64, until models.Instant) error {
	_, err := tx.Update((*models.SignInGrant)(nil)).Set("updated_at = ?", tx.Now).Set("next_at = ?", until).
		Where("user_id IN (?)", bun.List(users)).Where("state <> ?", models.GrantDead).Exec(ctx)
	if err != nil {
		return fmt.Errorf("leave grants to the steps: %w", err)
	}
	return nil
}

func countGrants(ctx context.Context, r store.Reader, user int64) (int64, error) {
	n, err := r.Select((*models.SignInGrant)(nil)).Where("user_id = ?", user).Where("state <> ?", models.GrantDead).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count grants: %w", err)
	}
	return n, nil
}

// deleteLost removes one batch of grants that nobody has worked on for long:
// their provider is not here any more.
func deleteLost(ctx context.Context, tx *store.Tx, before models.Instant, batch int) (int, error) {
	var ids []int64
	err := tx.Select((*models.SignInGrant)(nil)).Column("id").Where("next_at <= ?", before).Limit(int64(batch)).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	_, err = store.ByIDs(tx.Reader, tx.Delete((*models.SignInGrant)(nil)), ids).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("delete lost grants: %w", err)
	}
	return len(ids), nil
}

func short(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}
