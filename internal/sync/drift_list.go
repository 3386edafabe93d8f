package sync

import (
	"context"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Drifts lists differences, the most severe first: people with a privileged
// role, then who is out here and in there, then the rest.
func (e *Engine) Drifts(ctx context.Context, tenant int64, q DriftQuery) (DriftPage, error) {
	r := e.db.Read(tenant)
	f := driftFilter{query: q, user: q.UserID, limit: pageSize(q.Limit) + 1}
	if f.query.State == "" {
		f.query.State = models.DriftOpen
	}
	var err error
	if f.severity, f.after, err = readCursor(q.Cursor); err != nil {
		return DriftPage{}, err
	}
	if f.connector, err = connectorID(ctx, r, q.Connector); err != nil {
		return DriftPage{}, err
	}
	rows, err := selectDrifts(ctx, r, f)
	if err != nil {
		return DriftPage{}, err
	}
	var page DriftPage
	if len(rows) == f.limit {
		rows = rows[:f.limit-1]
		last := rows[len(rows)-1]
		page.Next = writeCursor(last.Severity, last.ID)
	}
	page.Rows, err = e.driftViews(ctx, r, rows)
	return page, err
}

// DriftOf gives one difference by its public id.
func (e *Engine) DriftOf(ctx context.Context, tenant int64, publicID string) (DriftView, error) {
	r := e.db.Read(tenant)
	row, err := selectDrift(ctx, r, publicID)
	if err != nil {
		return DriftView{}, err
	}
	views, err := e.driftViews(ctx, r, []models.Drift{row})
	if err != nil {
		return DriftView{}, err
	}
	return views[0], nil
}

// maxDifferences is how many sets of identical differences one answer holds.
const maxDifferences = 50

// Differences counts open differences that are identical, the most severe and
// then the largest sets first; at most fifty. connector "" is all.
func (e *Engine) Differences(ctx context.Context, tenant int64, connector string) ([]Difference, error) {
	r := e.db.Read(tenant)
	id, err := connectorID(ctx, r, connector)
	if err != nil {
		return nil, err
	}
	groups, err := selectGroups(ctx, r, id, maxDifferences)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(groups))
	for i, g := range groups {
		ids[i] = g.FirstID
	}
	rows, err := selectDriftsByID(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	views, err := e.driftViews(ctx, r, rows)
	if err != nil {
		return nil, err
	}
	first := make(map[int64]DriftView, len(views))
	for _, v := range views {
		first[v.ID] = v
	}
	out := make([]Difference, 0, len(groups))
	for _, g := range groups {
		if v, there := first[g.FirstID]; there {
			out = append(out, Difference{Group: g.GroupHash, Count: int(g.N), Privileged: int(g.Privileged), First: v})
		}
	}
	return out, nil
}

// driftViews adds names and ways to differences.
func (e *Engine) driftViews(ctx context.Context, r store.Reader, rows []models.Drift) ([]DriftView, error) {
	var users, accounts []int64
	for _, row := range rows {
		users, accounts = append(users, row.UserID), append(accounts, row.AccountID)
	}
	people, found, err := e.names(ctx, r, users, accounts)
	if err != nil {
		return nil, err
	}
	sources, err := selectSources(ctx, r)
	if err != nil {
		return nil, err
	}
	labels, err := e.fieldLabels(ctx, r.Tenant())
	if err != nil {
		return nil, err
	}
	views := make([]DriftView, len(rows))
	for i, row := range rows {
		v := DriftView{Drift: row, Person: people[row.UserID], Account: found[row.AccountID]}
		v.Label, v.MaskedOne = labels.of(row)
		for k := range sources {
			if sources[k].ID == row.ConnectorID {
				v.Connector, v.Can = sources[k].connectorRef(), e.ways(&sources[k], row)
			}
		}
		views[i] = v
	}
	return views, nil
}

// labels names fields as pages do.
type labels struct {
	attributes map[string]directory.Definition // by form name
}

func (e *Engine) fieldLabels(ctx context.Context, tenant int64) (labels, error) {
	definitions, err := e.people.Definitions(ctx, tenant)
	if err != nil {
		return labels{}, err
	}
	l := labels{attributes: make(map[string]directory.Definition, len(definitions))}
	for _, d := range definitions {
		l.attributes[directory.FieldAttribute(d.Key)] = d
	}
	return l, nil
}

// fieldNames are the fields of a person that a source may give.
var fieldNames = map[string]string{
	directory.FieldDisplayName: "Name", directory.FieldGivenName: "Given name", directory.FieldFamilyName: "Family name",
	directory.FieldUsername: "Username", directory.FieldEmail: "E-mail", directory.FieldPhone: "Phone",
	directory.FieldExternalID: "External ID", directory.FieldTitle: "Title", directory.FieldDepartment: "Department",
}

func (l labels) of(d models.Drift) (label string, masked bool) {
	switch d.Kind {
	case models.DriftField:
		if definition, local := l.attributes[d.Field]; local {
			return definition.Label, definition.Masked
		}
		masked = d.Field == directory.FieldPhone || d.Field == directory.FieldExternalID
		if name := fieldNames[d.Field]; name != "" {
			return name, masked
		}
		return d.Field, true // a field nobody knows any more
	case models.DriftStatus:
		return "Status", false
	case models.DriftRole:
		return "Role", false
	case models.DriftMissing, models.DriftNoAccount:
		return "Account", false
	case models.DriftOrphan, models.DriftUnclear:
		return "Person", false
	}
	return d.Field, false
}

// ways says how a difference can be resolved, the suggested way first.
func (e *Engine) ways(s *source, d models.Drift) []Way {
	var list []Way
	switch d.Kind {
	case models.DriftField:
		list = []Way{TakeSource}
		if s.schedule.WriteBack {
			list = append(list, PushOurs)
		}
	case models.DriftStatus:
		if e.gate != nil {
			list = []Way{TakeSource}
		}
		if s.schedule.WriteBack {
			list = append(list, PushOurs)
		}
	case models.DriftMissing:
		if e.gate != nil {
			list = []Way{TakeSource}
		}
	case models.DriftRole:
		list = []Way{TakeSource}
	case models.DriftOrphan:
		if s.settings.EffectiveIssuer() != "" {
			list = []Way{TakeSource}
		}
	case models.DriftUnclear, models.DriftNoAccount:
	}
	if len(list) == 2 && d.Suggestion == string(PushOurs) {
		list[0], list[1] = list[1], list[0]
	}
	return append(list, Ignore)
}
