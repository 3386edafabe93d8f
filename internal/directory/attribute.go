package directory

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	maxDefinitions = 100
	maxChoices     = 100
	maxLabel       = 200
)

var attributeKey = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`)

// Definitions lists the local attributes of a tenant in the order of their position.
func (e *Engine) Definitions(ctx context.Context, tenant int64) ([]Definition, error) {
	return definitionsIn(ctx, e.db.Read(tenant))
}

func definitionsIn(ctx context.Context, r store.Reader) ([]Definition, error) {
	rows, err := readDefinitions(ctx, r)
	if err != nil {
		return nil, err
	}
	all := make([]Definition, 0, len(rows))
	for i := range rows {
		all = append(all, definitionOf(&rows[i]))
	}
	return all, nil
}

func definitionOf(row *models.AttributeDefinition) Definition {
	d := Definition{Key: row.Key, Label: row.Label, Kind: row.Kind, Masked: row.Masked, Position: row.Position}
	if row.Choices != "" {
		d.Choices = strings.Split(row.Choices, "\n")
	}
	return d
}

// DefineAttribute makes a local attribute, or changes the one with the same key.
// The kind stays while somebody has a value, and so does a choice.
func (e *Engine) DefineAttribute(ctx context.Context, actor models.Actor, d Definition) error {
	if err := permit(actor, models.AttributesEdit, "define attributes"); err != nil {
		return err
	}
	d, err := d.checked()
	if err != nil {
		return err
	}
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		rows, err := readDefinitions(ctx, tx.Reader)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(row models.AttributeDefinition) bool { return row.Key == d.Key })
		if at < 0 && len(rows) >= maxDefinitions {
			return errs.New(errs.Conflict, "There are %d attributes already. Remove one first.", len(rows))
		}
		row := models.AttributeDefinition{}
		if at >= 0 {
			row = rows[at]
			if err := d.fits(ctx, tx, definitionOf(&row)); err != nil {
				return err
			}
		}
		return d.save(ctx, tx, row)
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// checked gives the definition clean, or what is wrong with it.
func (d Definition) checked() (Definition, error) {
	var f form
	if !attributeKey.MatchString(d.Key) {
		f.refuse("key", "A key begins with a letter and has at most 63 of a to z, 0 to 9, - and _.")
	}
	d.Label = f.text("label", "The label", d.Label, maxLabel)
	if d.Label == "" && len(f.fields) == 0 {
		f.refuse("label", "Enter a label. It is what people see.")
	}
	switch d.Kind {
	case models.AttributeText, models.AttributeNumber, models.AttributeDate, models.AttributeBool:
		d.Choices = nil
	case models.AttributeChoice:
		d.Choices = f.choices(d.Choices)
	default:
		f.refuse("kind", "Choose text, number, date, boolean or choice.")
	}
	return d, f.err()
}

func (f *form) choices(given []string) []string {
	var all []string
	for _, choice := range given {
		choice = f.text("choices", "A choice", choice, maxValue)
		if choice != "" && !slices.Contains(all, choice) {
			all = append(all, choice)
		}
	}
	if len(all) == 0 || len(all) > maxChoices {
		f.refuse("choices", "Enter between 1 and %d choices, one in each line.", maxChoices)
	}
	return all
}

// fits refuses a change that would leave values behind that no longer fit.
func (d Definition) fits(ctx context.Context, tx *store.Tx, was Definition) error {
	var f form
	if d.Kind != was.Kind {
		n, err := countValues(ctx, tx.Reader, d.Key, nil)
		if err != nil {
			return err
		}
		if n > 0 {
			f.refuse("kind", "People have values of the kind %s. Make a new attribute instead.", was.Kind)
		}
		return f.err()
	}
	for _, choice := range was.Choices {
		if slices.Contains(d.Choices, choice) {
			continue
		}
		n, err := countValues(ctx, tx.Reader, d.Key, &choice)
		if err != nil {
			return err
		}
		if n > 0 {
			f.refuse("choices", "Somebody has the choice %q. Change their value first.", choice)
		}
	}
	return f.err()
}

// save writes the definition over row, which is empty for a new one.
func (d Definition) save(ctx context.Context, tx *store.Tx, row models.AttributeDefinition) error {
	before, after := map[string]any{}, map[string]any{}
	was := definitionOf(&row)
	note := func(field string, old, new any, same bool) {
		if same {
			return
		}
		if row.ID != 0 {
			before[field] = old
		}
		after[field] = new
	}
	note("label", was.Label, d.Label, was.Label == d.Label)
	note("kind", was.Kind, d.Kind, was.Kind == d.Kind)
	note("choices", was.Choices, d.Choices, slices.Equal(was.Choices, d.Choices))
	note("masked", was.Masked, d.Masked, was.Masked == d.Masked)
	note("position", was.Position, d.Position, was.Position == d.Position)
	if len(after) == 0 {
		return errUnchanged
	}
	row.Key, row.Label, row.Kind, row.Masked, row.Position = d.Key, d.Label, d.Kind, d.Masked, d.Position
	row.Choices = strings.Join(d.Choices, "\n")
	if err := saveDefinition(ctx, tx, &row); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.AttributeSet, Target: store.Ref{Kind: models.KindAttribute, ID: row.ID, Name: row.Label},
		Before: before, After: after,
	})
}

// RemoveAttribute removes a local attribute and everybody's value of it.
func (e *Engine) RemoveAttribute(ctx context.Context, actor models.Actor, key string) error {
	if err := permit(actor, models.AttributesEdit, "remove attributes"); err != nil {
		return err
	}
	return e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		rows, err := readDefinitions(ctx, tx.Reader)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(row models.AttributeDefinition) bool { return row.Key == key })
		if at < 0 {
			return errs.New(errs.NotFound, "There is no such attribute.")
		}
		values, err := deleteDefinition(ctx, tx, &rows[at])
		if err != nil {
			return err
		}
		was := definitionOf(&rows[at])
		return tx.Record(ctx, store.Event{
			Action: models.AttributeDrop, Target: store.Ref{Kind: models.KindAttribute, ID: rows[at].ID, Name: was.Label},
			Before: map[string]any{"label": was.Label, "kind": was.Kind, "values": values},
		})
	})
}

// checkValue gives a value in the form its kind is kept in, or what is wrong with it.
func (d Definition) checkValue(value string) (clean, problem string) {
	if problem := illegible(d.Label, value); problem != "" {
		return "", problem
	}
	value = tidy(value)
	if value == "" {
		return "", ""
	}
	if utf8.RuneCountInString(value) > maxValue {
		return "", d.Label + " is too long; at most 255 characters fit."
	}
	return d.checkKind(value)
}
