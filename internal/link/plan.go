package link

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/models"
)

// Pick says whose value of a field is carried on.
type Pick string

// The picks, and none: nobody chose yet.
const (
	PickNone Pick = ""
	PickStay Pick = "stay"
	PickGo   Pick = "go"
)

// Side is one of the two records, as it was when they were compared.
type Side struct {
	ID       int64         `json:"id"`
	PublicID string        `json:"public_id"`
	Name     string        `json:"name"`
	Email    string        `json:"email"`
	Status   models.Status `json:"status"`
	Version  int64         `json:"version"`
	Reports  int           `json:"reports"`
}

// Value is what one record has in a field, from where and since when.
type Value struct {
	Text   string         `json:"text"`
	Source string         `json:"source,omitempty"` // provider key; "" is Rollcall itself
	At     models.Instant `json:"at,omitempty"`     // 0: not known
	No     string         `json:"no,omitempty"`     // why it cannot be carried on; "": it can
}

// Field is one line of the comparison.
type Field struct {
	Name   string `json:"name"` // as directory.CarriedFields and FieldAttribute name it
	Label  string `json:"label"`
	Stay   Value  `json:"stay"`
	Go     Value  `json:"go"`
	Masked bool   `json:"masked,omitempty"`
	Pick   Pick   `json:"pick,omitempty"`
}

// Differs reports whether the two records disagree.
func (f Field) Differs() bool { return f.Stay.Text != f.Go.Text }

// settle picks what needs no decision: equal values, a value only one record
// has, and a value that is the only one possible. Where both have one and they
// disagree, nothing is picked.
func (f *Field) settle() {
	switch {
	case f.Stay.No != "" && f.Go.No != "":
		f.Pick = PickStay // neither can be carried on: the field becomes empty
	case f.Stay.No != "":
		f.Pick = PickGo
	case f.Go.No != "", !f.Differs(), f.Go.Text == "":
		f.Pick = PickStay
	case f.Stay.Text == "":
		f.Pick = PickGo
	}
}

// Role is an assignment of the record that goes.
type Role struct {
	AssignmentID int64          `json:"assignment"`
	RoleID       int64          `json:"role"`
	Name         string         `json:"name"`
	Key          string         `json:"key"`
	Application  string         `json:"application"`
	Sentence     string         `json:"sentence"`
	Privileged   bool           `json:"privileged"`
	Why          string         `json:"why"`   // who gave it, or which claim
	Claim        string         `json:"claim"` // the provider whose claim gives it; "": a person gave it
	Reason       string         `json:"reason"`
	From         models.Instant `json:"from"`
	Until        models.Instant `json:"until"`
	Same         bool           `json:"same"`    // who stays has the very same assignment
	Widens       bool           `json:"widens"`  // who stays would hold more than now
	HeldBy       string         `json:"held_by"` // by which path who stays holds it
	Keep         bool           `json:"keep"`
	Refusal      string         `json:"-"` // why the reader may not give it
}

// Account is one account at a connected system.
type Account struct {
	ID      int64  `json:"id"`
	System  string `json:"system"`
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	Moves   bool   `json:"moves"` // belongs to the record that goes
}

// Identity is one (issuer, subject).
type Identity struct {
	ID       int64          `json:"id"`
	Provider string         `json:"provider"`
	Subject  string         `json:"subject"`
	Email    string         `json:"email"`
	Verified bool           `json:"verified"`
	Last     models.Instant `json:"-"`
	Moves    bool           `json:"moves"`
}

// Plan is a merge as it was compared and chosen. Frozen in a case, it is what a
// second admin approves.
type Plan struct {
	Stay       Side           `json:"stay"`
	Go         Side           `json:"go"`
	Fields     []Field        `json:"fields"`
	Held       []string       `json:"held"` // roles of who stays, by name
	Roles      []Role         `json:"roles"`
	Accounts   []Account      `json:"accounts"`
	Identities []Identity     `json:"identities"`
	Facts      string         `json:"facts"` // digest of all that was compared
	At         models.Instant `json:"at"`
}

// seal computes the digest of everything that was compared, without what was
// chosen: when it is still the same, nothing relevant changed.
func (p *Plan) seal() {
	bare := *p
	bare.Facts, bare.At = "", 0
	bare.Stay.Version, bare.Go.Version = 0, 0
	bare.Stay.Reports, bare.Go.Reports = 0, 0
	bare.Fields = slices.Clone(p.Fields)
	for i := range bare.Fields {
		bare.Fields[i].Pick, bare.Fields[i].Stay.At, bare.Fields[i].Go.At = "", 0, 0
	}
	bare.Roles = slices.Clone(p.Roles)
	for i := range bare.Roles {
		bare.Roles[i].Keep = false
	}
	p.Facts = hash(bare)
}

// Hash names the plan with every choice, so that two people can be sure to look
// at the same one.
func (p Plan) Hash() string { p.At = 0; return hash(p) }

func hash(of any) string {
	b, err := json.Marshal(of)
	if err != nil { // texts and numbers always marshal
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (p Plan) text() (string, error) {
	b, err := json.Marshal(p)
	return string(b), err
}

func readPlan(text string) (Plan, error) {
	var p Plan
	err := json.Unmarshal([]byte(text), &p)
	return p, err
}

// Unsettled lists the fields nobody chose a value for.
func (p Plan) Unsettled() []Field {
	var all []Field
	for _, f := range p.Fields {
		if f.Pick == PickNone {
			all = append(all, f)
		}
	}
	return all
}

// take lists the fields whose value the record that goes gives.
func (p Plan) take() []string {
	var names []string
	for _, f := range p.Fields {
		if f.Pick == PickGo {
			names = append(names, f.Name)
		}
	}
	return names
}

// keep lists the assignments that move.
func (p Plan) keep() []int64 {
	var ids []int64
	for _, r := range p.Roles {
		if r.Keep {
			ids = append(ids, r.AssignmentID)
		}
	}
	return ids
}

// field finds a line of the comparison.
func (p Plan) field(name string) (Field, bool) {
	i := slices.IndexFunc(p.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return p.Fields[i], true
}

// carryOver takes the choices of an older comparison into this one, as far as
// what they are about is still the same, and says what is not.
func (p *Plan) carryOver(old Plan) (changed []string) {
	for i := range p.Fields {
		f := &p.Fields[i]
		was, there := old.field(f.Name)
		if there && was.Stay.same(f.Stay) && was.Go.same(f.Go) {
			f.Pick = was.Pick
			continue
		}
		changed = append(changed, f.Name)
	}
	for i := range p.Roles {
		r := &p.Roles[i]
		j := slices.IndexFunc(old.Roles, func(o Role) bool {
			return o.AssignmentID == r.AssignmentID && o.Until == r.Until && o.Widens == r.Widens
		})
		if j >= 0 {
			r.Keep = old.Roles[j].Keep
		} else {
			changed = append(changed, RolePrefix+r.Key)
		}
	}
	for _, o := range old.Roles {
		if !slices.ContainsFunc(p.Roles, func(r Role) bool { return r.AssignmentID == o.AssignmentID }) {
			changed = append(changed, RolePrefix+o.Key)
		}
	}
	return changed
}

// RolePrefix stands before the key of a role among the names of what changed.
const RolePrefix = "role."

func (v Value) same(w Value) bool { return v.Text == w.Text && v.Source == w.Source && v.No == w.No }

// cutRole gives the key of a role from the name of what changed.
func cutRole(name string) (key string, isRole bool) { return strings.CutPrefix(name, RolePrefix) }
