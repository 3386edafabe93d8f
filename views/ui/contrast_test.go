package ui_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

var tokenLine = regexp.MustCompile(`(?m)^\s*"([a-z-]+)": \["#([0-9A-F]{6})", "#([0-9A-F]{6})"\],$`)

// grounds are what text may stand on; every text colour is measured on all of its grounds.
var pairs = []struct {
	least       float64
	inks        []string
	grounds     []string
	whatItIsFor string
}{
	{11.8, []string{"fg"}, []string{"bg", "surface", "sunken", "sel", "neutral-bg"}, "body text"},
	{11.0, []string{"fg"}, []string{"ok-bg", "warn-bg", "bad-bg", "info-bg", "accent-bg"}, "text of banners, and of a row that just changed"},
	{4.5, []string{"muted"}, []string{"bg", "surface", "sunken", "sel", "ok-bg", "warn-bg", "bad-bg", "info-bg"}, "meta text"},
	{4.5, []string{"faint"}, []string{"bg", "surface", "sel"}, "placeholders and removed states"},
	{4.5, []string{"accent", "accent-hover"}, []string{"bg", "surface", "sel", "accent-bg"}, "links"},
	{4.5, []string{"ok", "warn", "bad", "info"}, []string{"bg", "surface", "sel"}, "status words"},
	{4.5, []string{"ok"}, []string{"ok-bg"}, "tags"},
	{4.5, []string{"warn"}, []string{"warn-bg"}, "tags"},
	{4.5, []string{"bad"}, []string{"bad-bg"}, "tags"},
	{4.5, []string{"info"}, []string{"info-bg"}, "tags"},
	{4.5, []string{"ext"}, []string{"ext-bg", "bg"}, "tags"},
	{4.5, []string{"on-accent"}, []string{"accent", "accent-hover"}, "the primary button"},
	{4.5, []string{"on-danger"}, []string{"danger", "danger-hover"}, "the committing button"},
	{3, []string{"border-strong", "focus", "bad"}, []string{"bg", "surface", "sel"}, "edges of controls and focus"},
	{4.5, []string{"bg"}, []string{"fg"}, "the exact time shown on focus"},
}

func TestContrast(t *testing.T) {
	t.Parallel()

	source, err := os.ReadFile("../../tailwind.config.js")
	if err != nil {
		t.Fatal(err)
	}

	schemes := [2]map[string]string{{}, {}}
	for _, m := range tokenLine.FindAllStringSubmatch(string(source), -1) {
		schemes[0][m[1]], schemes[1][m[1]] = m[2], m[3]
	}

	for i, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()

			for _, p := range pairs {
				for _, ink := range p.inks {
					for _, ground := range p.grounds {
						got := contrast(luminance(t, schemes[i], ink), luminance(t, schemes[i], ground))
						if got < p.least {
							t.Errorf("%s on %s (%s): %.2f, want at least %.1f", ink, ground, p.whatItIsFor, got, p.least)
						}
					}
				}
			}
		})
	}
}

func TestContrastOfBlackOnWhite(t *testing.T) {
	t.Parallel()

	colours := map[string]string{"black": "000000", "white": "FFFFFF"}
	if got := contrast(luminance(t, colours, "black"), luminance(t, colours, "white")); math.Abs(got-21) > 0.01 {
		t.Errorf("black on white is %.2f, want 21", got)
	}
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, scheme map[string]string, name string) float64 {
	t.Helper()

	hex, known := scheme[name]
	if !known {
		t.Fatalf("tailwind.config.js has no colour %q", name)
	}

	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		channel, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}

		c := float64(channel) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}

		sum += weight * c
	}

	return sum
}

func contrast(a, b float64) float64 {
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}
