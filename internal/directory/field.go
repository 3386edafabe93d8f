package directory

import (
	"encoding/json"
)

// Form names of the fields of a person: in EditInput, errs.Field, Sources and
// the before and after of audit events.
const (
	FieldDisplayName = "display_name"
	FieldGivenName   = "given_name"
	FieldFamilyName  = "family_name"
	FieldUsername    = "username"
	FieldEmail       = "email"
	FieldPhone       = "phone"
	FieldExternalID  = "external_id"
	FieldTitle       = "title"
	FieldDepartment  = "department"
	FieldManager     = "manager"
	FieldExternal    = "external"
	FieldStatus      = "status"
	FieldLeavingAt   = "leaving_at"
	FieldReason      = "reason"
	attributePrefix  = "attribute."
)

// FieldAttribute gives the form name of a local attribute.
func FieldAttribute(key string) string { return attributePrefix + key }

// Sources says which provider owns which field: field name to provider key. A
// field that is missing is local.
type Sources map[string]string

// ParseSources reads User.FieldSources; text that is not a JSON object of
// strings gives no sources.
func ParseSources(text string) Sources {
	sources := Sources{}
	if json.Unmarshal([]byte(text), &sources) != nil || sources == nil {
		return Sources{}
	}
	return sources
}

// Text writes the sources for User.FieldSources; keys are sorted.
func (s Sources) Text() string {
	kept := map[string]string{}
	for field, source := range s {
		if source != "" {
			kept[field] = source
		}
	}
	if len(kept) == 0 {
		return "{}"
	}
	text, err := json.Marshal(kept)
	if err != nil { // a map of strings always marshals
		return "{}"
	}
	return string(text)
}

// Owner gives the provider that owns a field, "" when it is local.
func (s Sources) Owner(field string) string { return s[field] }
