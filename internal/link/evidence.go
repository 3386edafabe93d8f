package link

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/models"
)

// Sign is one kind of evidence. The words are kept in the database: add to
// them, never change one.
type Sign string

// What speaks for one human.
const (
	SameExternalID Sign = "same-external-id"
	SameVerified   Sign = "same-verified-email" // both verified by their issuers
	SameEmail      Sign = "same-email"          // equal, and that is all
	SameTeam       Sign = "same-name-department-manager"
	SameName       Sign = "same-name"
	SamePhone      Sign = "same-phone"
	SignedInBoth   Sign = "signed-in-with-both"
	CameWithEmail  Sign = "came-with-verified-email" // an identity nobody knows, with the address of a known person
)

// What speaks against it.
const (
	OtherExternalID  Sign = "other-external-id"
	EmailUnverified  Sign = "email-not-verified"
	NotAuthoritative Sign = "issuer-not-authoritative"
	OtherDepartment  Sign = "other-department"
	OtherBirthYear   Sign = "other-birth-year"
	OtherStart       Sign = "other-start-date"
	OtherName        Sign = "other-name"
	BothLead         Sign = "both-have-reports"
	ActiveApart      Sign = "active-at-once-from-different-networks"
	HasAccount       Sign = "has-an-account-there"
)

// Fact is one piece of evidence in words.
type Fact struct {
	Sign Sign   `json:"sign"`
	Text string `json:"text"`
}

// Evidence is what speaks for and what speaks against one human.
type Evidence struct {
	For     []Fact `json:"for"`
	Against []Fact `json:"against"`
}

func (e *Evidence) speaksFor(sign Sign, text string) {
	e.For = append(e.For, Fact{sign, text})
}

func (e *Evidence) speaksAgainst(sign Sign, text string) {
	e.Against = append(e.Against, Fact{sign, text})
}

func (e Evidence) has(sign Sign) bool {
	return slices.ContainsFunc(slices.Concat(e.For, e.Against), func(f Fact) bool { return f.Sign == sign })
}

// Only reports whether an equal e-mail address is all that speaks for it.
func (e Evidence) Only() bool {
	for _, f := range e.For {
		if f.Sign != SameEmail && f.Sign != SameVerified && f.Sign != CameWithEmail {
			return false
		}
	}
	return len(e.For) > 0
}

// weigh gives the strength in a word; ok is false for what is too weak to be
// shown to anybody, such as an equal name alone. An equal e-mail address makes
// nothing strong, however often it was verified.
func (e Evidence) weigh() (strength models.LinkStrength, ok bool) {
	doubted := e.has(OtherExternalID) || e.has(OtherBirthYear)
	switch {
	case e.has(SignedInBoth), e.has(SameExternalID):
		return models.LinkStrong, true
	case e.has(SameVerified) && doubted:
		return models.LinkPossible, true
	case e.has(SameVerified):
		return models.LinkLikely, true
	case e.has(SameTeam) && e.has(SamePhone) && !doubted:
		return models.LinkLikely, true
	case doubted:
		return "", false
	case e.has(SameTeam), e.has(SameEmail), e.has(CameWithEmail), e.has(SameName) && e.has(SamePhone):
		return models.LinkPossible, true
	}
	return "", false
}

// Words gives the strength with the reason for it: "Strong: same employee ID".
func (e Evidence) Words(strength models.LinkStrength) string {
	if len(e.For) == 0 {
		return strength.Word()
	}
	first := e.For[0].Text
	return strength.Word() + ": " + strings.ToLower(first[:1]) + first[1:]
}

// text writes the evidence as it is kept.
func (e Evidence) text() string {
	if len(e.For)+len(e.Against) == 0 {
		return ""
	}
	b, err := json.Marshal(e)
	if err != nil { // texts always marshal
		return ""
	}
	return string(b)
}

func readEvidence(text string) Evidence {
	var e Evidence
	_ = json.Unmarshal([]byte(text), &e) // what cannot be read says nothing
	return e
}

// digest names what speaks for it together with the values it rests on. A
// decision against a pair holds until this changes.
func (e Evidence) digest(values ...string) string {
	var signs []string
	for _, f := range e.For {
		signs = append(signs, string(f.Sign))
	}
	slices.Sort(signs)
	sum := sha256.Sum256([]byte(strings.Join(append(signs, values...), "\x00")))
	return hex.EncodeToString(sum[:])
}
