package signin

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// formName gives the directory's name of a field a mapping fills.
func formName(mapped string) string {
	if key, local := strings.CutPrefix(mapped, "attribute:"); local {
		return directory.FieldAttribute(key)
	}
	return mapped
}

func sourceOwns(rule connector.FieldRule) bool {
	return rule.Owner == connector.OwnedBySource || rule.Owner == ""
}

// shared lists the fields that a connector fills when it makes a person, and
// that people may change here all the same.
func shared(m *connector.Mapping) []string {
	if m == nil {
		return nil
	}
	var names []string
	for mapped, rule := range m.Fields {
		if !sourceOwns(rule) {
			names = append(names, formName(mapped))
		}
	}
	return names
}

// given writes what was said at a sign-in as the mapping of the connector wants
// it, by the same rules as a read of the system: the source's fields are taken,
// ours stay, and where the first one wins an empty field is filled.
func given(m *connector.Mapping, c directory.Claims) map[string]directory.GivenValue {
	said := map[string]*string{
		directory.FieldDisplayName: c.DisplayName, directory.FieldGivenName: c.GivenName, directory.FieldFamilyName: c.FamilyName,
		directory.FieldUsername: c.Username, directory.FieldEmail: c.Email, directory.FieldPhone: c.Phone,
		directory.FieldExternalID: c.ExternalID, directory.FieldTitle: c.Title, directory.FieldDepartment: c.Department,
	}
	for key, value := range c.Attributes {
		said[directory.FieldAttribute(key)] = &value
	}
	values := map[string]directory.GivenValue{}
	for mapped, rule := range m.Fields {
		text := said[formName(mapped)]
		if text == nil || rule.Owner == connector.OwnedByUs {
			continue
		}
		owns := sourceOwns(rule)
		values[formName(mapped)] = directory.GivenValue{Text: *text, Own: owns, OnlyEmpty: !owns}
	}
	return values
}

// learnMapped takes over what a connector's provider says.
func (a *admission) learnMapped(ctx context.Context, tx *store.Tx) error {
	taken, err := a.people.Take(ctx, tx, []directory.Given{{
		UserID: a.user.ID, Source: a.provider.Key(), Values: given(a.provider.mapping, claims(a.provider, &a.grant.Identity)),
	}})
	if err != nil || len(taken) == 0 {
		return err
	}
	a.user = taken[0].User
	return tx.Record(ctx, store.Event{
		Action: models.UserClaims, Target: directory.Ref(a.user), Before: taken[0].Before, After: taken[0].After, Detail: a.provider.Key(),
	})
}
