package oidc

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// clientAccepted tries a sign-in code that nobody was given. A provider that
// takes the client for itself refuses the code (invalid_grant), one that does not
// refuses the client. Some look at the code first and would say the same to
// anybody: so a client that cannot exist is tried too, and only a difference
// between the two answers means anything.
func (t *trial) clientAccepted(ctx context.Context) finding {
	switch {
	case t.document == nil || t.document.Token == "":
		return skip("there is no token address")
	case t.client.ID == "":
		return skip("no client id is entered")
	}
	ours, err := t.word(ctx, t.client)
	if err != nil {
		return failure(err)
	}
	switch ours {
	case "invalid_client":
		return fail(t.name+" does not know this client id, or the secret does not match (invalid_client).",
			"Copy both again at "+t.name+": the client id exactly, and a secret that has not run out.")
	case "unauthorized_client":
		return fail(t.name+" knows the client, and does not let it sign people in by code (unauthorized_client).",
			"Allow the client the authorization code flow (grant type authorization_code).")
	case "invalid_grant", "invalid_request":
	default:
		return warn(t.name+" answered "+quote(ours)+" to a made-up sign-in code, which says nothing about the client.", "Sign in once to find out.")
	}
	other, err := t.word(ctx, stranger(t.client))
	switch {
	case err != nil:
		return failure(err)
	case other == ours:
		return warn(t.name+" says the same to a client that does not exist ("+ours+"), so nothing can be told about this one.", "Sign in once to find out.")
	}
	return passed(t.name + " takes the client for itself: it refused a made-up code, and would not talk to a made-up client.")
}

// stranger is a client nobody registered; one with a secret keeps its name, so
// that it is the secret that is wrong.
func stranger(c oauth.Client) oauth.Client {
	if c.Secret != "" {
		c.Secret = rand.Text()
		return c
	}
	c.ID = "rollcall-test-" + rand.Text()
	return c
}

// word gives the error that the token address answers to a made-up code.
func (t *trial) word(ctx context.Context, client oauth.Client) (string, error) {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {"rollcall-test-" + rand.Text()}, "code_verifier": {rand.Text() + rand.Text()},
		"redirect_uri": {"https://rollcall.invalid/auth/test/callback"},
	}
	answer, err := t.post(ctx, t.document, call{to: t.document.Token, step: "take a made-up sign-in code", form: form, as: client})
	switch {
	case err == nil:
		return "a token", nil
	case answer == nil || answer.Status >= http.StatusInternalServerError || answer.Status == http.StatusTooManyRequests:
		return "", err
	}
	word := oauth.ErrorWord(answer.Body)
	if word == "" && answer.Status == http.StatusUnauthorized {
		word = "invalid_client"
	}
	return word, nil
}

func quote(word string) string {
	if word == "" {
		return "nothing readable"
	}
	return word
}

// revocation sends a token that nobody was given: servers must answer as if they
// had taken it back (RFC 7009 section 2.2).
func (t *trial) revocation(ctx context.Context) finding {
	switch {
	case t.document == nil:
		return noDocument
	case t.document.Revocation == "":
		return warn(lacksOf(connector.CanRevokeToken, t.name), "End the person's sessions at the provider when they leave.")
	case t.client.ID == "":
		return skip("no client id is entered")
	}
	_, err := t.post(ctx, t.document, call{to: t.document.Revocation, step: "take back a made-up token", form: oauth.About(rand.Text(), oauth.RefreshToken), as: t.client})
	if err != nil {
		return failure(err)
	}
	return passed("Tokens of this client can be taken back. " + connector.RevocationScope)
}

// introspection looks at a token that nobody was given. That it is inactive shows
// that the question is allowed; whether living tokens are seen is another matter.
func (t *trial) introspection(ctx context.Context) finding {
	switch {
	case t.document == nil:
		return noDocument
	case t.document.Introspection == "":
		return warn(lacksOf(connector.CanIntrospectToken, t.name), "Nothing needs to be done.")
	case t.client.ID == "":
		return skip("no client id is entered")
	}
	reading, err := t.IntrospectToken(ctx, connector.Token{Value: rand.Text(), Kind: oauth.AccessToken})
	switch {
	case err != nil:
		f := failure(err)
		return warn(f.sentence+" Whether a token is dead is found out by trying it.", f.fix)
	case reading.Active:
		return fail(t.name+" calls a made-up token active: what it says of tokens cannot be relied on.", "Check that the address is that of the provider itself.")
	}
	return passed("Tokens can be looked at. Whether living ones are shown to this client is seen each time before one is taken back.")
}

func lacksOf(c connector.Capability, name string) string {
	if c == connector.CanRevokeToken {
		return name + " has no address for taking back tokens: a refresh token is forgotten here and stays good there until it runs out."
	}
	return name + " has no address for looking at tokens: whether one is dead is found out by trying it."
}
