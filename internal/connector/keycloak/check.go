package keycloak

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// Check runs the connection test: how Keycloak is reached, whom it takes us for,
// what we may do, and whether people can be read. It writes nothing.
func (s *system) Check(ctx context.Context, report func(connector.Check)) {
	t := &trial{system: s}
	for _, one := range []struct {
		key, label string
		run        func(context.Context) finding
	}{
		{"dns", "Host name", t.dns},
		{"tls", "TLS certificate", t.tls},
		{"discovery", "Discovery document", t.discovery},
		{"issuer", "Issuer", t.checkIssuer},
		{"keys", "Signing keys", t.keys},
		{"token", "Token by client credentials", t.checkToken},
		{"clock", "Clocks", t.clock},
		{"roles", "Roles of the service account", t.roles},
		{"roles-extra", "No more roles than needed", t.extraRoles},
		{"events", "Events", t.events},
		{"read-one", "Read one person", t.readOne},
		{"read-page", "Read a page of people", t.readPage},
		{"sign-out", "Sign-out", t.signOut},
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
	*system
	document *document
	answer   *guard.Answer // of discovery, also when it was refused
	failed   error         // of discovery
	tokenNow *token
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

// failure turns an error of a call into a finding.
func failure(err error) finding {
	var f *connector.Failure
	if errors.As(err, &f) {
		return fail(f.Sentence, f.Fix)
	}
	return fail("Rollcall met a fault of its own.", "Look into the log of Rollcall.")
}

// Clocks that are further apart than this break sign-ins, which are refused above
// a minute.
const (
	clocksApart = time.Minute
	clocksDrift = 10 * time.Second
)

func (t *trial) checkToken(ctx context.Context) finding {
	// A token from before would say nothing about the settings as they are now.
	fresh, err := t.fetchToken(ctx)
	if err != nil {
		return failure(err)
	}
	t.tokenNow = fresh
	return passed(t.name + " gave the service account " + t.client + " a token for " + duration(fresh.life) + ".")
}

func (t *trial) clock(context.Context) finding {
	if t.tokenNow == nil {
		return skip("there is no token that shows the time at " + t.name)
	}
	if t.tokenNow.claims.IssuedAt == 0 {
		return skip("the token does not show the time at " + t.name)
	}
	apart, word := t.tokenNow.ahead, "ahead of"
	if apart < 0 {
		apart, word = -apart, "behind"
	}
	said := "The clock of " + t.name + " is " + duration(apart) + " " + word + " that of Rollcall"
	const fix = "Let both machines follow a time server (NTP)."
	switch {
	case apart > clocksApart:
		return fail(said+". Sign-ins are refused above a minute.", fix)
	case apart > clocksDrift:
		return warn(said+".", fix)
	}
	return passed("The clocks agree to " + duration(max(apart, time.Second)) + ".")
}

func (t *trial) readOne(ctx context.Context) finding {
	if t.tokenNow == nil {
		return skip("there is no token")
	}
	page, err := t.ListPeople(ctx, "", 1)
	if err != nil {
		return failure(err)
	}
	if len(page.Accounts) == 0 {
		return warn("There is nobody in the realm "+t.realm+" yet.", "Check that this is the realm that people are in.")
	}
	if _, err := t.ReadPerson(ctx, page.Accounts[0].ID); err != nil {
		return failure(err)
	}
	return passed("One person was read by id.")
}

func (t *trial) readPage(ctx context.Context) finding {
	if t.tokenNow == nil {
		return skip("there is no token")
	}
	page, err := t.ListPeople(ctx, "", 50)
	if err != nil {
		return failure(err)
	}
	return passed("Read " + thousands(len(page.Accounts)) + " of " + thousands(page.Total) + " people.")
}

// duration writes a time span for people.
func duration(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return strconv.Itoa(int(d.Round(time.Hour).Hours())) + " hours"
	case d >= 2*time.Minute:
		return strconv.Itoa(int(d.Round(time.Minute).Minutes())) + " minutes"
	case d >= 10*time.Second:
		return strconv.Itoa(int(d.Round(time.Second).Seconds())) + " seconds"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " seconds"
}

// thousands writes a number with its thousands apart.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
