package attention

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui"
)

// Show answers GET /attention and GET /attention/queue. The fragment of both is
// the queue.
func (p *Pages) Show(c *web.Call) error {
	f := &findings{c: c, p: p}
	for _, source := range sources {
		if err := f.ask(source); err != nil {
			return err
		}
	}
	if f.failed == len(sources) { // nothing could be read at all: that is an error, not a queue
		return f.err
	}
	m := attention.Model{Items: f.items(), Summary: f.summary(), Now: c.Now()}
	if len(m.Items) == 0 {
		m.Nothing = f.nothing()
	}
	page := web.Page{Title: "Attention", Fragment: attention.Queue(m)}
	if len(m.Items) > 0 {
		page.Title = "(" + ui.Count(len(m.Items)) + ") Attention"
		page.Heading = "Attention"
	}
	if !c.Htmx() {
		steps, err := p.steps(c, f)
		if err != nil {
			return err
		}
		m.Steps = steps
	}
	return c.Render(page, attention.Page(m))
}
