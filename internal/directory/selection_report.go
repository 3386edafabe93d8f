package directory

import (
	"context"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/csv"
	"github.com/rollcall/rollcall/models"
)

// Report says what the lines of a list were found to be.
type Report struct {
	States map[models.LineState]int
	Still  int // found, and not deactivated: they still have access
	Out    int // found, and deactivated or removed already

	Systems []SystemReport // at which somebody of the list has an account
	Inside  int            // people who are out here, and active at one of the systems
}

// Report counts the lines of a list by what they were found to be.
func (e *Engine) Report(ctx context.Context, tenant int64, sel models.Selection) (Report, error) {
	r := e.db.Read(tenant)
	states, err := lineStates(ctx, r, sel.ID)
	if err != nil {
		return Report{}, err
	}
	statuses, err := statusesOf(ctx, r, sel.ID)
	if err != nil {
		return Report{}, err
	}
	report := Report{States: states}
	for status, n := range statuses {
		if isOut(status) {
			report.Out += n
		} else {
			report.Still += n
		}
	}
	return report, report.systems(ctx, r, sel.ID)
}

func isOut(s models.Status) bool { return s == models.Deactivated || s == models.Removed }

// out lists the statuses of people who are out already.
var out = []models.Status{models.Deactivated, models.Removed}

// LineQuery says which lines of a list, and which page of them.
type LineQuery struct {
	State  models.LineState
	Out    *bool // of found lines: only people who are out already, or only who is not
	Inside bool  // only people who are active at a connected system
	After  int64 // the line behind which the page begins
	Limit  int
}

// Line is one line of a list with the person it names, if one was found.
type Line struct {
	Line     int64
	Given    string
	State    models.LineState
	UserID   int64
	PublicID string
	Name     string
	Email    string
	Status   models.Status
	Accounts []AtSystem `bun:"-"` // at connected systems
}

// Lines gives a page of the lines of a list, in their order.
func (e *Engine) Lines(ctx context.Context, tenant int64, sel models.Selection, q LineQuery) ([]Line, error) {
	if q.Limit < 1 || q.Limit > maxLimit+1 {
		return nil, errs.New(errs.Invalid, "A page holds 25, 50 or 100 lines.")
	}
	r := e.db.Read(tenant)
	lines, err := readLines(ctx, r, sel.ID, q)
	if err != nil {
		return nil, err
	}
	return lines, standings(ctx, r, lines)
}

// Candidates gives the people each of a few ambiguous lines may mean.
func (e *Engine) Candidates(ctx context.Context, tenant int64, lines []Line) (map[int64][]Row, error) {
	r := e.db.Read(tenant)
	given := make([]string, 0, len(lines))
	for _, line := range lines {
		given = append(given, line.Given)
	}
	hits, err := resolve(ctx, r, given)
	if err != nil {
		return nil, err
	}
	var ids []int64
	of := map[int64][]int64{}
	for _, line := range lines {
		for _, h := range hits[line.Given] {
			if h.Status != models.Removed && len(of[line.Line]) < lookupLimit {
				of[line.Line] = append(of[line.Line], h.ID)
			}
		}
		slices.Sort(of[line.Line])
		ids = append(ids, of[line.Line]...)
	}
	slices.Sort(ids)
	rows, err := rowsByID(ctx, r, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	all := map[int64][]Row{}
	for _, line := range lines {
		for _, row := range rows {
			if slices.Contains(of[line.Line], row.ID) {
				all[line.Line] = append(all[line.Line], row)
			}
		}
	}
	return all, nil
}

// Choose says which person each of some ambiguous lines means: line to public
// id. It gives how many lines were settled.
func (e *Engine) Choose(ctx context.Context, actor models.Actor, publicID string, choices map[int64]string) (int, error) {
	if err := mayHold(actor); err != nil {
		return 0, err
	}
	if len(choices) == 0 || len(choices) > maxLimit {
		return 0, errs.New(errs.Invalid, "Choose a person for at least one line, and for at most %d at once. Nothing was changed.", maxLimit)
	}
	settled := 0
	err := e.keep(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		sel, err := lockSelection(ctx, tx, tx.Actor.UserID, publicID)
		if err != nil {
			return err
		}
		if err := fresh(sel, tx.Now); err != nil {
			return err
		}
		if sel.UsedAt != 0 {
			return errs.New(errs.Conflict, "This list is in use already, so nobody can be added to it. Nothing was changed. Upload it again.")
		}
		settled, err = e.choose(ctx, tx, &sel, choices)
		return err
	})
	return settled, err
}

func (e *Engine) choose(ctx context.Context, tx *store.Tx, sel *models.Selection, choices map[int64]string) (int, error) {
	lines, err := ambiguousLines(ctx, tx.Reader, sel.ID, choices)
	if err != nil {
		return 0, err
	}
	given, publicIDs := make([]string, len(lines)), make([]string, len(lines))
	for i, line := range lines {
		given[i], publicIDs[i] = line.Given, choices[line.Line]
	}
	hits, err := resolve(ctx, tx.Reader, given)
	if err != nil {
		return 0, err
	}
	ids, err := idsOf(ctx, tx.Reader, publicIDs)
	if err != nil {
		return 0, err
	}
	there, err := among(ctx, tx.Reader, sel.ID, slices.Collect(maps.Values(ids)))
	if err != nil {
		return 0, err
	}
	var add []int64
	for i := range lines {
		line, user := &lines[i], ids[publicIDs[i]]
		if user == 0 || !slices.ContainsFunc(hits[line.Given], func(h hit) bool { return h.ID == user }) {
			return 0, errs.New(errs.Conflict, "The person chosen for line %d no longer answers to it. Nothing was changed. Look at the list again.", line.Line)
		}
		line.SelectionID, line.UserID, line.State = sel.ID, user, models.LineFound
		if there[user] {
			line.State = models.LineTwice
			continue
		}
		there[user] = true
		add = append(add, user)
	}
	if err := settleLines(ctx, tx, sel.ID, lines); err != nil {
		return 0, err
	}
	if err := addPeople(ctx, tx, sel.ID, add); err != nil {
		return 0, err
	}
	return len(lines), recount(ctx, tx, sel)
}

// WriteRest writes the lines that name nobody, or not a single person, as CSV
// that can be corrected and uploaded again.
func (e *Engine) WriteRest(ctx context.Context, w io.Writer, tenant int64, sel models.Selection) error {
	out := csv.NewWriter(w)
	if err := out.Header("Line", "Given", "Result"); err != nil {
		return err
	}
	for _, state := range []models.LineState{models.LineNotFound, models.LineAmbiguous} {
		var after int64
		for {
			lines, err := readLines(ctx, e.db.Read(tenant), sel.ID, LineQuery{State: state, After: after, Limit: exportBatch})
			if err != nil {
				_ = out.Abort(safeText(err)) // the first error says more
				return err
			}
			for _, line := range lines {
				if err := out.Row(strconv.FormatInt(line.Line, 10), line.Given, state.Word()); err != nil {
					return err
				}
				after = line.Line
			}
			if len(lines) < exportBatch {
				break
			}
		}
	}
	_, err := out.Finish("from " + sel.Title)
	return err
}
