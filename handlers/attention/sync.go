package attention

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui"
)

// Sync is what the page asks about the systems people come from.
type Sync interface {
	Summary(ctx context.Context, tenant int64) (sync.Summary, error)
	Sources(ctx context.Context, tenant int64) ([]sync.SourceView, error)
	Drifts(ctx context.Context, tenant int64, q sync.DriftQuery) (sync.DriftPage, error)
}

// counted is how many of one kind are counted here; the list behind the link has all.
const counted = 50

// askSources asks how reading does: what stopped, what fails, who fell silent.
func (f *findings) askSources() error {
	if f.p.Sync == nil || !f.c.Can(models.SyncRead) {
		return nil
	}
	sources, err := f.p.Sync.Sources(f.c.Ctx(), f.c.Tenant())
	if err != nil {
		return err
	}
	for _, s := range sources {
		name := s.Connector.Name
		if run := s.Stopped; run != nil {
			f.stopped++
			f.add(syncStopped, attention.Item{
				Mark: "stopped", Text: "Reading " + name + " was stopped. " + run.Sentence, Since: run.StartedAt.Time(),
				Href: "/sync/runs/" + run.PublicID, Link: "Decide", About: "about the run of " + name,
			})
		}
		if s.Failing.Since != 0 {
			f.unread = append(f.unread, s.Connector.ID)
			f.add(syncFails, attention.Item{
				Mark: "failed", Text: name + " cannot be read. " + s.Failing.Sentence + " Changes there are not noticed.", Since: s.Failing.Since.Time(),
				Href: "/sync", Link: "See the source", About: name,
			})
		}
		if s.Gap != nil {
			f.add(syncSilent, attention.Item{
				Mark: "sent", Text: name + " tells of nothing that happens there. It usually does so every " + every(s.Gap.Usual) + ". Changes are noticed only by the next read.",
				Since: s.Gap.Since.Time(), Href: "/sync", Link: "See the source", About: name,
			})
		}
	}
	return nil
}

// every writes a usual gap.
func every(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return "minute or so"
	case d < 2*time.Hour:
		return ui.Count(int(d/time.Minute)) + " minutes"
	}
	return ui.Count(int(d/time.Hour)) + " hours"
}

// askDrift asks where both sides differ, privileged people first.
func (f *findings) askDrift() error {
	if f.p.Sync == nil || !f.c.Can(models.SyncRead) {
		return nil
	}
	s, err := f.p.Sync.Summary(f.c.Ctx(), f.c.Tenant())
	if err != nil {
		return err
	}
	f.standing, f.standingKnown = s, true
	if s.Privileged > 0 {
		first, err := f.first(sync.DriftQuery{})
		if err != nil {
			return err
		}
		f.add(privilegedDrift, attention.Item{
			Mark: "drift", Text: number(s.Privileged, false, "difference concerns", "differences concern") + " people with privileged access.",
			Since: first, Href: "/sync/drift", Link: "Resolve", About: "privileged differences",
		})
	}
	for _, k := range []struct {
		kind      models.DriftKind
		one, many string
		mark      string
	}{
		{models.DriftField, "field differs between Rollcall and its source.", "fields differ between Rollcall and their source.", "drift"},
		{models.DriftMissing, "person's account is gone at the source. Often that means they left.", "people's accounts are gone at their source. Often that means they left.", "unknown"},
		{models.DriftUnclear, "account has the e-mail of somebody here and another identity.", "accounts have the e-mail of somebody here and another identity.", "unknown"},
		{models.DriftOrphan, "account at a source belongs to nobody here.", "accounts at a source belong to nobody here.", "unknown"},
	} {
		if err := f.askKind(k.kind, k.one, k.many, k.mark); err != nil {
			return err
		}
	}
	return nil
}

// first says since when the most severe difference stands.
func (f *findings) first(q sync.DriftQuery) (time.Time, error) {
	q.State, q.Limit = models.DriftOpen, 1
	page, err := f.p.Sync.Drifts(f.c.Ctx(), f.c.Tenant(), q)
	if err != nil || len(page.Rows) == 0 {
		return time.Time{}, err
	}
	return page.Rows[0].Since.Time(), nil
}

func (f *findings) askKind(kind models.DriftKind, one, many, mark string) error {
	page, err := f.p.Sync.Drifts(f.c.Ctx(), f.c.Tenant(), sync.DriftQuery{Kind: kind, State: models.DriftOpen, Limit: counted})
	if err != nil || len(page.Rows) == 0 {
		return err
	}
	n, oldest := len(page.Rows), page.Rows[0].Since
	for _, row := range page.Rows {
		oldest = min(oldest, row.Since)
	}
	item := attention.Item{
		Mark: mark, Text: number(n, page.Next != "", one, many), Since: oldest.Time(), Href: "/sync/orphans?kind=" + string(kind), Link: "Review", About: many,
	}
	r := orphaned
	if kind == models.DriftField {
		item.Href, item.Link, item.About = "/sync/drift?kind=field", "Resolve", "differing fields"
		r = differing
	}
	f.add(r, item)
	return nil
}

// syncPart is how both sides stand, in the sentence above the queue.
func (f *findings) syncPart() []attention.Part {
	s := f.standing
	switch {
	case !f.standingKnown || s.Sources == 0 || s.ComparedAt == 0:
		return nil
	case f.stopped > 0:
		return []attention.Part{{Text: ui.Counted(f.stopped, "sync waits", "syncs wait") + " for a decision.", Href: "/sync", Bad: true}}
	case s.Differ == 0:
		return []attention.Part{{Text: "In step with " + ui.Counted(s.Sources, "source", "sources") + ", compared " + ui.Relative(s.ComparedAt.Time(), f.c.Now()) + ".", Href: "/sync"}}
	}
	return []attention.Part{{Text: number(s.Differ, s.Capped, "differs", "differ") + " from the sources, compared " + ui.Relative(s.ComparedAt.Time(), f.c.Now()) + ".", Href: "/sync/drift"}}
}
