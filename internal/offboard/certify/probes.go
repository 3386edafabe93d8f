package certify

import (
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/wire/certificate"
)

// probesOf gives the readings of a step in the order they were made.
func probesOf(kind string, ev *offboard.Evidence) []certificate.Probe {
	var out []certificate.Probe
	if ev.Before != nil {
		p := probeOf(certificate.Before, ev.Before)
		if ev.Before.Listed != nil {
			alive := concerned(kind, ev.Before) > 0
			p.Alive = &alive
		}
		out = append(out, p)
	}
	if ev.Left != nil { // what was left when an account was let in again
		p := probeOf(certificate.LetIn, ev.Left)
		alive := ev.Left.Listed != nil && *ev.Left.Listed > 0
		p.Alive = &alive
		out = append(out, p)
	}
	if ev.After != nil {
		p := probeOf(certificate.After, ev.After)
		if ev.After.Listed != nil {
			still := stillThere(kind, ev.Before, ev.After)
			alive := still > 0
			p.Still, p.Alive = &still, &alive
		}
		out = append(out, p)
	}
	if ev.Tokens != nil {
		out = append(out, looksOf(ev.Tokens.Looks)...)
	}
	return out
}

// looksOf gives what each look at a token saw, before beside after: one that never
// saw it alive stands there too, and proves nothing.
func looksOf(looks []offboard.TokenLook) []certificate.Probe {
	var out []certificate.Probe
	for _, l := range looks {
		for _, r := range []struct {
			when string
			read *offboard.TokenReading
		}{{certificate.Before, l.Before}, {certificate.After, l.After}} {
			if r.read == nil {
				continue
			}
			alive := r.read.Alive
			out = append(out, certificate.Probe{
				When: r.when, What: l.Token + " by " + l.How, At: certificate.Moment(r.read.At), Alive: &alive, Digest: r.read.Digest,
			})
		}
	}
	return out
}

// probeOf copies what was read; of an account it also says whether that is a way
// in.
func probeOf(when string, r *offboard.Reading) certificate.Probe {
	p := certificate.Probe{When: when, What: "account", At: certificate.Moment(r.At), Known: r.Known, Active: r.Active, Locked: r.Locked, Digest: r.Digest}
	switch {
	case r.Listed != nil:
		offline := 0
		for _, s := range r.Sessions {
			if s.Offline {
				offline++
			}
		}
		p.What, p.Sessions, p.Offline = "sessions", r.Listed, &offline
	case r.Locked != nil:
		p.What = "lock"
	case r.Known != nil:
		alive := *r.Known && r.Active != nil && *r.Active
		p.Alive = &alive
	}
	return p
}

// concerned counts the sessions of a reading that a step is about: ending
// sessions leaves those that live on without a browser to the next step. When
// there were more than are remembered, every one counts.
func concerned(kind string, r *offboard.Reading) int {
	if *r.Listed > len(r.Sessions) {
		return *r.Listed
	}
	n := 0
	for _, s := range r.Sessions {
		if kind != offboard.StepEndSessions || !s.Offline {
			n++
		}
	}
	return n
}

// stillThere counts the sessions of before that a later reading still has.
func stillThere(kind string, before, after *offboard.Reading) int {
	if before == nil || before.Listed == nil || *before.Listed > len(before.Sessions) || *after.Listed > len(after.Sessions) {
		return concerned(kind, after)
	}
	was := make(map[string]bool, len(before.Sessions))
	for _, s := range before.Sessions {
		was[s.Handle] = true
	}
	n := 0
	for _, s := range after.Sessions {
		if was[s.Handle] && (kind != offboard.StepEndSessions || !s.Offline) {
			n++
		}
	}
	return n
}
