package directory

import (
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// filter is one condition of a query in the forms the list may need it in.
type filter struct {
	// where is a condition on the row u.
	where string
	// inner, instead of where, selects the rows y of another table that must
	// exist for the user {id}.
	inner string
	args  []any
	// source, if any, gives the ids of everybody who meets the condition, from an index.
	source *source
	// lead, if any, is the users column that the condition pins to a few values;
	// an index that begins with it walks in the order of the list.
	lead *lead
}

// source is where ids come from: SELECT key FROM from WHERE where.
type source struct {
	from  string
	index string // to be forced when from is the users table
	where string
	key   string
	args  []any
}

type lead struct {
	column string
	values []any
}

// Longest lists of values and most words that are looked at.
const (
	maxValues     = 200
	maxRoleValues = 1000
	maxWords      = 8
)

// check refuses what no page sends.
func (q *Query) check() error {
	if q.Sort == "" {
		q.Sort = SortName
	}
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if sortCodes[q.Sort] == 0 {
		return errs.New(errs.Invalid, "A list of people is sorted by name, signin or created.")
	}
	if q.Limit < 1 || q.Limit > maxLimit {
		return errs.New(errs.Invalid, "A page holds 25, 50 or 100 people.")
	}
	for _, text := range q.texts() {
		if illegible("", text) != "" || len(text) > 4*maxValue {
			return errs.New(errs.Invalid, "The filter holds characters that no value has.")
		}
	}
	for _, status := range q.Statuses {
		if !status.Known() {
			return errs.New(errs.Invalid, "There is no such status.")
		}
	}
	many := max(len(q.Statuses), len(q.Providers), len(q.DepartmentIDs), len(q.Attributes))
	if many > maxValues || max(len(q.RoleIDs), len(q.PrivilegedRoleIDs)) > maxRoleValues {
		return errs.New(errs.Invalid, "The filter names too many values. Choose fewer.")
	}
	return nil
}

// texts gives the values that are compared as they are.
func (q *Query) texts() []string {
	all := append([]string{}, q.Providers...)
	for _, a := range q.Attributes {
		all = append(all, a.Key, a.Value)
	}
	return all
}

// filters translates a checked query; now is the moment of the whole read.
func (q *Query) filters(now models.Instant) ([]filter, error) {
	all := textFilters(q.Text)
	all = append(all, q.valueFilters(now)...)
	all = append(all, q.timeFilters()...)
	view, err := q.viewFilters(now)
	return append(all, view...), err
}

func (q *Query) valueFilters(now models.Instant) []filter {
	var all []filter
	if len(q.Statuses) > 0 {
		all = append(all, equals("status", "users_by_status_name", toAny(q.Statuses)...))
	}
	if len(q.DepartmentIDs) > 0 {
		all = append(all, equals("department_id", "users_by_department_name", toAny(q.DepartmentIDs)...))
	}
	if len(q.Providers) > 0 {
		all = append(all, equals("provider", "users_by_provider_name", toAny(q.Providers)...))
	}
	if q.ManagerID != 0 {
		all = append(all, equals("manager_id", "users_by_manager_name", q.ManagerID))
	}
	if q.NoManager {
		all = append(all, equals("manager_id", "users_by_manager_name", int64(0)))
	}
	if q.External != nil {
		all = append(all, filter{where: "u.external = ?", args: []any{*q.External}})
	}
	if len(q.RoleIDs) > 0 {
		all = append(all, holds(q.RoleIDs, now))
	}
	for _, a := range q.Attributes {
		all = append(all, carries(a))
	}
	if q.Pending {
		all = append(all, between("pending_since", "users_by_pending", 1, models.Forever))
	}
	return all
}

func (q *Query) timeFilters() []filter {
	var all []filter
	if q.NeverSignedIn {
		all = append(all, between("last_sign_in_at", "users_by_sign_in", 0, 1))
	}
	if q.SignedInAfter != 0 || q.SignedInBefore != 0 {
		all = append(all, between("last_sign_in_at", "users_by_sign_in", max(q.SignedInAfter, 1), until(q.SignedInBefore)))
	}
	if q.CreatedAfter != 0 || q.CreatedBefore != 0 {
		all = append(all, between("created_at", "users_by_created", q.CreatedAfter, until(q.CreatedBefore)))
	}
	if q.LeavingBefore != 0 {
		all = append(all, leaving(models.Statuses, 1, q.LeavingBefore))
	}
	return all
}

func until(before models.Instant) models.Instant {
	if before == 0 {
		return models.Forever
	}
	return before
}

// equals pins a column to a few values.
func equals(column, index string, values ...any) filter {
	marks := marks(len(values))
	return filter{
		where:  "u." + column + " IN (" + marks + ")",
		args:   values,
		source: &source{from: "users", index: index, where: "x." + column + " IN (" + marks + ")", key: "x.id", args: values},
		lead:   &lead{column: column, values: values},
	}
}

// between keeps from <= column < to.
func between(column, index string, from, to models.Instant) filter {
	args := []any{from, to}
	return filter{
		where:  "u." + column + " >= ? AND u." + column + " < ?",
		args:   args,
		source: &source{from: "users", index: index, where: "x." + column + " >= ? AND x." + column + " < ?", key: "x.id", args: args},
	}
}

// leaving keeps from <= leaving date < to, of people with one of the statuses.
// The index has the status first: those who left long ago have a date as well.
func leaving(statuses []models.Status, from, to models.Instant) filter {
	where := ".status IN (" + marks(len(statuses)) + ") AND {t}.leaving_at >= ? AND {t}.leaving_at < ?"
	args := append(toAny(statuses), from, to)
	return filter{
		where:  "u" + strings.ReplaceAll(where, "{t}", "u"),
		args:   args,
		source: &source{from: "users", index: "users_by_leaving", where: "x" + strings.ReplaceAll(where, "{t}", "x"), key: "x.id", args: args},
	}
}

// holds keeps who has one of the roles at this moment.
func holds(roles []int64, now models.Instant) filter {
	// The plus signs keep SQLite from walking the index of ends instead.
	where := "x.role_id IN (" + marks(len(roles)) + ") AND +x.from_at <= ? AND +x.until_at > ?"
	args := append(toAny(roles), now, now)
	return filter{
		inner:  "SELECT 1 FROM assignments y WHERE y.tenant_id = ?tenant AND y.user_id = {id} AND " + strings.ReplaceAll(where, "x.", "y."),
		args:   args,
		source: &source{from: "assignments", index: "assignments_by_role", where: where, key: "x.user_id", args: args},
	}
}

// carries keeps who has exactly this value in a local attribute.
func carries(a AttributeFilter) filter {
	args := []any{a.Key, a.Value}
	return filter{
		inner:  "SELECT 1 FROM user_attributes y WHERE y.tenant_id = ?tenant AND y.user_id = {id} AND y.attribute = ? AND y.value = ?",
		args:   args,
		source: &source{from: "user_attributes", index: "user_attributes_by_value", where: "x.attribute = ? AND x.value = ?", key: "x.user_id", args: args},
	}
}

// textFilters gives one condition per word: each must begin some word of the
// person. A word with @ must begin the e-mail address.
func textFilters(text string) []filter {
	var all []filter
	seen := map[string]bool{}
	for _, part := range strings.Fields(tidy(strings.ToValidUTF8(text, ""))) {
		if strings.Contains(part, "@") {
			prefix := cut(NormEmail(part), maxEmail)
			args := []any{prefix, after(prefix)}
			all = append(all, filter{
				where: "u.email_norm >= ? AND u.email_norm < ?", args: args,
				source: &source{from: "users", index: "users_by_email", where: "x.email_norm >= ? AND x.email_norm < ?", key: "x.id", args: args},
			})
			continue
		}
		for _, word := range words(fold(part)) {
			if word = cut(word, maxTokenSize); !seen[word] && len(all) < maxWords {
				seen[word] = true
				all = append(all, begins(word))
			}
		}
	}
	return all
}

func begins(word string) filter {
	args := []any{word, after(word)}
	return filter{
		inner:  "SELECT 1 FROM user_tokens y WHERE y.tenant_id = ?tenant AND y.user_id = {id} AND y.token >= ? AND y.token < ?",
		args:   args,
		source: &source{from: "user_tokens", where: "x.token >= ? AND x.token < ?", key: "x.user_id", args: args},
	}
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func toAny[T any](values []T) []any {
	all := make([]any, 0, len(values)+2)
	for _, value := range values {
		all = append(all, value)
	}
	return all
}
