package attention

import (
	"cmp"
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/ui"
)

// rank orders the queue: the most urgent first.
type rank int

// The ranks. People who should be out come before everything.
const (
	shouldBeOut rank = iota
	unchecked        // a source that could not be read may hide anything
	unsolved         // steps of an operation that failed, or are not confirmed
	signInBroken
	syncStopped
	syncFails
	connectorFails
	lastAdmin
	expiring
	privilegedDrift
	unusual
	syncSilent
	approvals
	waitingIn
	closing
	endingSoon
	standing
	dormant
	differing
	orphaned
	duplicates
	connectorCare
)

// finding is one line with its place in the queue.
type finding struct {
	rank rank
	item attention.Item
}

// findings collects what the sources say.
type findings struct {
	c *web.Call
	p *Pages

	found  []finding
	failed int
	err    error // of the first source that failed

	people, admins, leaving        int
	peopleCapped, leavingCapped    bool
	peopleKnown, adminsKnown       bool
	providers, providersDown       int
	providersChecked, leavingKnown bool

	stopped       int     // syncs that wait for a decision
	unread        []int64 // connectors that cannot be read, which have a line already
	standing      sync.Summary
	standingKnown bool
}

// source is one place that is asked.
type source struct {
	name string // "Could not check ...": leaving dates
	ask  func(*findings) error
}

var sources = []source{
	{"people", (*findings).countPeople},
	{"who waits and who leaves", (*findings).askPeople},
	{"who is in again although cut off", (*findings).askResurrected},
	{"deactivations that are late", (*findings).askLate},
	{"steps that failed or are not confirmed", (*findings).askUnsolved},
	{"undo windows that close", (*findings).askClosing},
	{"how many people can administer", (*findings).askAdmins},
	{"access that ends soon", (*findings).askEnding},
	{"privileged access without end", (*findings).askStanding},
	{"privileged people who do not sign in", (*findings).askDormant},
	{"refused sign-ins", (*findings).askRefused},
	{"providers", (*findings).askProviders},
	{"how reading the sources goes", (*findings).askSources},
	{"connected systems", (*findings).askConnectors},
	{"differences from the sources", (*findings).askDrift},
	{"records that may be one person", (*findings).askLinks},
	{"requests that wait for you", (*findings).askOperations},
}

func (f *findings) add(r rank, item attention.Item) {
	f.found = append(f.found, finding{rank: r, item: item})
}

// ask asks one source. One that fails becomes a line of the queue.
func (f *findings) ask(s source) error {
	err := s.ask(f)
	if err == nil {
		return nil
	}
	if f.c.Ctx().Err() != nil {
		return err
	}
	f.c.Log().Error("a source of the attention page failed", "source", s.name, "error", err.Error())
	f.failed++
	f.err = cmp.Or(f.err, err)
	text := "Could not check " + s.name + "."
	if e, known := errs.As(err); known && e.Kind == errs.Unavailable {
		text += " " + e.Safe
	}
	f.add(unchecked, attention.Item{Mark: "unknown", Text: text, Href: "/attention", Link: "Retry", About: "checking " + s.name, Failed: true})
	return nil
}

func (f *findings) items() []attention.Item {
	slices.SortStableFunc(f.found, func(a, b finding) int { return cmp.Compare(a.rank, b.rank) })
	var out []attention.Item
	for _, one := range f.found {
		out = append(out, one.item)
	}
	return out
}

// summary is the sentence above the queue, problems first.
func (f *findings) summary() []attention.Part {
	var parts []attention.Part
	if f.providersDown > 0 {
		parts = append(parts, attention.Part{Text: ui.Counted(f.providersDown, "provider", "providers") + " cannot be used for signing in.", Bad: true})
	}
	sources := f.syncPart()
	if len(sources) > 0 && sources[0].Bad {
		parts, sources = append(parts, sources...), nil
	}
	if f.peopleKnown {
		parts = append(parts, attention.Part{Text: number(f.people, f.peopleCapped, "person", "people") + ".", Href: "/users"})
	}
	if f.leavingKnown {
		text, href := "Nobody leaves this week.", ""
		if f.leaving > 0 {
			text, href = ui.Counted(f.leaving, "person leaves", "people leave")+" this week.", "/users?view=leaving"
		}
		parts = append(parts, attention.Part{Text: text, Href: href})
	}
	if f.providersChecked && f.providersDown == 0 && f.providers > 0 {
		parts = append(parts, attention.Part{Text: ui.Counted(f.providers, "provider", "providers") + " without a fault."})
	}
	return append(parts, sources...)
}

// nothing proves that somebody looked.
func (f *findings) nothing() string {
	s := "Checked just now: " + number(f.people, f.peopleCapped, "person", "people")
	if f.providers > 0 {
		s += ", " + ui.Counted(f.providers, "provider", "providers")
	}
	if f.standingKnown && f.standing.Sources > 0 {
		s += ", " + ui.Counted(f.standing.Sources, "source", "sources")
	}
	return s + "."
}

func number(n int, capped bool, one, many string) string {
	if capped {
		return "More than " + ui.Counted(n, one, many)
	}
	return ui.Counted(n, one, many)
}
