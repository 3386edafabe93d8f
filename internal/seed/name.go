package seed

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

// Name is a person's name.
type Name struct{ Given, Family string }

// Full gives the name as people write it.
func (n Name) Full() string { return n.Given + " " + n.Family }

// Shares of unusual names.
const (
	rareSurname = 0.16 // put together, so that it is borne by few
	hyphenated  = 0.03
)

// NewName draws a name. How much it takes from r differs: give every person a
// source of their own, see Source.
func NewName(r *rand.Rand) Name {
	s := world.stocks[pick(world.upto, r.Float64())]
	return Name{Given: s.given.at(r.Float64()), Family: s.surname(r)}
}

func (s stock) surname(r *rand.Rand) string {
	common := s.family.at(r.Float64())
	point := r.Float64()
	switch {
	case s.double && point < 0.6:
		if other := s.family.at(r.Float64()); other != common {
			return common + " " + other
		}
	case len(s.begin) > 0 && point < rareSurname:
		return join(s.begin[r.IntN(len(s.begin))], s.end[r.IntN(len(s.end))])
	case point > 1-hyphenated:
		if other := s.family.at(r.Float64()); other != common && !strings.ContainsAny(common+other, " -'") {
			return common + "-" + other
		}
	}
	return common
}

// join puts a rare surname together: "Ash" and "ford", "van der" and "velden",
// "O'" and "Carrick".
func join(begin, end string) string {
	end = strings.TrimSpace(end)
	first := []rune(begin)
	last := first[len(first)-1]
	switch {
	case unicode.IsLower(first[0]), strings.HasPrefix(begin, "De la"), begin == "Du", begin == "Oude":
		return begin + " " + title(end)
	case last == '-' || last == ' ' || last == '\'':
		return begin + title(end)
	}
	return begin + end
}

func title(s string) string {
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

func pick(upto []float64, point float64) int {
	for i, u := range upto {
		if point < u {
			return i
		}
	}
	return len(upto) - 1
}

// Source gives the random source of person i under a seed: the same on every
// machine, and independent of how many people come before.
func Source(seed uint64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(i)*0x9e3779b97f4a7c15+1))
}

// letters that have no decomposition.
var plain = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "å", "aa", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "œ", "oe",
	"ä", "ae", "ö", "oe", "ü", "ue")

// Handle gives the part of an e-mail address in front of the @: lower-case
// ASCII letters, digits, dots and dashes.
func Handle(n Name) string {
	given, _, _ := strings.Cut(n.Given, " ")
	text := norm.NFD.String(plain.Replace(strings.ToLower(given + "." + n.Family)))
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), ".-")
}

// PublicID makes the public id (a UUIDv7) of a record made at a moment: the
// same for the same source.
func PublicID(at time.Time, r *rand.Rand) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|r.Uint64()&0x0fff|0x7000)
	binary.BigEndian.PutUint64(id[8:], r.Uint64()&0x3fffffffffffffff|0x8000000000000000)
	return id.String()
}
