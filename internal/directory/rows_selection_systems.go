package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
)

// maxSystems bounds how many connected systems a report names, and how many
// accounts of one person a line shows.
const maxSystems = 50

// systemsOf counts the accounts of a selection's people by system and how they
// stand there.
func systemsOf(ctx context.Context, r store.Reader, selection int64) ([]SystemReport, error) {
	const inside = "ac.missing_since = 0 AND ac.enabled = ?"
	var found []SystemReport
	var s statement
	s.add(`SELECT c.name AS system,
		SUM(CASE WHEN `+inside+` THEN 1 ELSE 0 END) AS active,
		SUM(CASE WHEN `+inside+` AND u.status IN (`+marks(len(out))+`) THEN 1 ELSE 0 END) AS inside,
		SUM(CASE WHEN `+inside+` THEN 1 ELSE 0 END) AS off,
		SUM(CASE WHEN ac.missing_since > 0 THEN 1 ELSE 0 END) AS gone, MIN(ac.last_read_at) AS read_at`,
		append(append([]any{true, true}, toAny(out)...), false)...)
	s.add(` FROM selection_people sp JOIN users u ON u.tenant_id = ?tenant AND u.id = sp.user_id
		JOIN accounts ac ON ac.tenant_id = ?tenant AND ac.user_id = sp.user_id
		JOIN connectors c ON c.tenant_id = ?tenant AND c.id = ac.connector_id
		WHERE sp.tenant_id = ?tenant AND sp.selection_id = ? GROUP BY c.id, c.name ORDER BY c.name, c.id LIMIT ?`, selection, maxSystems)
	if err := s.scan(ctx, r, &found); err != nil {
		return nil, fmt.Errorf("count a selection by system: %w", err)
	}
	return found, nil
}

// isInside is whether a person, by the column of their id, has an account that is
// active at a connected system.
const isInside = `EXISTS (SELECT 1 FROM accounts ac WHERE ac.tenant_id = ?tenant AND ac.user_id = u.id AND ac.enabled = ? AND ac.missing_since = 0)`

// countInside counts the people of a selection who are out here and not there.
func countInside(ctx context.Context, r store.Reader, selection int64) (int, error) {
	var s statement
	s.add(`SELECT COUNT(*) FROM selection_people sp JOIN users u ON u.tenant_id = ?tenant AND u.id = sp.user_id
		WHERE sp.tenant_id = ?tenant AND sp.selection_id = ? AND u.status IN (`+marks(len(out))+`) AND `+isInside,
		append(append([]any{selection}, toAny(out)...), true)...)
	var n int
	if err := s.scan(ctx, r, &n); err != nil {
		return 0, fmt.Errorf("count who is out here and active elsewhere: %w", err)
	}
	return n, nil
}

// standingsOf reads how the accounts of a few people stand.
func standingsOf(ctx context.Context, r store.Reader, users []int64) ([]AtSystem, error) {
	found := []AtSystem{}
	if len(users) == 0 {
		return found, nil
	}
	var s statement
	s.add(`SELECT ac.user_id, c.name AS system, ac.enabled AS active, ac.missing_since, ac.last_read_at AS read_at
		FROM accounts ac JOIN connectors c ON c.tenant_id = ?tenant AND c.id = ac.connector_id
		WHERE ac.tenant_id = ?tenant AND ac.user_id IN (`+marks(len(users))+`) ORDER BY ac.user_id, c.name, ac.id LIMIT ?`,
		append(toAny(users), len(users)*maxSystems)...)
	if err := s.scan(ctx, r, &found); err != nil {
		return nil, fmt.Errorf("read how people stand at systems: %w", err)
	}
	return found, nil
}
