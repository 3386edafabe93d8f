package certificate_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"

	"github.com/rollcall/rollcall/internal/wire/certificate"
)

var update = flag.Bool("update", false, "write the golden files")

func jsonDecode(text string, v any) error { return json.Unmarshal([]byte(text), v) }

// The file as it is: who reads the golden file reads what an auditor gets.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{"operation.json": operation(t, 5), "person.json": onePerson(t, 5, 2)} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if file != string(want) {
			t.Errorf("%s is not what is written now", path)
		}
		if !json.Valid([]byte(file)) {
			t.Errorf("%s is no JSON document", path)
		}
		report := check(t, file, trust(penOf(t, "first")))
		if !report.Fits() || !report.Trusted {
			t.Errorf("%s: %q", path, report.Problems)
		}
	}
}

func TestProves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"operation": {operation(t, 3), []string{
			`DEA-118: asked for by Goran Novak on 2026-11-22 10:42:00 UTC, "Left the team on Friday".`,
			"Approved by Ilse de Vries on 2026-11-22 10:51:00 UTC over list 78f3 cbdc, after signing in anew 30 seconds before.",
			"3 people, all out; 6 ways in were alive before and dead after; 3 applications were never told; 3 applications were told and did not answer; a token of before may be accepted until 2026-11-22 14:00:00 UTC at the latest.",
			"At the longest 9 minutes passed from asking to out.",
		}},
		"one person": {onePerson(t, 5, 4), []string{
			`DEA-118: asked for by Goran Novak on 2026-11-22 10:42:00 UTC, "Left the team on Friday".`,
			"Approved by Ilse de Vries on 2026-11-22 10:51:00 UTC over list 2ed1 87e9, after signing in anew 30 seconds before.",
			"Person 4 of 5: Amara Okafor (0198c0de-0000-7000-9000-000000000004), left out: This is you.",
			"Nobody was acted upon; 0 ways in were alive before and dead after.",
			"Left out: 1 person (self 1).",
		}},
	} {
		r := check(t, c.file, nil)
		if !r.Fits() {
			t.Fatalf("%s: %q", name, r.Problems)
		}
		if got := r.Proves(); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// object is a line's object, to be changed and written again as it would be.
type object = map[string]any

func edited(t *testing.T, file string, line int, change func(object)) string {
	t.Helper()
	lines := strings.Split(file, "\n")
	before, rest, _ := strings.Cut(lines[line], "{")
	text := "{" + strings.TrimSuffix(rest, ",")
	after := strings.TrimPrefix(lines[line], before+text)
	if strings.HasPrefix(before, `"signature"`) {
		text, after = strings.TrimSuffix(text, "}"), "}"
	}
	if before == "" && strings.HasPrefix(text, `{"certificate":`) {
		before, text = `{"certificate":`, strings.TrimPrefix(text, `{"certificate":`)
	}
	var o object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	change(o)
	plain, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	canonical, err := jcs.Transform(plain)
	if err != nil {
		t.Fatal(err)
	}
	lines[line] = before + string(canonical) + after
	return strings.Join(lines, "\n")
}

// people rearranges the lines of people, with commas as they should be.
func people(file string, change func([]string) []string) string {
	lines := strings.Split(file, "\n")
	end := slices.Index(lines, "],")
	list := slices.Clone(lines[2:end])
	for i := range list {
		list[i] = strings.TrimSuffix(list[i], ",")
	}
	list = change(list)
	for i := range list[:max(0, len(list)-1)] {
		list[i] += ","
	}
	return strings.Join(slices.Concat(lines[:2], list, lines[end:]), "\n")
}

func part(o object, path ...any) any {
	var at any = o
	for _, p := range path {
		switch p := p.(type) {
		case string:
			at = at.(object)[p]
		case int:
			at = at.([]any)[p]
		}
	}
	return at
}

func without(o object, list string, i int) {
	o[list] = slices.Delete(slices.Clone(o[list].([]any)), i, i+1)
}

// What is done to a certificate is named, in these words, before anything else.
func TestEveryChangeIsNamed(t *testing.T) {
	t.Parallel()
	whole := operation(t, 5)
	one := onePerson(t, 5, 2)
	const head, first, third, totals, signature = 0, 2, 4, 8, 9
	for name, c := range map[string]struct{ file, want string }{
		"a person dropped":      {people(whole, func(l []string) []string { return slices.Delete(l, 1, 2) }), "Person 2 is missing."},
		"the last one dropped":  {people(whole, func(l []string) []string { return l[:4] }), "Person 5 is missing."},
		"a line just taken out": {strings.Join(slices.Delete(strings.Split(whole, "\n"), 6, 7), "\n"), "Person 5 is missing."},
		"two dropped":           {people(whole, func(l []string) []string { return l[2:] }), "Person 1 is missing."},
		"neighbours swapped": {people(whole, func(l []string) []string { l[3], l[4] = l[4], l[3]; return l }),
			"People 4 and 5 are swapped."},
		"two swapped":                 {people(whole, func(l []string) []string { l[0], l[4] = l[4], l[0]; return l }), "People 1 and 5 are swapped."},
		"three turned":                {people(whole, func(l []string) []string { l[0], l[1], l[2] = l[1], l[2], l[0]; return l }), "The people are not in their order, from place 1 on."},
		"one doubled":                 {people(whole, func(l []string) []string { return append(l, l[1]) }), "Person 2 is there twice."},
		"one in the place of another": {people(whole, func(l []string) []string { l[2] = l[1]; return l }), "Person 3 is missing."},
		"swapped and numbered anew": {edited(t, edited(t, people(whole, func(l []string) []string { l[0], l[1] = l[1], l[0]; return l }), first, func(o object) { o["position"] = 1 }), first+1,
			func(o object) { o["position"] = 2 }), "Person 1: the entry was changed, its hash does not fit."},
		"a name":         {edited(t, whole, third, func(o object) { o["name"] = "Somebody Else" }), "Person 3: the entry was changed, its hash does not fit."},
		"a step dropped": {edited(t, whole, third, func(o object) { without(o, "steps", 1) }), "Person 3: the step list has 2 of 3 steps: step 2 is missing."},
		"a step doubled": {edited(t, whole, third, func(o object) { s := o["steps"].([]any); o["steps"] = append(s, s[0]) }), "Person 3: the step list is not as it was: step 1 is there twice."},
		"steps swapped":  {edited(t, whole, third, func(o object) { s := o["steps"].([]any); s[0], s[1] = s[1], s[0] }), "Person 3: the step list is not as it was: steps 1 and 2 are swapped."},
		"a step and its number gone": {edited(t, whole, third, func(o object) { without(o, "steps", 2); o["step_count"] = 2 }),
			"Person 3: the entry was changed, its hash does not fit."},
		"a probe dropped": {edited(t, whole, third, func(o object) { without(part(o, "steps", 0).(object), "probes", 1) }),
			"Person 3, step 1 (offboard.disable at Keycloak): the probe list has 1 of 2 probes: probe 2 is missing."},
		"a control dropped": {edited(t, whole, third, func(o object) { without(part(o, "steps", 1).(object), "probes", 0) }),
			"Person 3, step 2 (offboard.end-sessions at Keycloak): the probe list has 1 of 2 probes: probe 1 is missing."},
		"an application dropped": {edited(t, whole, third, func(o object) { without(part(o, "steps", 1).(object), "applications", 1) }),
			"Person 3, step 2 (offboard.end-sessions at Keycloak): the application list has 1 of 2 applications: application 2 is missing."},
		"an outcome": {edited(t, whole, third, func(o object) { part(o, "steps", 2).(object)["outcome"] = "confirmed" }),
			"Person 3, step 3 (offboard.revoke-held): it was changed, its hash does not fit."},
		"a digest of an answer": {edited(t, whole, third, func(o object) { part(o, "steps", 0, "probes", 1).(object)["answer_sha256"] = digestOf("other") }),
			"Person 3, step 1 (offboard.disable at Keycloak): it was changed, its hash does not fit."},
		"a person's hash": {edited(t, whole, third, func(o object) { o["hash"] = digestOf("other") }), "Person 3: the entry was changed, its hash does not fit."},
		"the chain":       {edited(t, whole, third, func(o object) { o["chain"] = digestOf("other") }), "Person 3: the entry does not follow the one before it, the chain is broken here."},
		"an approval dropped": {edited(t, whole, head, func(o object) { without(o, "decisions", 1) }),
			"Head: the decision list has 1 of 2 decisions: decision 2 is missing."},
		"an approval changed": {edited(t, whole, head, func(o object) { part(o, "decisions", 1, "by").(object)["name"] = "Somebody Else" }),
			"Decision 2 (approved, Somebody Else): it was changed, its hash does not fit."},
		"the reason":             {edited(t, whole, head, func(o object) { part(o, "trigger").(object)["reason"] = "Another" }), "Head: it was changed, its hash does not fit."},
		"a foreign field":        {edited(t, whole, third, func(o object) { o["extra"] = 1 }), `Person 3: it cannot be read: json: unknown field "extra".`},
		"a doubled field":        {strings.Replace(whole, `{"chain":`, `{"chain":"a","chain":`, 1), "Person 1: it is not in canonical form: a field is doubled, foreign, or written in another way."},
		"a space":                {strings.Replace(whole, `{"chain":`, `{ "chain":`, 1), "Person 1: it is not in canonical form: a field is doubled, foreign, or written in another way."},
		"a total":                {edited(t, whole, totals, func(o object) { o["probes"] = 99 }), "Totals: they say 99 probes, and the entries give 16."},
		"an outcome's total":     {edited(t, whole, totals, func(o object) { part(o, "outcomes").(object)["failed"] = 1 }), "Totals: they say 1 steps with outcome failed, and the entries give 0."},
		"the root":               {edited(t, whole, totals, func(o object) { o["root"] = digestOf("other") }), "Totals: the root is not that of the people above."},
		"the digest":             {edited(t, whole, signature, func(o object) { o["digest"] = digestOf("other") }), "The signature does not fit the text: signed was " + digestOf("other")[:4] + " " + digestOf("other")[4:8] + ", and the text above has the SHA-256 …"},
		"the end cut off":        {whole[:len(whole)-1], "The file is cut off: it ends before the end of the signature."},
		"cut off in the people":  {whole[:strings.Index(whole, `"position":3`)], "The file is cut off: it ends before the end of the list of people (2 of 5 are there)."},
		"cut off after a person": {strings.Join(strings.Split(whole, "\n")[:4], "\n") + "\n", "The file is cut off: it ends before the end of the list of people (2 of 5 are there)."},
		"nothing at all":         {"", "The file is cut off: it ends before the end of the head."},
		"another file":           {"{\"hello\":1}\n", "Line 1: a certificate begins otherwise. This is another file, or its beginning was changed."},
		"something at the end":   {whole + "x\n", "Line 11: something follows the signature, and nobody signed it."},
		"line ends of Windows":   {strings.ReplaceAll(whole, "\n", "\r\n"), "Line 1: a certificate begins otherwise. This is another file, or its beginning was changed."},

		"one person: another's inclusion": {edited(t, one, 4, func(o object) { o["position"] = 3 }), "Inclusion: it is about person 3 of 5, and this is person 2 of 5."},
		"one person: another path":        {edited(t, one, 4, func(o object) { o["path"].([]any)[0] = digestOf("other") }), "Inclusion: the path does not lead from this person to the root of the operation's certificate."},
		"one person: another root":        {edited(t, one, 4, func(o object) { o["root"] = digestOf("other") }), "Inclusion: the path does not lead from this person to the root of the operation's certificate."},
		"one person: no inclusion":        {strings.Join(slices.Delete(strings.Split(one, "\n"), 4, 5), "\n"), "Inclusion: it is missing, so nothing shows that this person belongs to DEA-118."},
		"one person: another before":      {edited(t, one, 4, func(o object) { o["chain_before"] = digestOf("other") }), "Inclusion: the entry does not follow the one before it, the chain is broken here."},
		"one person: two":                 {people(one, func(l []string) []string { return append(l, l[0]) }), "A certificate of one person has one person, and here are 2."},
		"one person: none":                {people(one, func(l []string) []string { return nil }), "A certificate of one person has one person, and here are 0."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := check(t, c.file, trust(penOf(t, "first")))
			if r.Fits() {
				t.Fatal("it fits")
			}
			start, open := strings.CutSuffix(c.want, "…")
			if got := r.Problems[0]; got != c.want && (!open || !strings.HasPrefix(got, start)) {
				t.Errorf("first named is\n%q, want\n%q", got, c.want)
			}
			if last := r.Problems[len(r.Problems)-1]; !r.Stopped && !strings.Contains(strings.Join(r.Problems, " "), "ignature") {
				t.Errorf("the signature is not named: %q", last)
			}
		})
	}
}

