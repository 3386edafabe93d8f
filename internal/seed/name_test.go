package seed

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestNamesHaveTheSkewOfARealDirectory(t *testing.T) {
	t.Parallel()
	const n = 100_000
	given, family := map[string]int{}, map[string]int{}
	for i := range n {
		name := NewName(Source(1, i))
		given[strings.Fields(name.Given)[0]]++
		family[name.Family]++
	}
	frequent := 0
	for name, c := range given {
		if c > n*3/100 {
			t.Errorf("%s is borne by %d of %d people, more than 3 in 100", name, c, n)
		}
		if c >= n/100 {
			frequent++
		}
	}
	if frequent < 2 {
		t.Errorf("%d given names are borne by 1 in 100 people or more, want some", frequent)
	}
	if len(given) < 500 {
		t.Errorf("%d given names, want at least 500", len(given))
	}
	rare := 0
	for _, c := range family {
		if c <= 5 {
			rare++
		}
	}
	if len(family) < 5_000 || rare < 1_000 {
		t.Errorf("%d surnames, %d of them borne by five people or fewer; want 5,000 and 1,000", len(family), rare)
	}
}

func TestNamesAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	for i, want := range []string{"Zuzanna Król", "Anna Żukielski", "Rodrigo Martins Gomes"} {
		if got := NewName(Source(7, i)).Full(); got != want {
			t.Errorf("person %d is %q, was %q when this was written", i, got, want)
		}
	}
	if NewName(Source(7, 0)) == NewName(Source(8, 0)) && NewName(Source(7, 1)) == NewName(Source(8, 1)) {
		t.Error("another seed gives the same people")
	}
}

var handleForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*[a-z0-9]$`)

func TestNamesAreWellFormed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := NewName(Source(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(0, 1<<30).Draw(t, "person")))
		for _, part := range []string{name.Given, name.Family} {
			if part == "" || part != strings.TrimSpace(part) || strings.Contains(part, "  ") {
				t.Fatalf("%+v has an empty part or stray spaces", name)
			}
			for _, r := range part {
				if !unicode.IsLetter(r) && !strings.ContainsRune(" -'", r) {
					t.Fatalf("%+v holds %q", name, r)
				}
			}
		}
		if h := Handle(name); !handleForm.MatchString(h) || !strings.Contains(h, ".") {
			t.Fatalf("%+v has the handle %q", name, h)
		}
	})
}
