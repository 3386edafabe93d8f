package attention

import (
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui"
)

// askLinks shows requests that wait for a second admin, to who may be it, and
// how many strong suggestions nobody decided about.
func (f *findings) askLinks() error {
	if f.p.Links == nil || !f.c.Can(models.LinksEdit) {
		return nil
	}
	w, err := f.p.Links.Waiting(f.c.Ctx(), f.c.Actor())
	if err != nil {
		return err
	}
	if n := len(w.Approvals); n > 0 {
		one := w.Approvals[0]
		item := attention.Item{
			Mark: "waiting", Since: one.RequestedAt.Time(), Due: one.ExpiresAt.Time(), Href: "/links?state=proof-asked",
			Text: ui.Counted(n, "request", "requests") + " to link or merge people wait for a second admin.",
			Link: "Review " + ui.Counted(n, "request", "requests"), About: "to link or merge people",
		}
		if n == 1 {
			item.Text = one.RequestedBy + " asks for a second admin: " + linkWords(one) + "."
			item.Href, item.Link, item.About = "/links/"+one.PublicID, "Review", "the request of "+one.RequestedBy
		}
		f.add(approvals, item)
	}
	if w.Strong > 0 {
		f.add(duplicates, attention.Item{
			Mark: "drift", Text: number(min(w.Strong, link.CountCap), w.Strong > link.CountCap, "pair of records is", "pairs of records are") + " very likely one person each.",
			Href: "/links", Link: "Review " + ui.Counted(min(w.Strong, link.CountCap), "pair", "pairs"), About: "of likely duplicates",
		})
	}
	return nil
}

func linkWords(one link.Case) string {
	if one.Kind == models.LinkIdentity {
		return "link an identity to " + one.A.Name
	}
	return "merge " + one.Absorbed().Name + " into " + one.Survivor().Name
}
