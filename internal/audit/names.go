package audit

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

type thing struct {
	kind models.Kind
	id   int64
}

// refs is what a page of events needs from other tables, read once per page:
// the addresses of people and roles, and what local attributes are called.
type refs struct {
	pages      map[thing]string
	attributes map[string]models.AttributeDefinition
	unmasked   bool
}

func (k refs) of(kind models.Kind, id int64) string { return k.pages[thing{kind, id}] }

func (k refs) label(field string) string {
	if a, local := k.attributes[strings.TrimPrefix(field, attributePrefix)]; local && strings.HasPrefix(field, attributePrefix) {
		return a.Label
	}
	return FieldLabel(field)
}

// hides reports whether this reader may not see the field's values. An attribute
// that is no longer defined counts as masked.
func (k refs) hides(field string) bool {
	if k.unmasked {
		return false
	}
	if key, local := strings.CutPrefix(field, attributePrefix); local {
		a, defined := k.attributes[key]
		return !defined || a.Masked
	}
	return maskedFields[field]
}

// lines turns rows into lines for a reader: three small reads at most, however
// many rows.
func lines(ctx context.Context, r store.Reader, actor models.Actor, list []models.AuditEvent) ([]Line, error) {
	known := refs{unmasked: actor.Can.Has(models.UsersUnmask)}
	users, roles, attributes := wanted(list)
	var err error
	if known.pages, err = pages(ctx, r, users, roles); err != nil {
		return nil, err
	}
	if attributes {
		if known.attributes, err = definitions(ctx, r); err != nil {
			return nil, err
		}
	}
	told := make([]Line, len(list))
	for i := range list {
		told[i] = newLine(&list[i], known)
	}
	return told, nil
}

func wanted(list []models.AuditEvent) (users, roles []int64, attributes bool) {
	seen := map[thing]bool{}
	add := func(kind models.Kind, id int64) {
		if id == 0 || seen[thing{kind, id}] {
			return
		}
		seen[thing{kind, id}] = true
		switch kind {
		case models.KindUser:
			users = append(users, id)
		case models.KindRole:
			roles = append(roles, id)
		default: // the rest has no page of its own
		}
	}
	for i := range list {
		e := &list[i]
		if e.ActorKind == models.ActorUser {
			add(models.KindUser, e.ActorID)
		}
		add(e.TargetKind, e.TargetID)
		add(e.ObjectKind, e.ObjectID)
		attributes = attributes || strings.Contains(e.Before, attributePrefix) || strings.Contains(e.After, attributePrefix)
	}
	return users, roles, attributes
}

// UserID finds a person by public id, for a filter or a link.
func (l *Log) UserID(ctx context.Context, tenant int64, publicID string) (id int64, name string, err error) {
	u, err := userByPublicID(ctx, l.db.Read(tenant), publicID)
	if err != nil {
		return 0, "", err
	}
	if u.ID == 0 {
		return 0, "", errs.New(errs.NotFound, "There is no person with this id here.")
	}
	return u.ID, u.DisplayName, nil
}

// RoleID finds a role by its key, for a filter or a link.
func (l *Log) RoleID(ctx context.Context, tenant int64, key string) (id int64, name string, err error) {
	role, err := roleByKey(ctx, l.db.Read(tenant), key)
	if err != nil {
		return 0, "", err
	}
	if role.ID == 0 {
		return 0, "", errs.New(errs.NotFound, "There is no role with this key here.")
	}
	return role.ID, role.Name, nil
}
