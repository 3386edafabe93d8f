package directory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/sheet"
	"github.com/rollcall/rollcall/models"
)

// Bounds of a list.
const (
	MaxListLines = 100_000
	MaxListBytes = 10 << 20

	listBatch = 1_000 // lines that are looked up and written together
	maxGiven  = 400
)

// FieldList is the field of a pasted or uploaded list.
const FieldList = "list"

// Paste selects the people a list names, each line by one exact value: e-mail,
// username, subject at a provider, ID or external ID. A table is read from the
// column that has them. name is the file's, or "". Each line is found, not found,
// ambiguous or the same person as one before; see Report.
func (e *Engine) Paste(ctx context.Context, actor models.Actor, name string, list io.Reader) (models.Selection, error) {
	if err := mayHold(actor); err != nil {
		return models.Selection{}, err
	}
	lines, title, err := readList(name, list)
	if err != nil {
		return models.Selection{}, err
	}
	var sel models.Selection
	err = e.keep(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		sel = newSelection(tx, models.SelectionListed, title)
		return insertSelection(ctx, tx, &sel)
	})
	if err != nil {
		return sel, err
	}
	w := &listing{engine: e, actor: actor, sel: &sel, seen: map[int64]bool{}, counts: map[models.LineState]int{}}
	for part := range slices.Chunk(lines, listBatch) {
		if err := w.write(ctx, part); err != nil {
			return sel, err
		}
	}
	return sel, w.finish(ctx, len(lines))
}

func refuseList(message string, args ...any) error {
	return errs.Input(errs.Field{Name: FieldList, Message: fmt.Sprintf(message, args...)})
}

// readList gives the lines of a list, and its title.
func readList(name string, list io.Reader) ([]listed, string, error) {
	data, err := io.ReadAll(io.LimitReader(list, MaxListBytes+1))
	if err != nil {
		return nil, "", errs.Wrap(err, errs.Invalid, "The list did not arrive whole. Nothing was selected. Send it again.")
	}
	if len(data) > MaxListBytes {
		return nil, "", refuseList("The list is larger than 10 MB. Nothing was read. Send it in parts, or only the column that names the people.")
	}
	rows, err := sheet.Read(data, MaxListLines+1) // and a line of heads
	if errors.Is(err, sheet.ErrTooLong) {
		return nil, "", tooLong()
	}
	if err != nil {
		return nil, "", errs.Wrap(err, errs.Invalid, "The list could not be read as text or as a table. Nothing was selected. Save it as CSV and send that.")
	}
	lines, column := pickColumn(rows)
	switch {
	case len(lines) > MaxListLines:
		return nil, "", tooLong()
	case len(lines) == 0:
		return nil, "", refuseList("The list has no line with a person. Paste one e-mail address or ID on each line, or choose a file.")
	}
	title := "Pasted list"
	if name != "" {
		title = name
	}
	if column != "" {
		title += ", column " + column
	}
	return lines, title, nil
}

func tooLong() error {
	return refuseList("The list has more than 100,000 lines. Nothing was read. Send it in parts.")
}

// listing is a list being looked up.
type listing struct {
	engine *Engine
	actor  models.Actor
	sel    *models.Selection
	seen   map[int64]bool
	counts map[models.LineState]int
}

// write looks one batch up and keeps what it found.
func (w *listing) write(ctx context.Context, part []listed) error {
	given := make([]string, len(part))
	for i, one := range part {
		given[i] = kept(one.given) // as it is looked up again later
	}
	hits, err := resolve(ctx, w.engine.db.Read(w.actor.Tenant), given)
	if err != nil {
		return err
	}
	rows := make([]models.SelectionLine, len(part))
	var people []models.SelectionPerson
	for i, one := range part {
		row := models.SelectionLine{SelectionID: w.sel.ID, Line: int64(one.line), Given: given[i]}
		row.State, row.UserID = judge(hits[given[i]])
		if row.State == models.LineFound && w.seen[row.UserID] {
			row.State = models.LineTwice
		}
		if row.State == models.LineFound {
			w.seen[row.UserID] = true
			people = append(people, models.SelectionPerson{SelectionID: w.sel.ID, UserID: row.UserID})
		}
		w.counts[row.State]++
		rows[i] = row
	}
	return w.engine.keep(ctx, w.actor, func(ctx context.Context, tx *store.Tx) error {
		if err := insertLines(ctx, tx, slices.Clone(rows)); err != nil {
			return err
		}
		return insertPeople(ctx, tx, slices.Clone(people))
	})
}

// kept gives a line as it is shown again.
func kept(given string) string {
	if utf8.RuneCountInString(given) > maxGiven {
		return accept(given, maxGiven-1) + "…"
	}
	return accept(given, maxGiven)
}

// judge says what a line was found to be. A person who was removed counts only
// where nobody else answers to the name: nothing can be done to them.
func judge(hits []hit) (models.LineState, int64) {
	present := slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return h.Status == models.Removed })
	if len(present) > 0 {
		hits = present
	}
	switch len(hits) {
	case 0:
		return models.LineNotFound, 0
	case 1:
		return models.LineFound, hits[0].ID
	}
	return models.LineAmbiguous, 0
}

// finish writes how many there are, and that the list was uploaded: from its
// answer one learns who exists.
func (w *listing) finish(ctx context.Context, lines int) error {
	return w.engine.db.Change(ctx, w.actor, func(ctx context.Context, tx *store.Tx) error {
		w.sel.People = int64(len(w.seen))
		if err := saveSelection(ctx, tx, w.sel, "people"); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.SelectionList, Target: store.Ref{Kind: models.KindSelection, ID: w.sel.ID, Name: w.sel.Title},
			After: map[string]any{
				"lines": lines, "found": w.counts[models.LineFound], "not_found": w.counts[models.LineNotFound],
				"ambiguous": w.counts[models.LineAmbiguous], "twice": w.counts[models.LineTwice],
			},
		})
	})
}
