package oidc

import (
	"context"
	"errors"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// Check runs the connection test: how the provider is reached, what it calls
// itself, what it offers, and whether it takes our client for itself. It signs
// nobody in and changes nothing there.
func (s *System) Check(ctx context.Context, report func(connector.Check)) {
	t := &trial{System: s}
	for _, one := range []struct {
		key, label string
		run        func(context.Context) finding
	}{
		{"dns", "Host name", t.dns},
		{"tls", "TLS certificate", t.tls},
		{"discovery", "Discovery document", t.discovery},
		{"issuer", "Issuer", t.checkIssuer},
		{"keys", "Signing keys", t.keys},
		{"token", "Sign-in and token address", t.tokenAddress},
		{"client", "Client id and secret", t.clientAccepted},
		{"pkce", "Proof key (PKCE)", t.proofKey},
		{"iss", "Sender of answers", t.issParameter},
		{"revocation", "Taking back tokens", t.revocation},
		{"introspection", "Looking at tokens", t.introspection},
		{"sign-out", "Sign-out address", t.signOut},
		{"sign-out-messages", "Sign-out messages", t.signOutMessages},
	} {
		began := time.Now()
		found := one.run(ctx)
		report(connector.Check{
			Key: one.key, Label: one.label, State: found.state, Sentence: found.sentence, Fix: found.fix, Took: time.Since(began),
		})
	}
}

// trial is one run of the connection test: what earlier checks found is there for
// the later ones.
type trial struct {
	*System
	document *document
	answer   *guard.Answer // of discovery, also when it was a refusal
	failed   error         // of discovery
}

// finding is what one check found.
type finding struct {
	state         connector.CheckState
	sentence, fix string
}

func passed(sentence string) finding {
	return finding{state: connector.CheckPassed, sentence: sentence}
}

func warn(sentence, fix string) finding {
	return finding{state: connector.CheckWarning, sentence: sentence, fix: fix}
}

func fail(sentence, fix string) finding {
	return finding{state: connector.CheckFailed, sentence: sentence, fix: fix}
}

func skip(why string) finding {
	return finding{state: connector.CheckSkipped, sentence: "Not run: " + why + "."}
}

var noDocument = skip("there is no discovery document")

// failure turns an error of a call into a finding.
func failure(err error) finding {
	var f *connector.Failure
	if errors.As(err, &f) {
		return fail(f.Sentence, f.Fix)
	}
	return fail("Rollcall met a fault of its own.", "Look into the log of Rollcall.")
}

// offers is a check of one thing the discovery document may name.
func (t *trial) offers(there bool, yes string, no finding) finding {
	switch {
	case t.document == nil:
		return noDocument
	case there:
		return passed(yes)
	}
	return no
}

func (t *trial) tokenAddress(context.Context) finding {
	return t.offers(t.has(func(d *document) bool { return d.Authorization != "" && d.Token != "" }),
		"Addresses for signing in and for tokens are there.",
		fail(t.name+" names no address for signing in, or none for tokens.", "Check that this is an OpenID provider, and not an OAuth server without sign-in."))
}

func (t *trial) proofKey(context.Context) finding {
	return t.offers(t.has(func(d *document) bool { return contains(d.Challenges, "S256") }),
		t.name+" says that it checks proof keys (S256).",
		warn(t.name+" does not say that it checks proof keys. Rollcall sends one with each sign-in all the same.", "If it can be switched on for this client, ask for PKCE with S256."))
}

func (t *trial) issParameter(context.Context) finding {
	return t.offers(t.has(func(d *document) bool { return d.IssParameter }),
		t.name+" names itself in its answers (RFC 9207), and Rollcall insists on it.",
		warn(t.name+" does not name itself in its answers. Answers are told apart by their return address alone.", "Nothing needs to be done: each provider has its own return address."))
}

func (t *trial) signOut(context.Context) finding {
	return t.offers(t.has(func(d *document) bool { return d.EndSession != "" }),
		"Signing out of Rollcall can sign out of "+t.name+" too.",
		warn(t.name+" names no sign-out address: whoever signs out of Rollcall stays signed in there.", "Tell people to close the browser, or to sign out there."))
}

func (t *trial) signOutMessages(context.Context) finding {
	const register = "Enter Rollcall's back-channel logout address at the client: the public address, then /auth/, the key of this connector, and /backchannel-logout."
	switch {
	case t.document == nil:
		return noDocument
	case !t.document.BackChannel:
		return warn(t.name+" does not say that it tells applications of ended sessions. A session here then goes on until it is looked at again or ends by itself.",
			"Keep refresh tokens, so that sessions are looked at again.")
	case !t.document.BackChannelSID:
		return warn(t.name+" tells of ended sessions by person only: when one session ends there, all of the person's end here. Whether this client is told is known when the first message arrives.", register)
	}
	return passed(t.name + " can tell which session ended. Whether this client is told is known when the first message arrives. " + register)
}

func (t *trial) has(what func(*document) bool) bool { return t.document != nil && what(t.document) }

func contains(list []string, want string) bool {
	for _, one := range list {
		if one == want {
			return true
		}
	}
	return false
}
