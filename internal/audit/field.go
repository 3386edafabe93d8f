package audit

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/rollcall/rollcall/models"
)

// attributePrefix stands before the key of a local attribute in an event's fields.
const attributePrefix = "attribute."

// fieldLabels name the fields of events as forms name them.
var fieldLabels = map[string]string{
	"access":          "Access",
	"actions":         "What",
	"actor":           "Who",
	"actor_kind":      "Kind of actor",
	"children":        "Contains roles",
	"choices":         "Choices",
	"department":      "Department",
	"department_id":   "Department",
	"display_name":    "Name",
	"email":           "E-mail",
	"email_verified":  "E-mail verified",
	"environment":     "Environment",
	"external":        "External",
	"external_id":     "External id",
	"family_name":     "Family name",
	"field_sources":   "Field sources",
	"format":          "Format",
	"from":            "From",
	"from_at":         "From",
	"given_name":      "Given name",
	"issuer":          "Issuer",
	"key":             "Key",
	"kind":            "Type",
	"label":           "Label",
	"leaving_at":      "Leaving date",
	"manager":         "Manager",
	"manager_id":      "Manager",
	"masked":          "Masked",
	"max_days":        "Longest time in days",
	"name":            "Name",
	"object":          "Object",
	"pending_since":   "Waiting since",
	"people":          "People",
	"permissions":     "Permissions",
	"phone":           "Phone",
	"position":        "Position",
	"privileged":      "Privileged",
	"provider":        "Provider",
	"request_id":      "Request",
	"result":          "Result",
	"sentence":        "What it lets people do",
	"seq":             "Event number",
	"source":          "Source",
	"source_ref":      "Source detail",
	"status":          "Status",
	"status_reason":   "Status reason",
	"subject":         "Subject",
	"target":          "Whom",
	"text":            "Text",
	"title":           "Title",
	"to":              "To",
	"until":           "Until",
	"until_at":        "Until",
	"username":        "Username",
	"via":             "Via",
	"last_sign_in_at": "Last sign-in",

	"acr":               "Accepted proof at a step-up",
	"allow_private":     "May lie in a private network",
	"base_url":          "Address",
	"ca":                "Certificate authorities",
	"client_id":         "Client id",
	"create":            "Rule for new people",
	"create_users":      "Makes people of unknown accounts",
	"dev_loopback":      "Plain http on this machine",
	"domains":           "Domains let in",
	"email_domains":     "Domains it is authoritative for",
	"events":            "Follows events",
	"every":             "Reads changes every",
	"full_every":        "Reads everybody every",
	"groups":            "Groups let in",
	"guard":             "Stops and asks above",
	"offline_access":    "Asks for offline access",
	"owner_id":          "Owner",
	"rate":              "Requests a second",
	"realm":             "Realm",
	"refresh":           "Keeps refresh tokens",
	"risk_known_at":     "Risk known since",
	"risk_out_at":       "Everybody out by",
	"role_rules":        "Role rules",
	"scopes":            "Scopes",
	"secrets":           "Secrets",
	"sign_in":           "People sign in through it",
	"sign_in_client_id": "Client id for signing in",
	"state":             "State",
	"strict_logout":     "Wants the session of a sign-out named",
	"write_back":        "Writes changes back",
	"user_info":         "Asks the UserInfo endpoint",
	"tenants":           "Tenants let in",
	"groups_claim":      "Claim of groups",
	"roles_claim":       "Claim of roles",

	"accounts":   "Accounts",
	"fields":     "Fields",
	"identities": "Identities",
	"kept":       "Kept",
	"linked_how": "Linked how",
	"plan":       "Plan",
	"proof":      "Proof",
	"reports":    "Reports",
}

// FieldLabel gives the name people know a field by.
func FieldLabel(field string) string {
	if label, named := fieldLabels[field]; named {
		return label
	}
	return humanise(strings.TrimPrefix(field, attributePrefix))
}

// maskedFields are the user's columns of class masked, and secret ones should a
// caller ever record one.
var maskedFields = careful(reflect.TypeFor[models.User]())

func careful(row reflect.Type) map[string]bool {
	fields := map[string]bool{}
	for i := range row.NumField() {
		switch f := row.Field(i); models.Class(f.Tag.Get("class")) {
		case models.Masked, models.Secret:
			fields[column(f.Name)] = true
		case models.Public, models.Personal:
		}
	}
	return fields
}

// column turns a field's name into its column's: ExternalID is external_id.
func column(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || (i+1 < len(runes) && unicode.IsLower(runes[i+1]))) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