// Every byte counts: changed, taken out or cut off there, the file is refused with
// the key and without.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{"operation": operation(t, 1), "person": onePerson(t, 2, 1)} {
		for _, keys := range []*certificate.KeyList{nil, trust(penOf(t, "first"))} {
			for i := range len(file) {
				b := []byte(file)
				b[i] ^= 1 << (i % 7)
				ways := map[string]string{"changed": string(b)}
				if keys == nil && i%5 == 0 {
					ways["taken out"], ways["cut off"] = file[:i]+file[i+1:], file[:i]
				}
				for how, changed := range ways {
					if r := check(t, changed, keys); r.Fits() || r.Problems[0] == "" {
						t.Fatalf("%s: byte %d %s: it fits", name, i, how)
					}
				}
			}
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	file := operation(t, 3)
	first, other := penOf(t, "first"), penOf(t, "other")
	retired := func(at string) *certificate.KeyList {
		return &certificate.KeyList{Keys: []certificate.Key{{Key: other.public}, {Key: first.public, MadeAt: asked, RetiredAt: at}}}
	}
	name := first.Name() + fmt.Sprintf("+%08x", first.KeyHash())
	for title, c := range map[string]struct {
		keys    *certificate.KeyList
		want    string
		trusted bool
	}{
		"the key":            {trust(other, first, first), "", true},
		"another key":        {trust(other), "Signature: made with the key " + name + ", which is not among the keys you trust.", false},
		"no key at all":      {&certificate.KeyList{}, "Signature: made with the key " + name + ", which is not among the keys you trust.", false},
		"nobody's word":      {nil, "", false},
		"retired before":     {retired("2026-11-22T10:59:00.000000Z"), "Signature: the key " + name + " was retired at 2026-11-22T10:59:00.000000Z, and this was issued at 2026-11-22T11:00:00.000000Z.", false},
		"retired afterwards": {retired("2026-11-23T00:00:00.000000Z"), "", true},
	} {
		r := check(t, file, c.keys)
		if got := strings.Join(r.Problems, " "); got != c.want || r.Trusted != c.trusted {
			t.Errorf("%s: %q, trusted %t; want %q, %t", title, got, r.Trusted, c.want, c.trusted)
		}
	}
	if r := check(t, file, retired("2026-11-23T00:00:00.000000Z")); r.RetiredAt == "" {
		t.Error("that the key was retired since is not said")
	}
}

