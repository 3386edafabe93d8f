package certificates

import (
	"context"
	"io"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// Engine is what the pages ask for; *certify.Engine is one.
type Engine interface {
	Issue(ctx context.Context, actor models.Actor, operation string) (models.Certificate, error)
	IssuePerson(ctx context.Context, actor models.Actor, operation, person string) (models.Certificate, error)
	List(ctx context.Context, actor models.Actor, operation, person string) (certify.State, error)
	Get(ctx context.Context, actor models.Actor, operation, person, id string) (certify.Issued, error)
	People(ctx context.Context, c *certify.Issued, limit int) ([]certificate.Person, error)
	WriteFile(ctx context.Context, w io.Writer, c *certify.Issued) error
	WriteCSV(ctx context.Context, w io.Writer, c *certify.Issued) error
	Keys(ctx context.Context, tenant int64) (certificate.KeyList, error)
}

// Deps is what the pages need.
type Deps struct {
	Certify Engine
	Tenant  int64 // whose keys are published here
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{d} }

// KeysPath is where the public keys are.
const KeysPath = "/.well-known/rollcall-signing-keys"

// Routes lists what this package answers. Getting a certificate changes nothing:
// only what was issued is given out.
func (p *Pages) Routes() []web.Route {
	get, post, read := http.MethodGet, http.MethodPost, models.OperationsRead
	return []web.Route{
		{Method: get, Path: KeysPath, Door: web.Public, Anonymous: true, Summary: "The public keys that certificates are signed with", Handler: p.Keys},
		{Method: get, Path: "/ops/:id/certificates", Allow: read, Summary: "See the certificates of an operation", Handler: p.List},
		{Method: post, Path: "/ops/:id/certificate", Allow: read, Summary: "Issue the certificate of an operation that has ended", Handler: p.Issue},
		{Method: get, Path: "/ops/:id/certificate", Allow: read, Summary: "Download the certificate of an operation as it was signed", Handler: p.File},
		{Method: get, Path: "/ops/:id/certificate.csv", Allow: read, Summary: "Download the facts of a certificate as a table", Handler: p.CSV},
		{Method: get, Path: "/ops/:id/certificate/print", Allow: read, Summary: "See the certificate of an operation for paper", Handler: p.Print},
		{Method: get, Path: "/ops/:id/people/:user/certificates", Allow: read, Summary: "See the certificates of one person of an operation", Handler: p.List},
		{Method: post, Path: "/ops/:id/people/:user/certificate", Allow: read, Summary: "Issue the certificate of one person of an operation", Handler: p.IssuePerson},
		{Method: get, Path: "/ops/:id/people/:user/certificate", Allow: read, Summary: "Download the certificate of one person as it was signed", Handler: p.File},
		{Method: get, Path: "/ops/:id/people/:user/certificate/print", Allow: read, Summary: "See the certificate of one person for paper", Handler: p.Print},
	}
}

// Keys answers GET /.well-known/rollcall-signing-keys, for everybody.
func (p *Pages) Keys(c *web.Call) error {
	list, err := p.Certify.Keys(c.Ctx(), p.Tenant)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=300")
	c.Answer(http.StatusOK, list)
	return nil
}

// base is the address of an operation, or of one person in it.
func base(c *web.Call) string {
	if person := c.Param("user"); person != "" {
		return "/ops/" + c.Param("id") + "/people/" + person
	}
	return "/ops/" + c.Param("id")
}
