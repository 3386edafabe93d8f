package ui_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var (
	comment     = regexp.MustCompile(`(?m)^\s*//.*$`)
	htmxLiteral = regexp.MustCompile(`[\s"'{(](?:data-)?hx-[a-z][a-z-]*(?::[a-z]+)?["']?\s*[=:]`)
	inlineStyle = regexp.MustCompile(`\sstyle\s*=`)
	inlineEvent = regexp.MustCompile(`\son[a-z]+\s*=`)
	scriptStart = regexp.MustCompile(`<script[^>]*>`)
)

// Every hx-* attribute comes from ui.HX or ui.OutOfBand, which stamp the nonce; written out by hand it would be
// stripped in the browser. Inline styles and handlers are refused by the policy of every page.
func TestTemplatesKeepThePolicy(t *testing.T) {
	t.Parallel()

	seen := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !written(path) {
			return err
		}

		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}

		seen++
		for _, fault := range policyFaults(string(source)) {
			t.Errorf("%s: %s", path, fault)
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	if seen < 10 {
		t.Fatalf("only %d templates found, the walk looks in the wrong folder", seen)
	}
}

// written reports whether a file of views holds markup by hand: templates, and Go that could build attributes. The
// helper itself is left out.
func written(path string) bool {
	if strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go") || path == filepath.Join("..", "ui", "hx.go") {
		return false
	}

	return filepath.Ext(path) == ".templ" || filepath.Ext(path) == ".go"
}

func policyFaults(source string) []string {
	source = comment.ReplaceAllString(source, "")

	var faults []string
	if hit := htmxLiteral.FindString(source); hit != "" {
		faults = append(faults, "htmx attribute without a nonce, use ui.HX:"+hit)
	}

	if hit := inlineStyle.FindString(source); hit != "" {
		faults = append(faults, "inline style")
	}

	if hit := inlineEvent.FindString(source); hit != "" {
		faults = append(faults, "inline handler:"+hit)
	}

	for _, script := range scriptStart.FindAllString(source, -1) {
		if !strings.Contains(script, "nonce={ ui.Nonce(ctx) }") {
			faults = append(faults, "script without a nonce: "+script)
		}
	}

	return faults
}

func TestPolicyFaults(t *testing.T) {
	t.Parallel()

	for name, c := range map[string]struct {
		source string
		faulty bool
	}{
		"attribute by hand":        {`<a href="/" hx-get="/x">`, true},
		"attribute with data-":     {`<a data-hx-get="/x">`, true},
		"attribute from a value":   {"<a hx-get={ m.Href }>", true},
		"attribute with modifier":  {`<div hx-target:inherited="#x">`, true},
		"map of attributes":        {`{ templ.Attributes{"hx-get": "/x"}... }`, true},
		"inline style":             {`<p style="color:red">`, true},
		"inline handler":           {`<p onclick="x()">`, true},
		"script without nonce":     {`<script src="/x.js"></script>`, true},
		"script with nonce":        {`<script defer src="/x.js" nonce={ ui.Nonce(ctx) }></script>`, false},
		"helper":                   {`<a href="/" { ui.HX(ctx, r)... }>`, false},
		"comment":                  {"// <a hx-get=x>", false},
		"configuration of htmx":    {`<meta name="htmx-config" content='{"extensions":"hx-csp"}'/>`, false},
		"condition in a data name": {`data-once={ x }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := policyFaults(c.source); (len(got) > 0) != c.faulty {
				t.Errorf("faults %q, want faulty %v", got, c.faulty)
			}
		})
	}
}

var startTag = regexp.MustCompile(`<[a-z][^>]*\shx-[^>]*>`)

func TestEveryDrawnRequestIsStamped(t *testing.T) {
	t.Parallel()

	files, err := filepath.Glob("testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}

	stamped := 0
	for _, file := range files {
		drawn, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}

		for _, tag := range startTag.FindAllString(string(drawn), -1) {
			stamped++
			if !containsAttr(tag, "hx-nonce", uitest.Nonce) {
				t.Errorf("%s: %s has no nonce", file, tag)
			}
		}
	}

	if stamped == 0 {
		t.Error("no element with a request was drawn, the test looks at nothing")
	}
}

func TestWithoutNonceNothingIsAsked(t *testing.T) {
	t.Parallel()

	if got := ui.HX(context.Background(), ui.Request{Get: "/users"}); got != nil {
		t.Errorf("HX gave %v without a nonce", got)
	}

	if got := ui.OutOfBand(context.Background(), ""); got != nil {
		t.Errorf("OutOfBand gave %v without a nonce", got)
	}
}

func TestWithoutRequestNothingIsStamped(t *testing.T) {
	t.Parallel()

	if got := ui.HX(ui.WithNonce(context.Background(), "n"), ui.Request{}); got != nil {
		t.Errorf("HX gave %v for an empty request", got)
	}
}

func containsAttr(html, name, value string) bool {
	return strings.Contains(html, " "+name+`="`+value+`"`)
}