// Somebody who writes everything anew and signs it with a key of their own, under
// the same name, is refused by whoever has the key.
func TestForged(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	forger := penOf(t, "forger")
	write(t, 3, forger, &b)
	if r := check(t, b.String(), nil); !r.Fits() || r.Trusted {
		t.Errorf("by itself it fits, and nobody vouches for it: %q", r.Problems)
	}
	if r := check(t, b.String(), trust(penOf(t, "first"))); r.Fits() || !strings.Contains(r.Problems[0], "not among the keys you trust") {
		t.Errorf("%q", r.Problems)
	}
}

// What is written anew with all hashes, and cannot be, is refused as well.
func TestNoSense(t *testing.T) {
	t.Parallel()
	by := penOf(t, "first")
	for name, c := range map[string]struct {
		head   func(*certificate.Head)
		person func(*certificate.Person)
		want   string
	}{
		"confirmed without a control": {nil, func(p *certificate.Person) { p.Steps[0].Probes = p.Steps[0].Probes[1:] },
			"Person 1, step 1 (offboard.disable at Keycloak): it is called confirmed, and its probes do not show it."},
		"confirmed and dead before": {nil, func(p *certificate.Person) { p.Steps[0].Probes[0].Alive = yes(false) },
			"Person 1, step 1 (offboard.disable at Keycloak): it is called confirmed, and its probes do not show it."},
		"confirmed and alive after": {nil, func(p *certificate.Person) { p.Steps[1].Probes[1].Alive = yes(true) },
			"Person 1, step 2 (offboard.end-sessions at Keycloak): it is called confirmed, and its probes do not show it."},
		"tokens that were not proven": {nil, func(p *certificate.Person) {
			p.Steps[2].Outcome, p.Steps[2].Held = certificate.Confirmed, &certificate.Held{Tokens: 2, Proven: 1}
		}, "Person 1, step 3 (offboard.revoke-held): it is called confirmed, and its probes do not show it."},
		"tokens that no look saw": {nil, func(p *certificate.Person) {
			p.Steps[2].Outcome, p.Steps[2].Held = certificate.Confirmed, &certificate.Held{Tokens: 1, Proven: 1}
			p.Steps[2].Probes = looksAt("access_token by introspection", false, false)
		}, "Person 1, step 3 (offboard.revoke-held): it is called confirmed, and its probes do not show it."},
		"tokens that live on": {nil, func(p *certificate.Person) {
			p.Steps[2].Outcome, p.Steps[2].Held = certificate.Confirmed, &certificate.Held{Tokens: 1, Proven: 1}
			p.Steps[2].Probes = append(looksAt("refresh_token by use", true, false), looksAt("access_token by introspection", true, true)...)
		}, "Person 1, step 3 (offboard.revoke-held): it is called confirmed, and its probes do not show it."},
		"out with a failed step": {nil, func(p *certificate.Person) { p.Steps[1].Outcome = "failed" }, `Person 1: is called out, and step 2 ended as "failed".`},
		"cut off before asking":  {nil, func(p *certificate.Person) { p.CutAt = "2026-11-22T10:00:00.000000Z" }, "Person 1: was cut off before anybody asked for it."},
		"a wrong time":           {nil, func(p *certificate.Person) { p.SecondsToOut = sec(1) }, "Person 1: the time from the trigger to out is not what the two moments say."},
		"another status":         {nil, func(p *certificate.Person) { p.StatusBefore = "suspended" }, "The list hash that was approved, 64c2 b2b1, is not that of the people above"},
		"approved by themselves": {func(h *certificate.Head) { h.Decisions[1].By = h.Trigger.By }, nil, "Decision 2: Goran Novak approved what they had asked for themselves."},
		"approved another list":  {func(h *certificate.Head) { h.Decisions[1].ListHash = digestOf("other") }, nil, "Decision 2: Ilse de Vries approved another list than the one that was carried out."},
		"approved too late":      {func(h *certificate.Head) { h.Decisions[1].At = out }, nil, "Decision 2: Ilse de Vries approved after it had begun."},
		"fewer in the plan":      {func(h *certificate.Head) { h.Plan.Included = 0 }, nil, "Head: the plan counts 0 people who are acted upon, and the list has 1."},
	} {
		h, p := headOf(1, by), personAt(1)
		if c.head != nil {
			c.head(&h)
		}
		if c.person != nil {
			c.person(&p)
		}
		r := rewritten(t, by, h, p)
		if r.Fits() || !strings.HasPrefix(r.Problems[0], c.want) {
			t.Errorf("%s: %q, want %q", name, r.Problems, c.want)
		}
	}
}

