package insight

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// Answer says whether a person can sign in to Rollcall, and how that is known.
type Answer struct {
	Name     string // what the person is called in sentences: "Elif"
	Can      Mark   // Yes, No, Unknown
	Sentence string // the answer in one or two sentences
	Facts    []Fact // what it was made of, in the order they are shown
	Next     Next   // the one thing the reader may do about it
	ReadAt   time.Time
	Later    bool // systems could be asked and were not: see Outline
}

// Fact is one thing that was looked at.
type Fact struct {
	Key    string // stable word
	Mark   Mark
	Text   string
	From   string    // the system that said it; "" for Rollcall
	ReadAt time.Time // of what a system said

	later bool // to be asked
}

// Step is a way to let somebody in again.
type Step string

// The steps.
const (
	StepNone       Step = ""
	StepUnlock     Step = "unlock"
	StepResume     Step = "resume"
	StepReactivate Step = "reactivate"
	StepLetIn      Step = "let-in"
	StepStay       Step = "stay"
	StepGiveRole   Step = "give-role"
	StepThere      Step = "there" // at the system itself
)

// Next is the one step that helps. Without the permission the reader is told
// what is missing instead.
type Next struct {
	Step     Step
	May      bool
	Sentence string            // when there is no button: what to do, or what is missing
	At       Place             // of an unlock
	needs    models.Permission // of the step
	does     string            // "reactivate"
}

// Place is an account at a connected system.
type Place struct {
	ConnectorID int64
	Account     string // the system's own id of it
}

// hurdle is something that keeps the person out.
type hurdle struct {
	sentence string
	next     Next
}

// findings collect facts and what follows from them.
type findings struct {
	facts   []Fact
	hurdles []hurdle
	unknown []string // what would have to be known for a yes
	asks    []string // what a provider asks for at the next sign-in
	blind   []string // what a yes is said without, because nobody can ask
}

func (f *findings) fact(key string, mark Mark, text string) {
	f.facts = append(f.facts, Fact{Key: key, Mark: mark, Text: text})
}

func (f *findings) hurdle(sentence string, next Next) {
	f.hurdles = append(f.hurdles, hurdle{sentence, next})
}

// SignIn says whether a person can sign in, for a reader who may do something
// about it or not. It asks every provider the person signs in with at once, and
// an error is only of the database.
func (e *Engine) SignIn(ctx context.Context, reader models.Actor, person directory.Person) (Answer, error) {
	return e.signIn(ctx, reader, person, e.interview)
}

// Outline is the same without asking any system: what the page shows until they
// have answered.
func (e *Engine) Outline(ctx context.Context, reader models.Actor, person directory.Person) (Answer, error) {
	a, err := e.signIn(ctx, reader, person, nil)
	for _, f := range a.Facts {
		a.Later = a.Later || f.later
	}
	return a, err
}

// interviewer asks a system about an account.
type interviewer func(ctx context.Context, system connector.System, account string) said

func (e *Engine) signIn(ctx context.Context, reader models.Actor, person directory.Person, ask interviewer) (Answer, error) {
	here, err := e.here(ctx, reader.Tenant, person)
	if err != nil {
		return Answer{}, err
	}
	held, err := connector.AccountsOf(ctx, e.Store.Read(reader.Tenant), person.ID)
	if err != nil {
		return Answer{}, err
	}
	ways := e.ways(ctx, looking{reader.Tenant, ask}, person, held)
	past, err := e.past(ctx, reader.Tenant, person)
	if err != nil {
		return Answer{}, err
	}
	a := judge(name(person), here, ways)
	a.Facts = append(a.Facts, past...)
	a.Next = a.Next.of(reader, person)
	a.Name, a.ReadAt = name(person), e.now()
	return a, nil
}

// looking is how systems are looked at: by whom they are asked, nil for not at all.
type looking struct {
	tenant int64
	ask    interviewer
}

// way is one identity the person signs in with, and what its provider says.
type way struct {
	provider string // name
	findings
}

