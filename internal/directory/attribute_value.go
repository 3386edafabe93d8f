package directory

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var number = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,9})?$`)

// checkKind checks a value that is clean and not empty.
func (d Definition) checkKind(value string) (clean, problem string) {
	switch d.Kind {
	case models.AttributeNumber:
		if !number.MatchString(value) {
			return "", d.Label + " is a number, such as 42 or -0.5."
		}
	case models.AttributeDate:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "", d.Label + " is a date, such as 2026-11-22."
		}
	case models.AttributeBool:
		value = strings.ToLower(value)
		if value != "true" && value != "false" {
			return "", d.Label + " is true or false."
		}
	case models.AttributeChoice:
		if !slices.Contains(d.Choices, value) {
			return "", "Choose one of the values of " + d.Label + "."
		}
	case models.AttributeText:
	}
	return value, ""
}

// attributesOf gives every defined attribute with the value a person has.
func attributesOf(ctx context.Context, r store.Reader, userID int64) ([]AttributeValue, error) {
	definitions, err := definitionsIn(ctx, r)
	if err != nil || len(definitions) == 0 {
		return nil, err
	}
	values, err := readValues(ctx, r, userID)
	if err != nil {
		return nil, err
	}
	all := make([]AttributeValue, 0, len(definitions))
	for _, d := range definitions {
		v := values[d.Key]
		all = append(all, AttributeValue{Definition: d, Value: Hide(v.Value), Source: v.Source, UpdatedAt: v.UpdatedAt})
	}
	return all, nil
}

// current gives what the person of a draft has.
func (d *draft) current(ctx context.Context) ([]AttributeValue, error) {
	return attributesOf(ctx, d.tx.Reader, d.user.ID)
}

// attributeValues checks the attributes of an input and keeps what differs.
func (d *draft) attributeValues(ctx context.Context, given map[string]string) error {
	if len(given) == 0 {
		return nil
	}
	has, err := d.current(ctx)
	if err != nil {
		return err
	}
	left := maps.Clone(given)
	for _, a := range has {
		value, ok := left[a.Definition.Key]
		delete(left, a.Definition.Key)
		if !ok {
			continue
		}
		name := FieldAttribute(a.Definition.Key)
		clean, problem := a.Definition.checkValue(value)
		switch {
		case problem != "":
			d.refuse(name, "%s", problem)
		case clean == a.Value.value:
		case a.Source != "":
			d.refuse(name, "Managed in %s. Change it there.", d.engine.SourceName(a.Source))
		default:
			d.setAttribute(a, clean, "")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(left)) {
		d.refuse(FieldAttribute(key), "There is no attribute with this key.")
	}
	return nil
}

// claimAttributes keeps the attributes a provider may and does change.
func (d *draft) claimAttributes(ctx context.Context, said map[string]string, source string) error {
	if len(said) == 0 {
		return nil
	}
	has, err := d.current(ctx)
	if err != nil {
		return err
	}
	for _, a := range has {
		value, ok := said[a.Definition.Key]
		if !ok {
			continue
		}
		clean, problem := a.Definition.checkValue(accept(value, maxValue))
		mine := a.Source == source && a.Value.Set() || !a.Value.Set()
		if problem == "" && clean != a.Value.value && mine {
			d.setAttribute(a, clean, source)
		}
	}
	return nil
}

func (d *draft) setAttribute(a AttributeValue, value, source string) {
	d.attributes = append(d.attributes, models.UserAttribute{Attribute: a.Definition.Key, Value: value, Source: source})
	d.note(FieldAttribute(a.Definition.Key), a.Value.value, value)
}