// A place in the tree is proven wherever it is, also in a tree of many blocks.
func TestEveryPlaceIsProven(t *testing.T) {
	t.Parallel()
	for _, people := range []int{1, 2, 63, 64, 65, 130, 200, 333} {
		for position := 1; position <= people; position += 1 + people/9 {
			if r := check(t, onePerson(t, people, position), trust(penOf(t, "first"))); !r.Fits() {
				t.Fatalf("person %d of %d: %q", position, people, r.Problems)
			}
		}
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	key := penOf(t, "first").public
	for _, good := range []string{key, "# ours\n\n  " + key + "\n" + key, `{"keys":[{"key":"` + key + `","retired_at":"2026-11-23T00:00:00.000000Z"}]}`} {
		if list, err := certificate.ParseKeys([]byte(good)); err != nil || len(list.Keys) == 0 || list.Keys[0].Key != key {
			t.Errorf("ParseKeys(%q) = %v, %v", good, list, err)
		}
	}
	for _, bad := range []string{"hello", `{"keys":`, key[:len(key)-4], `{"keys":[{"key":"x"}]}`} {
		if _, err := certificate.ParseKeys([]byte(bad)); err == nil {
			t.Errorf("ParseKeys(%q) succeeded", bad)
		}
	}
}

// Whatever is read, the check ends and says why; only what was written fits.
func FuzzCheck(f *testing.F) {
	whole := operation(f, 2)
	for _, s := range []string{whole, onePerson(f, 2, 1), "", "{}", whole[:200], strings.ReplaceAll(whole, `"step_count":3`, `"step_count":9007199254740991`), strings.ReplaceAll(whole, `"people":2`, `"people":-1`)} {
		f.Add(s)
	}
	trusted := trust(penOf(f, "first"))
	one := onePerson(f, 2, 1)
	f.Fuzz(func(t *testing.T, file string) {
		r, err := certificate.Check(strings.NewReader(file), trusted)
		if err == nil && r.Fits() && file != whole && file != one {
			t.Errorf("it fits, and nobody wrote it: %q", file)
		}
		_ = r.Proves()
	})
}

// A hundred thousand people are written and checked without being held.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 40 MB")
	}
	const n = 10_000
	from, to := io.Pipe()
	by := penOf(t, "first")
	go func() {
		write(t, n, by, to)
		_ = to.Close()
	}()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak := &peaking{from: from}
	r, err := certificate.Check(peak, trust(by))
	if err != nil || !r.Fits() || r.Totals.People != n {
		t.Fatalf("%v, %q, %d people", err, r.Problems, r.Totals.People)
	}
	runtime.ReadMemStats(&after)
	if grown := int64(peak.most) - int64(before.HeapAlloc); grown > 48<<20 {
		t.Errorf("held %d MB for a file of %d MB", grown>>20, peak.n>>20)
	}
}

