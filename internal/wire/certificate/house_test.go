package certificate_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/rollcall/rollcall/internal/wire/certificate"
)

// seed gives the same bytes each time, so that keys and files are the same.
type seed struct {
	sum [32]byte
	n   int
}

func (s *seed) Read(p []byte) (int, error) {
	for i := range p {
		if s.n%32 == 0 {
			s.sum = sha256.Sum256(s.sum[:])
		}
		p[i] = s.sum[s.n%32]
		s.n++
	}
	return len(p), nil
}

// pen is a key pair.
type pen struct {
	note.Signer
	public string
}

func penOf(t testing.TB, word string) pen {
	t.Helper()
	s := seed{sum: sha256.Sum256([]byte(word))}
	private, public, err := note.GenerateKey(&s, "id.northwind.example/northwind")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return pen{signer, public}
}

func yes(b bool) *bool   { return &b }
func num(n int) *int     { return &n }
func sec(n int64) *int64 { return &n }

const (
	asked = "2026-11-22T10:42:00.000000Z"
	cut   = "2026-11-22T10:51:02.000000Z"
	out   = "2026-11-22T10:51:03.500000Z"
)

func digestOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// steps are what an ordinary person has: an account and its sessions at one
// system, one application that was told and one that could not be.
func steps(i int) []certificate.Step {
	id := func(n int) string { return fmt.Sprintf("0198c0de-0000-7000-8000-%06d%06d", i, n) }
	return []certificate.Step{
		{
			ID: id(1), Kind: "offboard.disable", Want: certificate.WantOut, System: "Keycloak", Account: "8f2a" + id(1)[32:], Outcome: certificate.Confirmed,
			Sentence: "Deactivated at Keycloak: active before, deactivated when read back.", Attempts: 1, AddedAt: cut, AskedAt: cut, EndedAt: out,
			Probes: []certificate.Probe{
				{When: certificate.Before, What: "account", At: cut, Alive: yes(true), Known: yes(true), Active: yes(true), Digest: digestOf("active")},
				{When: certificate.After, What: "account", At: out, Alive: yes(false), Known: yes(true), Active: yes(false), Digest: digestOf("disabled")},
			},
			Events: []certificate.Event{{Number: int64(18200 + i), Action: "account.disable", At: out}},
		},
		{
			ID: id(2), Kind: "offboard.end-sessions", Want: certificate.WantOut, System: "Keycloak", Outcome: certificate.Confirmed,
			Sentence: "2 sessions ended at Keycloak: open before, gone when read back.", Attempts: 1, AddedAt: cut, AskedAt: cut, EndedAt: out,
			Probes: []certificate.Probe{
				{When: certificate.Before, What: "sessions", At: cut, Alive: yes(true), Sessions: num(2), Offline: num(0), Digest: digestOf("two")},
				{When: certificate.After, What: "sessions", At: out, Alive: yes(false), Sessions: num(0), Offline: num(0), Still: num(0), Digest: digestOf("none")},
			},
			Applications: []certificate.Application{
				{Client: "ledger-prod", Name: "Ledger", Outcome: certificate.Sent, Seconds: 300, Until: "2026-11-22T10:56:03.000000Z"},
				{Client: "warehouse", Name: "Warehouse <&\u2028>", Outcome: certificate.NeverTold, Seconds: 11337, Until: "2026-11-22T14:00:00.000000Z"},
			},
			Events: []certificate.Event{{Number: int64(18300 + i), Action: "account.end-sessions", At: out}},
		},
		{
			ID: id(3), Kind: "offboard.revoke-held", Want: certificate.WantOut, Outcome: certificate.Nothing,
			Sentence: "Nothing to revoke: Rollcall held no refresh token.", Attempts: 1, AddedAt: cut, EndedAt: out, Held: &certificate.Held{},
		},
	}
}

var names = []string{"Elif Kaya", "Jonas Weber", "Zoë Ångström", "Amara Okafor", "Ilse de Vries"}

func personAt(i int) certificate.Person {
	p := certificate.Person{
		Position: i, ID: fmt.Sprintf("0198c0de-0000-7000-9000-%012d", i), Name: names[(i-1)%len(names)], Included: true, State: certificate.StateOut,
		StatusBefore: "active", StatusNow: "deactivated", Version: int64(i), CutAt: cut, OutAt: out, SecondsToOut: sec(543), Sessions: 1,
		ResidualUntil: "2026-11-22T14:00:00.000000Z", Events: []certificate.Event{{Number: int64(18100 + i), Action: "user.deactivate", At: cut}}, Steps: steps(i),
	}
	if i%5 == 4 {
		p = certificate.Person{Position: i, ID: p.ID, Name: p.Name, LeftOut: "self", LeftOutReason: "This is you", StatusBefore: "active", StatusNow: "active", Version: int64(i)}
	}
	return p
}

