package certificates

import (
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
)

// File answers GET /ops/{id}/certificate and that of one person: the file that
// was signed, byte for byte.
func (p *Pages) File(c *web.Call) error {
	cert, err := p.get(c)
	if err != nil {
		return err
	}
	begin(c, fileName(cert.Operation.Code(), cert.UserID != 0), "application/json; charset=utf-8")
	return p.Certify.WriteFile(c.Ctx(), c.Writer, &cert)
}

// CSV answers GET /ops/{id}/certificate.csv: the same facts as a table. Its last
// line says whether it is complete, and names the file that is signed.
func (p *Pages) CSV(c *web.Call) error {
	cert, err := p.get(c)
	if err != nil {
		return err
	}
	begin(c, cert.Operation.Code()+"-certificate.csv", "text/csv; charset=utf-8")
	return p.Certify.WriteCSV(c.Ctx(), c.Writer, &cert)
}

func begin(c *web.Call, name, kind string) {
	c.Stream()
	c.Header("Content-Type", kind)
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Status(http.StatusOK)
}
