package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// reportsCap is how far the reports of one person are counted.
const reportsCap = 1_000

// isPublicID reports whether a text from an address may be a public id at all.
// What databases trip over, or take for another text, is nobody's.
func isPublicID(id string) bool {
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return id != "" && len(id) <= 36
}

// findUser reads one person by a unique column.
func findUser(ctx context.Context, r store.Reader, column string, value any) (models.User, error) {
	var user models.User
	if id, ok := value.(string); ok && !isPublicID(id) {
		return user, nobody()
	}
	err := r.Select(&user).Where("u.? = ?", bun.Ident(column), value).Limit(1).Scan(ctx)
	return user, oneUser(err)
}

// lockUser reads one person and holds the row.
func lockUser(ctx context.Context, tx *store.Tx, column string, value any) (models.User, error) {
	var user models.User
	if id, ok := value.(string); ok && !isPublicID(id) {
		return user, nobody()
	}
	err := tx.Lock(tx.Select(&user).Where("u.? = ?", bun.Ident(column), value).Limit(1)).Scan(ctx)
	return user, oneUser(err)
}

// updateStatusAll writes the same status over people whose rows are held.
func updateStatusAll(ctx context.Context, tx *store.Tx, after []models.User) error {
	ids := make([]int64, len(after))
	for i := range after {
		ids[i] = after[i].ID
	}
	as := &after[0]
	q := tx.Update((*models.User)(nil)).Set("status = ?", as.Status).Set("status_reason = ?", as.StatusReason).Set("status_by = ?", as.StatusBy).
		Set("status_since = ?", as.StatusSince).Set("pending_since = 0").Set("access_epoch = access_epoch + 1").Set("version = version + 1").
		Set("updated_at = ?", as.UpdatedAt).Set("updated_by = ?", as.UpdatedBy)
	_, err := store.ByIDs(tx.Reader, q, ids).Exec(ctx)
	if err != nil {
		return fmt.Errorf("save the status of people: %w", err)
	}
	return nil
}

func oneUser(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nobody()
	}
	if err != nil {
		return fmt.Errorf("read user: %w", err)
	}
	return nil
}

