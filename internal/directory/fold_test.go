package directory

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"capitals":           {"Amara OKAFOR", "amara okafor"},
		"composed accents":   {"Zoë Ångström", "zoe angstrom"},
		"decomposed accents": {"Zoe\u0308", "zoe"},
		"nordic":             {"Søren Kjær", "soren kjaer"},
		"polish":             {"Łukasz Żółć", "lukasz zolc"},
		"german sharp s":     {"Groß", "gross"},
		"capital sharp s":    {"GROẞ", "gross"},
		"turkish dotted i":   {"İpek Işık", "ipek isik"},
		"icelandic":          {"Þórður Ðan", "thordur dan"},
		"ligature":           {"ﬁnn", "finn"},
		"full width":         {"Ａｎｎａ", "anna"},
		"greek":              {"ΆΝΝΑ Σίσυφος", "αννα σισυφοσ"},
		"cyrillic":           {"Андрей", "андреи"},
		"hangul":             {"김철수", "김철수"},
		"han":                {"李小龍", "李小龍"},
		"cherokee":           {"ᎠᏂ ꭰꮒ", "ꭰꮒ ꭰꮒ"},
		"vietnamese":         {"Nguyễn Đức", "nguyen duc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := fold(c.in); got != c.want {
				t.Errorf("fold(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		display, username, email string
		want                     []string
	}{
		"name, username, mail":  {"Amara Okafor", "aokafor", "amara.okafor@northwind.example", []string{"amara", "okafor", "aokafor"}},
		"domain is not a word":  {"", "", "x@northwind.example", []string{"x"}},
		"joined by apostrophe":  {"Sinéad O’Brien", "", "", []string{"sinead", "o", "brien", "obrien"}},
		"joined by hyphen":      {"Jean-Luc", "", "", []string{"jean", "luc", "jeanluc"}},
		"repeated":              {"Ann Ann", "ann", "ann@a", []string{"ann"}},
		"nothing":               {"", "", "", nil},
		"marks alone":           {"... —", "", "", nil},
		"words of another kind": {"محمد علي", "", "", []string{"محمد", "علي"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tokens(c.display, c.username, c.email); !slices.Equal(got, c.want) {
				t.Errorf("tokens = %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever a name holds, its words fit their column, are few and are found
// again by what folds to them.
func TestTokensFit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := strings.Repeat(rapid.String().Draw(t, "name"), rapid.IntRange(1, 40).Draw(t, "times"))
		found := tokens(name, "", "")
		if len(found) > maxTokens {
			t.Fatalf("%d words", len(found))
		}
		for _, token := range found {
			if token == "" || utf8.RuneCountInString(token) > maxTokenSize {
				t.Fatalf("word %q", token)
			}
			if again := words(fold(token)); len(again) != 1 || cut(again[0], maxTokenSize) != token {
				t.Fatalf("the word %q folds to %q", token, again)
			}
		}
	})
}

func TestNormEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Amara.Okafor@NorthWind.Example ": "amara.okafor@northwind.example",
		"amara@bücher.example":              "amara@xn--bcher-kva.example",
		"amara@BÜCHER.example":              "amara@xn--bcher-kva.example",
		"amara@xn--bcher-kva.example":       "amara@xn--bcher-kva.example",
		"ÅSA@northwind.example":             "åsa@northwind.example",
		"A\u030Asa@northwind.example":       "åsa@northwind.example",
		"no address":                        "no address",
		"two@at@signs":                      "two@at@signs",
		"":                                  "",
		"bad\xff@x.example":                 "bad@x.example",
		"a@exa mple":                        "a@exa mple",
	} {
		if got := NormEmail(in); got != want {
			t.Errorf("NormEmail(%q) = %q, want %q", in, got, want)
		}
		if again := NormEmail(NormEmail(in)); again != want {
			t.Errorf("NormEmail twice(%q) = %q, want %q", in, again, want)
		}
	}
}

func TestIsEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"amara@northwind.example": true, "a+b@x.co": true, "amara@bücher.example": true, "root@localhost": true,
		"": false, "amara": false, "@x.example": false, "a@": false, "a b@x.example": false, "a@b@c": false,
		"a@.example": false, "a@example.": false, "a@b..c": false, "a,b@x.example": false, "<a@x.example>": false,
		strings.Repeat("a", 65) + "@x.example": false,
	} {
		if got := isEmail(in); got != want {
			t.Errorf("isEmail(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestSortNameFits(t *testing.T) {
	t.Parallel()
	if got := sortName("  de la\u00a0Cruz  "); got != "de la cruz" {
		t.Errorf("sortName = %q", got)
	}
	long := sortName(strings.Repeat("ﷺ", 255)) // one character that folds to eighteen
	if n := utf8.RuneCountInString(long); n > maxSortName {
		t.Errorf("sortName has %d characters, the column %d", n, maxSortName)
	}
}
