package certificates_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/certificates"
	"github.com/rollcall/rollcall/views/ui/uitest"
)

var now = time.Date(2026, time.November, 22, 11, 2, 0, 0, time.UTC)

// long is a name nobody planned for: with markup, without a place to break, and
// from right to left.
const long = `<b>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft</b> قسم المدفوعات`

const digest = "4eaeea255a645a0e555195b87765944f6a1ae1e6b8be10d7d8344edc0a141903"

var commands = []string{"curl -O https://rollcall.northwind.example/.well-known/rollcall-signing-keys", "rollcall verify certificate DEA-118-certificate.json --keys rollcall-signing-keys"}

func TestGolden(t *testing.T) {
	t.Parallel()
	list := certificates.List{
		Now: now, Sentence: "A certificate holds who asked for DEA-118 and why.", Issue: "/ops/1/certificate", Label: "Issue the certificate of DEA-118", Verify: commands, Keys: "/.well-known/rollcall-signing-keys",
	}
	issued := list
	issued.Again, issued.Label, issued.Whole = true, "Issue another certificate of DEA-118", "/ops/1/certificates"
	issued.Writing = "One is being written for Goran Novak: 12,000 of 100,000 people so far. It appears below when it is done."
	issued.Rows = []certificates.Issued{
		{ID: "c1", Digest: digest, Key: "efad2e7e", By: "Goran Novak", At: now.Add(-time.Minute), File: "/ops/1/certificate?certificate=c1", CSV: "/ops/1/certificate.csv?certificate=c1", Page: "/ops/1/certificate/print?certificate=c1"},
		{ID: "c0", Digest: digest, Key: "efad2e7e", By: long, At: now.AddDate(0, 0, -3), File: "/ops/1/certificate?certificate=c0", Page: "/ops/1/certificate/print?certificate=c0"},
	}
	refused := list
	refused.Not = "DEA-118 has not ended: it is running. A certificate is issued once every step has ended. Nothing was issued."
	for name, c := range map[string]templ.Component{
		"list": certificates.ListPage(list), "list-issued": certificates.ListPage(issued), "list-refused": certificates.ListPage(refused),
		"print": certificates.PrintPage(paper()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			uitest.Golden(t, name, c)
		})
	}
}

func paper() certificates.Print {
	return certificates.Print{
		Proves: []string{"3 people, all out; 6 ways in were alive before and dead after."}, Digest: digest, Signer: "rollcall.northwind.example/northwind+efad2e7e+AQcY", Note: "rollcall certificate 1\nDEA-118\n",
		Facts:     []certificates.Fact{{Label: "List", Text: digest, Mono: true}, {Label: "Reason", Text: long}},
		Decisions: []certificates.Decision{{What: "Approved", By: "Ilse de Vries (second person)", At: "22 Nov 2026, 10:51:00 UTC", List: "2ed1 87e9", SignIn: "30 seconds before"}},
		Words:     []certificates.Fact{{Label: "Confirmed", Text: "Read before: a way in was alive. Read after: not any more."}},
		People: []certificates.Person{
			{Position: "1.", Name: "Goran Novak", ID: "u1", State: "skipped", Said: "Left out: Whoever planned it"},
			{Position: "2.", Name: long, ID: "u2", State: "confirmed", Said: "Out", Facts: []certificates.Fact{{Label: "From asking to out", Text: "9 minutes"}}, Steps: []certificates.Step{
				{
					N: "1", What: "End sessions", System: "Keycloak", State: "confirmed", Outcome: "Confirmed", Sentence: "2 sessions ended at Keycloak: open before, gone when read back.", Ended: "22 Nov 2026, 10:51:03 UTC", Attempts: ", attempt 2",
					Before: certificates.Probe{Said: "2 sessions", At: "10:51:02.000", Digest: "aa11 bb22"}, After: certificates.Probe{Said: "no session", At: "10:51:03.500", Digest: "cc33 dd44"}, Number: "#18,201",
					Apps: []certificates.App{{Name: "=Ledger", State: "sent", Outcome: "Sent, not confirmed", Until: "22 Nov 2026, 10:56:03 UTC"}, {Name: "warehouse", State: "never-told", Outcome: "Never told"}},
				},
				{N: "2", What: "Take grants back", System: "Warehouse", State: "sent", Outcome: "Sent, not confirmed", Sentence: "Warehouse accepted it."},
			}},
		},
		More: "Only the first 500 are printed. The file and the table hold 99,500 more.", Verify: commands, File: "/ops/1/certificate?certificate=c1", Place: "Person 2 of 3 people.",
	}
}

// Nothing that somebody typed becomes markup.
func TestEscapes(t *testing.T) {
	t.Parallel()
	if html := uitest.Draw(t, certificates.PrintPage(paper())); strings.Contains(html, "<b>Donau") {
		t.Error("a name became markup")
	}
}
