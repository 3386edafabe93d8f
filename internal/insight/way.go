package insight

import (
	"context"
	"strings"
	"sync"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// historyRead is how many of the newest sign-ins a system is asked for.
const historyRead = 20

// said is everything one system answered about one account.
type said struct {
	account answer[connector.Account]
	lock    answer[connector.Lock]
	factors answer[[]connector.Factor]
	history answer[[]connector.Event]
}

// way looks at one identity.
func (e *Engine) way(ctx context.Context, l looking, id models.Identity, h *connector.Held) way {
	w := way{provider: id.Provider}
	if p, ok := e.provider(id.Provider); ok {
		w.provider = p.Name
		if !p.OK {
			w.fact("provider", No, strings.TrimSpace(p.Sentence))
			sentence := strings.TrimSpace(p.Sentence)
			if !p.Since.IsZero() {
				sentence = strings.TrimSuffix(sentence, ".") + ", since " + e.when(p.Since) + "."
			}
			w.hurdle(sentence+" Nobody can sign in with it until then.", Next{Step: StepThere, Sentence: "Whoever runs " + p.Name + " has to look. Who is signed in stays signed in."})
		} else {
			w.fact("provider", Yes, p.Name+" answers.")
		}
	}
	if h == nil {
		w.unknown = append(w.unknown, "How the account at "+w.provider+" stands is not known: no connector reads it.")
		w.fact("account", Unknown, "How the account stands is not known: no connector reads "+w.provider+".")
		return w.from(w.provider)
	}
	w.provider = h.Name
	if l.ask == nil {
		w.notAsked(h.Name)
		return w.from(h.Name)
	}
	system, err := e.open(ctx, l.tenant, *h)
	if err != nil {
		text := why(err, h.Name)
		w.unknown = append(w.unknown, text)
		w.fact("account", Unknown, text)
		return w.from(h.Name)
	}
	s := l.ask(ctx, system, h.Account)
	e.judgeAccount(&w, s, h)
	e.judgeLock(&w, s, h)
	e.judgeProof(&w, s, h)
	e.judgeHistory(&w, s, h)
	return w.from(h.Name)
}

// notAsked keeps the place of what a system will be asked.
func (w *way) notAsked(system string) {
	w.unknown = append(w.unknown, system+" has not been asked yet.")
	for _, f := range []Fact{
		{Key: "account", Text: "Account: not asked yet."}, {Key: "lock", Text: "Lock: not asked yet."}, {Key: "email", Text: "E-mail address: not asked yet."},
		{Key: "factors", Text: "Enrolled factors: not asked yet."}, {Key: "success-there", Text: "Last sign-in: not asked yet."}, {Key: "failure-there", Text: "Last failure: not asked yet."},
	} {
		f.Mark, f.later = Unknown, true
		w.facts = append(w.facts, f)
	}
}

// from signs the facts with who said them.
func (w way) from(system string) way {
	for i := range w.facts {
		w.facts[i].From = system
	}
	return w
}

// interview asks everything at once.
func (e *Engine) interview(ctx context.Context, system connector.System, account string) said {
	var s said
	var questions sync.WaitGroup
	if r, ok := system.(connector.PersonReader); ok {
		questions.Go(func() {
			s.account = put(ctx, e, func(ctx context.Context) (connector.Account, error) { return r.ReadPerson(ctx, account) })
		})
	}
	if r, ok := system.(connector.LockReader); ok {
		questions.Go(func() {
			s.lock = put(ctx, e, func(ctx context.Context) (connector.Lock, error) { return r.ReadLock(ctx, account) })
		})
	}
	if r, ok := system.(connector.FactorReader); ok {
		questions.Go(func() {
			s.factors = put(ctx, e, func(ctx context.Context) ([]connector.Factor, error) { return r.ReadFactors(ctx, account) })
		})
	}
	if r, ok := system.(connector.HistoryReader); ok {
		questions.Go(func() {
			s.history = put(ctx, e, func(ctx context.Context) ([]connector.Event, error) { return r.ReadHistory(ctx, account, historyRead) })
		})
	}
	questions.Wait()
	return s
}

// judgeAccount looks at whether the account is there and active.
func (e *Engine) judgeAccount(w *way, s said, h *connector.Held) {
	a := s.account
	switch {
	case !a.able:
		w.fact("account", Unknown, h.Name+" cannot be asked how the account stands.")
		w.unknown = append(w.unknown, h.Name+" cannot be asked how the account stands.")
	case forgotten(a.err):
		since := ""
		if h.MissingSince != 0 {
			since = ", since " + e.when(h.MissingSince.Time())
		}
		w.fact("account", No, h.Name+" does not know the account"+since+".")
		w.hurdle(h.Name+" does not know the account any more"+since+".", Next{Step: StepThere, Sentence: "Whoever runs " + h.Name + " can say what became of it."})
	case a.err != nil:
		text := why(a.err, h.Name)
		w.fact("account", Unknown, "Whether the account is active is not known. "+text)
		w.unknown = append(w.unknown, text)
	case !a.value.Enabled:
		w.fact("account", No, "The account is deactivated.")
		w.hurdle("The account is deactivated at "+h.Name+", although Rollcall would let them in.", Next{Step: StepThere,
			Sentence: "Find out at " + h.Name + " who deactivated it, and activate it there."})
	default:
		w.fact("account", Yes, "The account is active.")
	}
	w.stamp(a.at)
}

// judgeLock looks at whether wrong passwords locked it.
func (e *Engine) judgeLock(w *way, s said, h *connector.Held) {
	l := s.lock
	switch {
	case !l.able:
		w.fact("lock", Unknown, h.Name+" cannot be asked about locks.")
		w.blind = append(w.blind, h.Name+" cannot be asked about locks.")
	case forgotten(l.err):
		return // said above
	case l.err != nil:
		text := why(l.err, h.Name)
		w.fact("lock", Unknown, "Whether the account is locked is not known. "+text)
		w.unknown = append(w.unknown, text)
	case l.value.Locked:
		text := e.lockWords(l.value)
		w.fact("lock", No, text)
		next := step(StepUnlock, models.AccountsUnlock, "unlock accounts")
		next.At = Place{h.ConnectorID, h.Account}
		w.hurdle("Locked by "+h.Name+strings.TrimPrefix(text, "Locked"), next)
	case l.value.Failures > 0:
		w.fact("lock", Yes, "Not locked. "+plural(l.value.Failures, "wrong password")+" counted since the last sign-in.")
	case !l.value.Protected:
		w.fact("lock", Yes, "Not locked. "+h.Name+" does not lock accounts after wrong passwords.")
	default:
		w.fact("lock", Yes, "Not locked.")
	}
	w.stamp(l.at)
}

func (e *Engine) lockWords(l connector.Lock) string {
	text := "Locked"
	if !l.Since.IsZero() {
		text += " at " + e.when(l.Since)
	}
	if l.Failures > 0 {
		text += " after " + plural(l.Failures, "wrong password")
	}
	if l.From != "" {
		text += ", the last from " + l.From
	}
	text += "."
	switch {
	case l.Forever:
		text += " It stays locked until somebody unlocks it."
	case !l.Until.IsZero():
		text += " Unlocks by itself at " + e.when(l.Until) + "."
	default:
		text += " When it unlocks by itself is not said."
	}
	return text
}
