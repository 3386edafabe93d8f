package insight

import (
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// judgeProof looks at what the person will have to show: e-mail, what is asked
// for at the next sign-in, enrolled factors. None of it keeps anybody out by
// itself.
func (e *Engine) judgeProof(w *way, s said, h *connector.Held) {
	if a := s.account; a.known() {
		if a.value.EmailVerified {
			w.fact("email", Yes, "The e-mail address is verified.")
		} else {
			w.fact("email", Note, "The e-mail address is not verified. Signing in does not need it; being recognised by an invitation does.")
		}
		w.asks = demandWords(a.value.Demands)
		if len(w.asks) > 0 {
			w.fact("asks", Note, "The next sign-in asks for "+list(w.asks)+".")
		}
		w.stamp(a.at)
	}
	switch f := s.factors; {
	case !f.able:
		w.fact("factors", Unknown, h.Name+" cannot be asked for enrolled factors.")
	case forgotten(f.err):
		return
	case f.err != nil:
		w.fact("factors", Unknown, "Which factors are enrolled is not known. "+why(f.err, h.Name))
	default:
		mark, text := factorWords(f.value)
		w.fact("factors", mark, text)
	}
	w.stamp(s.factors.at)
}

// factorWords says what is enrolled. Accounts that come from another directory
// have none here, so an empty list is no hurdle.
func factorWords(factors []connector.Factor) (Mark, string) {
	words := map[connector.FactorKind]string{
		connector.FactorPassword: "a password", connector.FactorCode: "one-time codes", connector.FactorKey: "a security key or passkey",
		connector.FactorRecovery: "recovery codes", connector.FactorOther: "another factor",
	}
	seen := map[connector.FactorKind]bool{}
	for _, f := range factors {
		seen[f.Kind] = true
	}
	var names []string
	for _, kind := range []connector.FactorKind{connector.FactorPassword, connector.FactorCode, connector.FactorKey, connector.FactorRecovery, connector.FactorOther} {
		if seen[kind] {
			names = append(names, words[kind])
		}
	}
	switch {
	case len(names) == 0:
		return Note, "Nothing is enrolled there, not even a password. An account from another directory has none."
	case seen[connector.FactorCode] || seen[connector.FactorKey]:
		return Yes, "Enrolled: " + list(names) + "."
	}
	return Note, "Enrolled: " + list(names) + ". No second factor."
}

// judgeHistory tells of the newest sign-ins at the system.
func (e *Engine) judgeHistory(w *way, s said, h *connector.Held) {
	hist := s.history
	switch {
	case !hist.able:
		w.fact("history", Unknown, h.Name+" cannot be asked for past sign-ins.")
	case forgotten(hist.err):
		return
	case hist.err != nil:
		w.fact("history", Unknown, "Past sign-ins are not known. "+why(hist.err, h.Name))
	default:
		e.tell(w, hist.value, h)
	}
	w.stamp(hist.at)
}

// tell says the last success and the last failure that the system remembers.
func (e *Engine) tell(w *way, events []connector.Event, h *connector.Held) {
	success, failure := -1, -1
	for i, event := range events {
		if event.Kind == connector.EventSignedIn && success < 0 {
			success = i
		}
		if event.Kind == connector.EventSignInFailed && failure < 0 {
			failure = i
		}
	}
	if success < 0 && failure < 0 {
		w.fact("history", Unknown, h.Name+" remembers no sign-in. It may not keep events.")
		return
	}
	if success >= 0 {
		text := "Last signed in there " + e.ago(events[success].At)
		if app := events[success].App; app != "" {
			text += " to " + app
		}
		w.fact("success-there", Yes, text+".")
	}
	if failure >= 0 {
		text := "Last failed there " + e.ago(events[failure].At) + ": " + failureWords(h.Name, events[failure].Reason)
		if ip := events[failure].IP; ip != "" {
			text += ", from " + ip
		}
		if success >= 0 && success < failure {
			text += ". Signed in since then"
		}
		w.fact("failure-there", Note, text+".")
	}
}

// stamp writes when the facts that have no time yet were read.
func (w *way) stamp(at time.Time) {
	for i := range w.facts {
		if w.facts[i].ReadAt.IsZero() && w.facts[i].Key != "provider" {
			w.facts[i].ReadAt = at
		}
	}
}
