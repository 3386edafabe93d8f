package connectors

import (
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/views/connectors"
)

// mappingForm is a mapping as it was typed.
type mappingForm struct {
	mapping               connector.Mapping
	reason, version, then string
}

func mappingOf(of connector.Connector) mappingForm {
	return mappingForm{mapping: of.Mapping, version: versionText(of.Version)}
}

// readMapping reads the form. Its fields are named after the directory's, which
// are not the same everywhere, so they are asked for by name and nothing else is
// taken (WEB-15).
func readMapping(c *web.Call, fields []field) (mappingForm, error) {
	var sent struct {
		Reason  string   `form:"reason" validate:"max=1000"`
		Version string   `form:"version" validate:"omitempty,number,max=18"`
		Then    string   `form:"then" validate:"max=10"`
		Kinds   []string `form:"rule_kind" validate:"max=250"`
		Names   []string `form:"rule_name" validate:"max=250"`
		Roles   []string `form:"rule_role" validate:"max=250"`
	}
	err := c.Bind(&sent)
	f := mappingForm{reason: sent.Reason, version: sent.Version, then: sent.Then, mapping: connector.Mapping{Fields: map[string]connector.FieldRule{}}}
	for _, one := range fields {
		from := strings.TrimSpace(c.Request.PostForm.Get("from_" + one.name))
		if from != "" {
			f.mapping.Fields[one.name] = connector.FieldRule{From: from, Owner: connector.Owner(c.Request.PostForm.Get("owner_" + one.name))}
		}
	}
	for i := range sent.Names {
		if i >= len(sent.Kinds) || i >= len(sent.Roles) {
			break
		}
		rule := connector.RoleRule{Kind: sent.Kinds[i], Name: strings.TrimSpace(sent.Names[i]), Role: sent.Roles[i]}
		if rule.Name != "" || rule.Role != "" {
			f.mapping.Roles = append(f.mapping.Roles, rule)
		}
	}
	return f, err
}

// mappingDifferences lists where two mappings differ.
func mappingDifferences(theirs, yours connector.Mapping, fields []field) []connectors.Difference {
	var out []connectors.Difference
	for _, one := range fields {
		a, b := ruleOf(theirs.Fields[one.name]), ruleOf(yours.Fields[one.name])
		if a != b {
			out = append(out, connectors.Difference{Label: one.label, Theirs: a, Yours: b})
		}
	}
	if a, b := rulesOf(theirs.Roles), rulesOf(yours.Roles); a != b {
		out = append(out, connectors.Difference{Label: "Roles by group", Theirs: a, Yours: b})
	}
	return out
}

func ruleOf(r connector.FieldRule) string {
	if r.From == "" {
		return ""
	}
	return r.From + ", " + connector.OwnerWord(r.Owner)
}

func rulesOf(rules []connector.RoleRule) string {
	parts := make([]string, len(rules))
	for i, r := range rules {
		parts[i] = r.Kind + " " + r.Name + ": " + r.Role
	}
	return strings.Join(parts, "; ")
}