// saveUser writes the named columns of a person who was read as before. It
// counts the version up and fails with errs.Conflict when the row moved on
// meanwhile, which the row lock rules out where there is one.
func saveUser(ctx context.Context, tx *store.Tx, user *models.User, columns ...string) error {
	was := user.Version
	user.Version++
	user.UpdatedAt = tx.Now
	user.UpdatedBy = cut(tx.Actor.Name, maxName)
	columns = append(columns, "version", "updated_at", "updated_by")
	result, err := tx.Update(user).Column(columns...).Where("u.id = ?", user.ID).Where("u.version = ?", was).Exec(ctx)
	if err != nil {
		return fmt.Errorf("save user %d: %w", user.ID, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("save user %d: %w", user.ID, err)
	}
	if n != 1 {
		return errs.New(errs.Conflict, "Somebody else changed this person at the same moment. Nothing was saved. Try again.")
	}
	return nil
}

// insertUser writes a new person with their words.
func insertUser(ctx context.Context, tx *store.Tx, user *models.User) error {
	if _, err := tx.Insert(user).Exec(ctx); err != nil {
		return fmt.Errorf("insert user: %w", err)
	}
	return insertTokens(ctx, tx, user)
}

func insertTokens(ctx context.Context, tx *store.Tx, user *models.User) error {
	found := tokens(user.DisplayName, user.Username, user.Email)
	if len(found) == 0 {
		return nil
	}
	rows := make([]models.UserToken, len(found))
	for i, token := range found {
		rows[i] = models.UserToken{Token: token, UserID: user.ID, SortName: user.SortName}
	}
	if _, err := tx.Insert(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("insert words of user %d: %w", user.ID, err)
	}
	return nil
}

// replaceTokens makes the words of a person match their fields again.
func replaceTokens(ctx context.Context, tx *store.Tx, user *models.User) error {
	if _, err := tx.Delete((*models.UserToken)(nil)).Where("user_id = ?", user.ID).Exec(ctx); err != nil {
		return fmt.Errorf("delete words of user %d: %w", user.ID, err)
	}
	return insertTokens(ctx, tx, user)
}

// countReports counts who has a person as manager and is not removed.
func countReports(ctx context.Context, r store.Reader, id int64) (n int, capped bool, err error) {
	err = r.Raw("SELECT COUNT(*) FROM (SELECT 1 AS one FROM users WHERE tenant_id = ?tenant AND manager_id = ? AND status <> ? LIMIT ?) c",
		id, models.Removed, reportsCap+1).Scan(ctx, &n)
	if err != nil {
		return 0, false, fmt.Errorf("count reports of user %d: %w", id, err)
	}
	return min(n, reportsCap), n > reportsCap, nil
}

// managerDepth is how many managers stand above each other at most.
const managerDepth = 100

// isAbove reports whether one person is the other, or their manager, or that
// one's manager, and so on.
func isAbove(ctx context.Context, r store.Reader, upper, lower int64) (bool, error) {
	var n int
	err := r.Raw(`WITH RECURSIVE above (id, depth) AS (
		SELECT u.id, 0 FROM users u WHERE u.tenant_id = ?tenant AND u.id = ?
		UNION ALL
		SELECT u.manager_id, above.depth + 1 FROM above JOIN users u ON u.tenant_id = ?tenant AND u.id = above.id
		WHERE u.manager_id <> 0 AND above.depth < ?
	) SELECT COUNT(*) FROM above WHERE id = ?`, lower, managerDepth, upper).Scan(ctx, &n)
	if err != nil {
		return false, fmt.Errorf("read managers of user %d: %w", lower, err)
	}
	return n > 0, nil
}

// holderOf gives somebody else, not removed, whose column has a value; one
// without a name when there is nobody. Of several it is one who is still in.
func holderOf(ctx context.Context, r store.Reader, column, value string, except int64) (models.User, error) {
	var users []models.User
	err := r.Select(&users).Column("display_name", "status").Where("u.? = ?", bun.Ident(column), value).
		Where("u.id <> ?", except).Where("u.status <> ?", models.Removed).
		OrderExpr("CASE WHEN u.status = ? THEN 1 ELSE 0 END, u.id", models.Deactivated).Limit(1).Scan(ctx)
	if err != nil {
		return models.User{}, fmt.Errorf("look for %s: %w", column, err)
	}
	if len(users) == 0 {
		return models.User{}, nil
	}
	return users[0], nil
}

// invitedWith reads, and locks, at most two invited people with an e-mail.
func invitedWith(ctx context.Context, tx *store.Tx, emailNorm string) ([]models.User, error) {
	users := []models.User{}
	q := tx.Select(&users).Where("u.email_norm = ?", emailNorm).Where("u.status = ?", models.Invited).
		Where("u.pending_since = 0").OrderExpr("u.id").Limit(2)
	if err := tx.Lock(tx.ForceIndex(q, "users_by_email")).Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for an invitation: %w", err)
	}
	return users, nil
}

// presentWith reads at most two people with an e-mail who are not gone.
func presentWith(ctx context.Context, tx *store.Tx, emailNorm string) ([]models.User, error) {
	users := []models.User{}
	q := tx.Select(&users).Where("u.email_norm = ?", emailNorm).
		Where("u.status NOT IN (?, ?)", models.Deactivated, models.Removed).OrderExpr("u.id").Limit(2)
	if err := tx.ForceIndex(q, "users_by_email").Scan(ctx); err != nil {
		return nil, fmt.Errorf("look for an e-mail address: %w", err)
	}
	return users, nil
}

// shutOutWith reads one person who may not come in and whose column has a value;
// one without an id when there is nobody. Of several it is the one for whom it has
// been so the longest. Who was merged into another record is not out.
func shutOutWith(ctx context.Context, tx *store.Tx, index, column, norm string) (models.User, error) {
	users := []models.User{}
	q := tx.Select(&users).Where("u.? = ?", bun.Ident(column), norm).
		Where("(u.status IN (?, ?) OR u.status = ? AND u.leaving_at <= ?)", models.Suspended, models.Deactivated, models.Leaving, tx.Now).
		OrderExpr("u.status_since, u.id").Limit(1)
	if err := tx.ForceIndex(q, index).Scan(ctx); err != nil {
		return models.User{}, fmt.Errorf("look for who is out and has this %s: %w", column, err)
	}
	if len(users) == 0 {
		return models.User{}, nil
	}
	return users[0], nil
}