func headOf(people int, by pen) certificate.Head {
	list, included := certificate.NewList(), 0
	leftOut := map[string]int{}
	for i := 1; i <= people; i++ {
		if p := personAt(i); p.Included {
			list.Add(int64(p.Position), p.ID, p.StatusBefore, p.Version)
			included++
		} else {
			leftOut[p.LeftOut]++
		}
	}
	goran, ilse := certificate.Who{ID: "0198c0de-0000-7000-a000-000000000001", Name: "Goran Novak"}, certificate.Who{ID: "0198c0de-0000-7000-a000-000000000002", Name: "Ilse de Vries"}
	return certificate.Head{
		ID: "0198c0de-0000-7000-b000-000000000001", Scope: certificate.ScopeOperation, Signer: by.public,
		Product: certificate.Product{Name: "Rollcall", Version: "1.2.3"}, Tenant: certificate.Tenant{Name: "Northwind Group", Slug: "northwind", Environment: "production"},
		Glossary: map[string]string{certificate.Confirmed: "alive before and gone after", certificate.NeverTold: "it has no address at which it could be told"},
		Issued:   certificate.Issued{At: "2026-11-22T11:00:00.000000Z", By: "Goran Novak"},
		Operation: certificate.Operation{
			Code: "DEA-118", ID: "0198c0de-0000-7000-c000-000000000001", Kind: "deactivate", State: "done",
			StartedAt: "2026-11-22T10:51:01.000000Z", CutAt: cut, FinishedAt: out, UndoUntil: "2026-11-29T10:51:03.000000Z",
		},
		Trigger: certificate.Trigger{At: asked, By: goran, Reason: "Left the team on Friday", Ticket: "REQ-2291", Selection: "picked"},
		Plan:    certificate.Plan{ListHash: list.Hash(), FrozenAt: "2026-11-22T10:40:00.000000Z", People: people, Included: included, LeftOut: leftOut},
		Decisions: []certificate.Decision{
			{Decision: "requested", By: goran, At: asked, Reason: "Left the team on Friday", ListHash: list.Hash(), FreshSignIn: true, SignedInAt: "2026-11-22T10:41:40.000000Z", SignInAge: 20},
			{Decision: "approved", By: ilse, At: "2026-11-22T10:51:00.000000Z", ListHash: list.Hash(), FreshSignIn: true, SignedInAt: "2026-11-22T10:50:30.000000Z", SignInAge: 30, SecondApprover: true},
		},
		Events: []certificate.Event{{Number: 18090, Action: "operation.request", At: asked}},
	}
}

// write makes a whole certificate and gives it with the lines it is made of.
func write(t testing.TB, people int, by pen, to io.Writer) (head []byte, lines [][]byte, digest string) {
	t.Helper()
	author, head, err := certificate.NewAuthor(headOf(people, by))
	if err != nil {
		t.Fatal(err)
	}
	printer := certificate.NewPrinter(to, head)
	for i := 1; i <= people; i++ {
		line, err := author.Person(personAt(i))
		if err != nil {
			t.Fatal(err)
		}
		if people <= 1000 {
			lines = append(lines, line)
		}
		if err := printer.Person(line); err != nil {
			t.Fatal(err)
		}
	}
	totals, _, err := author.Totals()
	if err != nil {
		t.Fatal(err)
	}
	if err := printer.Totals(totals, nil); err != nil {
		t.Fatal(err)
	}
	return head, lines, seal(t, printer, head, by)
}

func seal(t testing.TB, printer *certificate.Printer, head []byte, by pen) string {
	t.Helper()
	digest := printer.Digest()
	signature, err := certificate.Sign(head, digest, by)
	if err != nil {
		t.Fatal(err)
	}
	if err := printer.Signature(signature); err != nil {
		t.Fatal(err)
	}
	return digest
}

func operation(t testing.TB, people int) string {
	t.Helper()
	var b bytes.Buffer
	write(t, people, penOf(t, "first"), &b)
	return b.String()
}

// onePerson makes the certificate of one person of an operation.
func onePerson(t testing.TB, people, position int) string {
	t.Helper()
	by := penOf(t, "first")
	head, lines, digest := write(t, people, by, io.Discard)
	var roots []string
	block := func(n int) [][]byte { return lines[n*certificate.Block : min((n+1)*certificate.Block, len(lines))] }
	for n := range people / certificate.Block {
		roots = append(roots, certificate.BlockRoot(block(n)))
	}
	root, path, err := certificate.Blocks{People: people, Roots: roots, Lines: func(n int) ([][]byte, error) { return block(n), nil }}.Prove(position)
	if err != nil {
		t.Fatal(err)
	}
	before := hashIn(string(head), "hash")
	if position > 1 {
		before = hashIn(string(lines[position-2]), "chain")
	}
	inclusion, err := certificate.InclusionLine(certificate.Inclusion{
		Certificate: "0198c0de-0000-7000-b000-000000000001", Digest: digest, Position: position, People: people, Before: before, Root: root, Path: path,
	})
	if err != nil {
		t.Fatal(err)
	}
	own, totals, err := certificate.Extract(head, lines[position-1], certificate.Extracted{
		ID: "0198c0de-0000-7000-b000-000000000002", Signer: by.public, Issued: certificate.Issued{At: "2026-11-22T11:05:00.000000Z", By: "Ilse de Vries"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	printer := certificate.NewPrinter(&b, own)
	if err := printer.Person(lines[position-1]); err != nil {
		t.Fatal(err)
	}
	if err := printer.Totals(totals, inclusion); err != nil {
		t.Fatal(err)
	}
	seal(t, printer, own, by)
	return b.String()
}

// hashIn gives the last value of a field in a line; those of the whole come after
// or before those of parts, so the object is read by its own field order.
func hashIn(line, field string) string {
	var m map[string]any
	if err := jsonDecode(line, &m); err != nil {
		panic(err)
	}
	text, _ := m[field].(string)
	return text
}

func check(t testing.TB, file string, keys *certificate.KeyList) certificate.Report {
	t.Helper()
	r, err := certificate.Check(strings.NewReader(file), keys)
	if err != nil {
		t.Fatalf("Check: %v", err)
	}
	return r
}

func trust(pens ...pen) *certificate.KeyList {
	var list certificate.KeyList
	for _, p := range pens {
		list.Keys = append(list.Keys, certificate.Key{Key: p.public})
	}
	return &list
}
