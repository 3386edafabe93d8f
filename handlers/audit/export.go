package audit

import (
	"mime"
	"net/http"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/errs"
	view "github.com/rollcall/rollcall/views/audit"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

type exportForm struct {
	Format string `form:"format" label:"Format" validate:"oneof=csv jsonl"`
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// AskExport answers GET /audit/export.
func (p *Pages) AskExport(c *web.Call) error {
	return p.exportPage(c, read(c.Query), exportForm{Format: string(audit.CSV)}, nil)
}

// Export answers POST /audit/export with the file. The filters come as hidden
// fields under the names they have in the address.
func (p *Pages) Export(c *web.Call) error {
	var f exportForm
	err := c.Bind(&f)
	s := read(c.PostForm)
	if err != nil {
		return p.exportPage(c, s, f, err)
	}
	q, wrong := s.query(c.Now())
	n, err := p.resolve(c, &s, &q)
	if err != nil {
		return err
	}
	if wrong = append(wrong, n.wrong...); len(wrong) > 0 || n.pick != nil {
		return p.exportPage(c, s, f, errs.Input(append(wrong, pickField(n)...)...))
	}
	file := &download{c: c, name: fileName(p.Tenant, c.Now().Format("2006-01-02-1504"), f.Format), kind: contentType[f.Format]}
	_, err = p.Log.Export(c.Ctx(), c.Actor(), audit.Export{Query: q, Format: audit.Format(f.Format), Reason: f.Reason}, file)
	if err != nil && !file.begun {
		return p.exportPage(c, s, f, err)
	}
	return err
}

func pickField(n named) []errs.Field {
	if n.pick == nil {
		return nil
	}
	return []errs.Field{{Message: n.pick.Sentence}}
}

// exportPage draws the form, again when it was refused.
func (p *Pages) exportPage(c *web.Call, s search, f exportForm, refused error) error {
	page := web.Page{Title: "Export the audit log", Crumbs: []layout.Crumb{{Label: "Audit log", Href: s.href("/audit")}, {Label: "Export"}}}
	m := view.ExportModel{Format: f.Format, Reason: f.Reason, Cancel: s.href("/audit"), Button: "Export events"}
	if refused != nil {
		fields, problems, ok := web.Refused(refused)
		if !ok {
			return refused
		}
		m.Errors, m.Problems, page.Code = fields, problems, http.StatusUnprocessableEntity
	}
	q, wrong := s.query(c.Now())
	n, err := p.resolve(c, &s, &q)
	if err != nil {
		return err
	}
	m.Scope = "The file will hold: " + p.scope(c, s) + described(s, n)
	if len(wrong) == 0 && len(n.wrong) == 0 && n.pick == nil && s.text == "" {
		count, err := p.Log.Count(c.Ctx(), c.Actor(), q)
		if err != nil {
			return err
		}
		m.Scope += ", " + countWords(count)
		if !count.Unknown && !count.Capped {
			m.Button = "Export " + ui.Counted(count.N, "event", "events")
		}
	}
	m.Scope += "."
	for _, pair := range s.pairs() {
		if pair[1] != "" {
			m.Hidden = append(m.Hidden, view.Pair{Name: pair[0], Value: pair[1]})
		}
	}
	return c.Render(page, view.Export(m))
}

// described says the filters in words: "Done by Goran Novak; Through Web".
func described(s search, n named) string {
	var words []string
	for _, chip := range chips(s, n) {
		words = append(words, chip.Label+" "+chip.Value)
	}
	if s.what != "" {
		words = append(words, "What is "+whatLabel(s.what))
	}
	if s.result != "" {
		words = append(words, "Result is "+s.result)
	}
	if s.text != "" {
		words = append(words, "Text is "+quoted(s.text))
	}
	if len(words) == 0 {
		return ""
	}
	return ", filtered by: " + strings.Join(words, "; ")
}

func whatLabel(what string) string {
	for _, g := range audit.Groups {
		if string(g.Group) == what {
			return g.Label
		}
	}
	action, _ := audit.KnownAction(what)
	return audit.ActionLabel(action)
}

var contentType = map[string]string{
	string(audit.CSV):   "text/csv; charset=utf-8",
	string(audit.JSONL): "application/x-ndjson; charset=utf-8",
}

// fileName has letters, digits, hyphens and dots only, whatever the organisation is called.
func fileName(tenant, at, extension string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, tenant)
	safe = strings.Join(strings.FieldsFunc(safe, func(r rune) bool { return r == '-' }), "-")
	if safe != "" {
		safe += "-"
	}
	return safe + "audit-" + at + "." + extension
}

// download sets the headers of a file with its first byte, so that a refusal
// before is still a page.
type download struct {
	c          *web.Call
	name, kind string
	begun      bool
}

// Write writes to the browser.
func (d *download) Write(b []byte) (int, error) {
	if !d.begun {
		d.begun = true
		d.c.Header("Content-Type", d.kind)
		d.c.Stream()
		d.c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.name}))
		d.c.Status(http.StatusOK)
	}
	return d.c.Writer.Write(b)
}