// peaking notes the largest heap while it is read from.
type peaking struct {
	from io.Reader
	n    int64
	most uint64
	look int
}

func (p *peaking) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	p.n += int64(n)
	if p.look++; p.look%200 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		p.most = max(p.most, m.HeapAlloc)
	}
	return n, err
}

// looksAt gives what one kind of look saw before and after.
func looksAt(what string, before, after bool) []certificate.Probe {
	return []certificate.Probe{
		{When: certificate.Before, What: what, At: cut, Alive: yes(before), Digest: digestOf("before")},
		{When: certificate.After, What: what, At: cut, Alive: yes(after), Digest: digestOf("after")},
	}
}

// A token that one look proves dead is proven, though another look is blind.
func TestProvenTokens(t *testing.T) {
	t.Parallel()
	by := penOf(t, "first")
	h, p := headOf(1, by), personAt(1)
	p.Steps[2].Outcome, p.Steps[2].Held = certificate.Confirmed, &certificate.Held{Tokens: 1, Proven: 1}
	p.Steps[2].Probes = append(looksAt("refresh_token by use", true, false), looksAt("access_token by introspection", false, false)...)
	if r := rewritten(t, by, h, p); !r.Fits() {
		t.Errorf("%v", r.Problems)
	}
}

// rewritten checks a certificate that was written anew with all hashes.
func rewritten(t *testing.T, by pen, h certificate.Head, p certificate.Person) certificate.Report {
	t.Helper()
	author, head, err := certificate.NewAuthor(h)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	printer := certificate.NewPrinter(&b, head)
	line, err := author.Person(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := printer.Person(line); err != nil {
		t.Fatal(err)
	}
	totals, _, err := author.Totals()
	if err != nil {
		t.Fatal(err)
	}
	if err := printer.Totals(totals, nil); err != nil {
		t.Fatal(err)
	}
	seal(t, printer, head, by)
	return check(t, b.String(), trust(by))
}
