package certificates

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/certificates"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

// List answers GET /ops/{id}/certificates and that of one person.
func (p *Pages) List(c *web.Call) error { return p.list(c, nil) }

// Issue answers POST /ops/{id}/certificate. A large one takes its time; it is
// finished also when the browser no longer waits.
func (p *Pages) Issue(c *web.Call) error {
	c.Stream()
	_, err := p.Certify.Issue(c.Ctx(), c.Actor(), c.Param("id"))
	return p.issued(c, err)
}

// IssuePerson answers POST /ops/{id}/people/{user}/certificate.
func (p *Pages) IssuePerson(c *web.Call) error {
	_, err := p.Certify.IssuePerson(c.Ctx(), c.Actor(), c.Param("id"), c.Param("user"))
	return p.issued(c, err)
}

func (p *Pages) issued(c *web.Call, err error) error {
	if errs.Is(err, errs.Conflict) {
		return p.list(c, err)
	}
	if err != nil {
		return err
	}
	return c.Redirect(base(c) + "/certificates?ok=issued")
}

// list draws the page, again when nothing was issued.
func (p *Pages) list(c *web.Call, refused error) error {
	s, err := p.Certify.List(c.Ctx(), c.Actor(), c.Param("id"), c.Param("user"))
	if err != nil {
		return err
	}
	code := s.Operation.Code()
	m := view.List{
		Now: c.Now(), Issue: base(c) + "/certificate", Label: "Issue the certificate of " + code, Not: s.Not, Keys: KeysPath,
		Sentence: "A certificate holds who asked for " + code + " and why, what was approved, and for each person every step with what was read before and after. It is signed, and stays as it was signed.",
		Verify:   verifying(c, fileName(code, c.Param("user") != "")),
	}
	if s.Writing != nil {
		m.Writing = fmt.Sprintf("One is being written for %s: %s of %s so far. It appears below when it is done.", s.Writing.CreatedBy, ui.Count(int(s.Writing.People)), ui.People(int(s.Operation.People)))
	}
	page := web.Page{Title: "Certificates of " + code, Heading: "Certificates", Crumbs: crumbs(s.Operation, "Certificates")}
	if c.Param("user") != "" {
		m.Label = "Issue the certificate of " + s.Name
		m.Whole = "/ops/" + s.Operation.PublicID + "/certificates"
		m.Sentence = "The certificate of " + s.Name + " is their entry in the certificate of " + code + ", word for word, with the proof that it stands there. Nobody else is named in it but those who asked and decided."
		page.Title, page.Heading = "Certificates of "+s.Name+", "+code, "Certificates of "+s.Name
	}
	for i := range s.Issued {
		m.Rows = append(m.Rows, row(c, &s.Issued[i]))
	}
	if m.Again = len(m.Rows) > 0; m.Again {
		m.Label = strings.Replace(m.Label, "the certificate", "another certificate", 1)
	}
	switch {
	case refused != nil:
		e, _ := errs.As(refused)
		m.Not, page.Code = e.Safe, http.StatusConflict
	case c.Query("ok") == "issued":
		page.Banners = []ui.Notice{{Tone: ui.OK, Text: "Issued and signed. The audit log keeps its digest.", Live: true}}
	}
	return c.Render(page, view.ListPage(m))
}

func row(c *web.Call, cert *models.Certificate) view.Issued {
	at := base(c) + "/certificate"
	which := "?certificate=" + cert.PublicID
	r := view.Issued{ID: cert.PublicID, Digest: cert.Digest, Key: cert.KeyHash, By: cert.CreatedBy, At: cert.IssuedAt.Time(), File: at + which, Page: at + "/print" + which}
	if cert.UserID == 0 {
		r.CSV = at + ".csv" + which
	}
	return r
}

func crumbs(op models.Operation, last string) []layout.Crumb {
	return []layout.Crumb{{Label: "Deactivations", Href: "/ops"}, {Label: op.Code(), Href: "/ops/" + op.PublicID}, {Label: last}}
}

// verifying are the commands that check a file, with where the keys are.
func verifying(c *web.Call, file string) []string {
	return []string{
		"curl -O " + c.Address(KeysPath),
		"rollcall verify certificate " + file + " --keys rollcall-signing-keys",
	}
}

// fileName is what a certificate is called on a disk.
func fileName(code string, person bool) string {
	if person {
		return code + "-person-certificate.json"
	}
	return code + "-certificate.json"
}

// get finds the certificate that a request names, or the newest.
func (p *Pages) get(c *web.Call) (certify.Issued, error) {
	return p.Certify.Get(c.Ctx(), c.Actor(), c.Param("id"), c.Param("user"), c.Query("certificate"))
}