// ways looks at every identity of the person at the same time.
func (e *Engine) ways(ctx context.Context, l looking, person directory.Person, held []connector.Held) []way {
	ways := make([]way, len(person.Identities))
	var looks sync.WaitGroup
	for i, id := range person.Identities {
		looks.Go(func() { ways[i] = e.way(ctx, l, id, accountOf(held, id)) })
	}
	looks.Wait()
	for i := range ways {
		for j := range ways {
			if i != j && ways[i].provider == ways[j].provider { // two accounts at one system are told apart
				ways[i].findings = ways[i].from(ways[i].provider + ": " + called(person.Identities[i])).findings
			}
		}
	}
	return ways
}

// called gives what an identity is known by.
func called(id models.Identity) string { return cmp.Or(id.Username, id.Email, id.Subject) }

// accountOf finds the account behind an identity; nil when no connector reads
// its provider.
func accountOf(held []connector.Held, id models.Identity) *connector.Held {
	for i := range held {
		if held[i].Account == id.Subject && held[i].Vouches(id.Provider, id.Issuer) {
			return &held[i]
		}
	}
	return nil
}

// judge makes the answer. What keeps the person out here counts for every way;
// one way that is open is enough.
func judge(who string, here findings, ways []way) Answer {
	a := Answer{Facts: here.facts}
	for _, w := range ways {
		a.Facts = append(a.Facts, w.facts...)
	}
	if len(here.hurdles) > 0 {
		return a.no(here.hurdles, "")
	}
	best, shut := openest(ways), firstShut(ways)
	switch {
	case best == nil:
		a.Can, a.Sentence = Unknown, "Not known. "+who+" has not signed in yet, so no provider account is bound to this record."
	case len(best.hurdles) > 0:
		others := ""
		if len(ways) > 1 {
			others = " None of the " + count(len(ways)) + " accounts lets " + who + " in."
		}
		return a.no(shut.hurdles, others)
	case len(best.unknown) > 0 && shut != nil:
		a.Can, a.Next = Unknown, shut.hurdles[0].next
		a.Sentence = "Not known. " + shut.hurdles[0].sentence + " Whether " + best.provider + " lets " + who + " in is not known: " + best.unknown[0]
	case len(best.unknown) > 0:
		a.Can, a.Sentence = Unknown, "Not known. Nothing in Rollcall keeps "+who+" out. "+best.unknown[0]
	default:
		a.Can, a.Sentence = Yes, best.yes(who)
	}
	return a
}

// firstShut gives the first way that is shut, which is the person's own first
// identity where that is; nil when none is.
func firstShut(ways []way) *way {
	for i := range ways {
		if len(ways[i].hurdles) > 0 {
			return &ways[i]
		}
	}
	return nil
}

// yes words a way that is open, with what it asks for and what nobody can say.
func (w *way) yes(who string) string {
	text := "Yes. Nothing"
	if len(w.blind) > 0 {
		text = "Yes, as far as can be seen. Nothing"
	}
	text += " in Rollcall or at " + w.provider + " keeps " + who + " out."
	if len(w.blind) > 0 {
		text += " " + w.blind[0]
	}
	if len(w.asks) > 0 {
		text += " " + w.provider + " asks for this first: " + list(w.asks) + "."
	}
	return text
}

func (a Answer) no(hurdles []hurdle, others string) Answer {
	a.Can, a.Next = No, hurdles[0].next
	a.Sentence = "No. " + hurdles[0].sentence + others
	switch more := len(hurdles) - 1; {
	case more == 1:
		a.Sentence += " One more thing below keeps them out."
	case more > 1:
		a.Sentence += " " + count(more) + " more things below keep them out."
	}
	return a
}

// openest gives the way that is most likely open; nil when there is none.
func openest(ways []way) *way {
	rank := func(w way) int {
		switch {
		case len(w.hurdles) > 0:
			return 2
		case len(w.unknown) > 0:
			return 1
		}
		return 0
	}
	var best *way
	for i := range ways {
		if best == nil || rank(ways[i]) < rank(*best) {
			best = &ways[i]
		}
	}
	return best
}
