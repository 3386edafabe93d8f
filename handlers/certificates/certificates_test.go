package certificates_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard/certify/certifytest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

type fixture struct {
	*certifytest.Ran

	site    *apptest.Site
	auditor *apptest.Browser
	ops     string
}

func start(t *testing.T, n int) fixture {
	t.Helper()
	db := dbtest.One(t, store.SQLite)
	site := apptest.Start(t, db)
	ran := certifytest.Run(t, db, n)
	return fixture{ran, site, site.SignIn(site.Add("Noor Haddad", models.RoleAuditor)), "/ops/" + ran.Op.PublicID}
}

func (f fixture) person(i int) string { return f.ops + "/people/" + f.People[i+1].PublicID }

// keep leaves a page where ROLLCALL_PAGES says, to be looked at.
func keep(t *testing.T, name, html string) {
	t.Helper()
	if dir := os.Getenv("ROLLCALL_PAGES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(html), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// An auditor issues a certificate, takes it away, and checks it with the keys that
// everybody can fetch.
func TestIssueDownloadAndVerify(t *testing.T) {
	t.Parallel()
	f := start(t, 5)
	if got := f.auditor.Get(f.ops + "/certificate"); got.Code != http.StatusNotFound {
		t.Errorf("before it was issued: %d, want 404", got.Code)
	}
	page := f.auditor.Get(f.ops + "/certificates")
	keep(t, "list-none", page.Body)
	if page.Code != http.StatusOK || !strings.Contains(page.Body, "Issue the certificate of DEA-118") || !strings.Contains(page.Body, "None yet") {
		t.Fatalf("%d: %s", page.Code, page.Body)
	}
	got := f.auditor.Post(f.ops+"/certificate", nil)
	if want := f.ops + "/certificates?ok=issued"; got.Code != http.StatusSeeOther || got.Header.Get("Location") != want {
		t.Fatalf("issuing: %d to %q, want %q", got.Code, got.Header.Get("Location"), want)
	}
	page = f.auditor.Get(f.ops + "/certificates?ok=issued")
	keep(t, "list", page.Body)
	if !strings.Contains(page.Body, "Issued and signed") || !strings.Contains(page.Body, "by Noor Haddad") {
		t.Errorf("%s", page.Body)
	}
	published := f.site.Browser().Get("/.well-known/rollcall-signing-keys")
	var keys certificate.KeyList
	if err := json.Unmarshal([]byte(published.Body), &keys); err != nil || len(keys.Keys) != 1 || published.Header.Get("Cache-Control") != "public, max-age=300" {
		t.Fatalf("keys: %v, %q, %q", err, published.Body, published.Header.Get("Cache-Control"))
	}
	file := f.auditor.Get(f.ops + "/certificate")
	if file.Header.Get("Content-Disposition") != `attachment; filename="DEA-118-certificate.json"` {
		t.Errorf("%q", file.Header.Get("Content-Disposition"))
	}
	r, err := certificate.Check(strings.NewReader(file.Body), &keys)
	if err != nil || !r.Fits() || !r.Trusted || r.Head.Issued.By != "Noor Haddad" {
		t.Errorf("%v, %q", err, r.Problems)
	}
	table := f.auditor.Get(f.ops + "/certificate.csv")
	if table.Code != http.StatusOK || strings.Count(table.Body, "\n") != 15 || !strings.Contains(table.Body, "# complete,rows=13,") {
		t.Errorf("table: %d, %d lines\n%s", table.Code, strings.Count(table.Body, "\n"), table.Body)
	}
	paper := f.auditor.Get(f.ops + "/certificate/print")
	keep(t, "print", paper.Body)
	for _, want := range []string{"Certificate of DEA-118", r.Digest, "Left out by hand", "Person 0004", "account deactivated", "rollcall verify certificate DEA-118-certificate.json", "Approved"} {
		if !strings.Contains(paper.Body, want) {
			t.Errorf("on paper there is no %q", want)
		}
	}
}

func TestOnePerson(t *testing.T) {
	t.Parallel()
	f := start(t, 5)
	got := f.auditor.Post(f.person(3)+"/certificate", nil)
	if got.Code != http.StatusConflict || !strings.Contains(got.Body, "Issue the certificate of DEA-118 first.") {
		t.Errorf("before that of the whole: %d, %s", got.Code, got.Body)
	}
	f.auditor.Post(f.ops+"/certificate", nil)
	if got = f.auditor.Post(f.person(3)+"/certificate", nil); got.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Code, got.Body)
	}
	list := f.auditor.Get(f.person(3) + "/certificates")
	keep(t, "list-person", list.Body)
	if !strings.Contains(list.Body, "Certificates of Person 0005") {
		t.Errorf("%s", list.Body)
	}
	file := f.auditor.Get(f.person(3) + "/certificate")
	r, err := certificate.Check(strings.NewReader(file.Body), nil)
	if err != nil || !r.Fits() || r.Person.Name != "Person 0005" || strings.Contains(file.Body, "Person 0006") {
		t.Errorf("%v, %q", err, r.Problems)
	}
	paper := f.auditor.Get(f.person(3) + "/certificate/print")
	keep(t, "print-person", paper.Body)
	if !strings.Contains(paper.Body, "Certificate of DEA-118, Person 0005") || !strings.Contains(paper.Body, "Person 3 of 5 people.") {
		t.Errorf("%s", paper.Body)
	}
	if got := f.auditor.Get(f.ops + "/people/" + f.People[0].PublicID + "/certificates"); got.Code != http.StatusNotFound {
		t.Errorf("somebody who is not on the list: %d, want 404", got.Code)
	}
}
