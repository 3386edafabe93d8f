package oidc_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// TestCallback holds OIDC-14, OIDC-16, OIDC-17, OIDC-19 and OIDC-20. Each case
// changes what the browser brings back, or the transaction it is held against.
func TestCallback(t *testing.T) {
	t.Parallel()
	silent := func(f *optest.Faults) { // RFC 9207 not promised
		f.Metadata = func(doc map[string]any) { delete(doc, "authorization_response_iss_parameter_supported") }
	}
	failed := func(word string) func(*bench, url.Values, *oidc.Transaction) {
		return func(_ *bench, v url.Values, _ *oidc.Transaction) {
			v.Del("code")
			v.Set("error", word)
			v.Set("error_description", "<script>alert(1)</script>")
		}
	}
	with := func(name, value string) func(*bench, url.Values, *oidc.Transaction) {
		return func(_ *bench, v url.Values, _ *oidc.Transaction) { v.Set(name, value) }
	}
	drop := func(name string) func(*bench, url.Values, *oidc.Transaction) {
		return func(_ *bench, v url.Values, _ *oidc.Transaction) { v.Del(name) }
	}
	repeat := func(name string) func(*bench, url.Values, *oidc.Transaction) {
		return func(_ *bench, v url.Values, _ *oidc.Transaction) { v.Add(name, v.Get(name)) }
	}
	for _, c := range []struct {
		name   string
		faults func(*optest.Faults)
		change func(*bench, url.Values, *oidc.Transaction)
		want   oidc.Reason
	}{
		{"OIDC-14/StateMissing", nil, drop("state"), oidc.ReasonStateMissing},
		{"OIDC-14/StateEmpty", nil, with("state", ""), oidc.ReasonStateMissing},
		{"OIDC-14/StateInvalid", nil, with("state", "other"), oidc.ReasonStateMismatch},
		{"OIDC-14/StatePrefix", nil, func(_ *bench, v url.Values, tx *oidc.Transaction) { v.Set("state", tx.State[:20]) }, oidc.ReasonStateMismatch},
		{"OIDC-14/TransactionEmpty", nil, func(_ *bench, _ url.Values, tx *oidc.Transaction) {
			*tx = oidc.Transaction{Provider: tx.Provider, Ends: tx.Ends}
		}, oidc.ReasonStateMismatch},
		{"OIDC-14/StateExpired", nil, func(b *bench, _ url.Values, _ *oidc.Transaction) { b.clock.Pass(10 * time.Minute) }, oidc.ReasonStateExpired},
		{"OIDC-14/JustInTime", nil, func(b *bench, _ url.Values, _ *oidc.Transaction) { b.clock.Pass(10*time.Minute - time.Second) }, ""},
		{"OIDC-14/ForeignTransaction", nil, func(b *bench, _ url.Values, tx *oidc.Transaction) { *tx = b.p.NewTransaction(oidc.Ask{}) }, oidc.ReasonStateMismatch},

		{"OIDC-15/ForeignNonce", nil, func(_ *bench, _ url.Values, tx *oidc.Transaction) { tx.Nonce = "other" }, oidc.ReasonNonceMismatch},
		{"OIDC-15/EmptyNonce", nil, func(_ *bench, _ url.Values, tx *oidc.Transaction) { tx.Nonce = "" }, oidc.ReasonNonceMismatch},
		{"OIDC-13/ForeignVerifier", nil, func(_ *bench, _ url.Values, tx *oidc.Transaction) { tx.Verifier = strings.Repeat("x", 43) }, oidc.ReasonCodeRefused},

		{"OIDC-16/IssMissing", nil, drop("iss"), oidc.ReasonIssuerMissing},
		{"OIDC-16/IssWrong", nil, with("iss", "https://other.example"), oidc.ReasonIssuerMismatch},
		{"OIDC-16/IssTrailingSlash", nil, func(b *bench, v url.Values, _ *oidc.Transaction) { v.Set("iss", b.op.Issuer+"/") }, oidc.ReasonIssuerMismatch},
		{"OIDC-16/IssEmpty", nil, with("iss", ""), oidc.ReasonIssuerMismatch},
		{"OIDC-16/NotPromisedAndMissing", silent, drop("iss"), ""},
		{"OIDC-16/NotPromisedAndRight", silent, func(*bench, url.Values, *oidc.Transaction) {}, ""},
		{"OIDC-16/NotPromisedAndWrong", silent, with("iss", "https://other.example"), oidc.ReasonIssuerMismatch},
		{"OIDC-16/ErrorWithoutIss", nil, func(b *bench, v url.Values, tx *oidc.Transaction) { failed("access_denied")(b, v, tx); v.Del("iss") }, oidc.ReasonIssuerMissing},
		{"OIDC-16/ErrorWithWrongIss", nil, func(b *bench, v url.Values, tx *oidc.Transaction) {
			failed("access_denied")(b, v, tx)
			v.Set("iss", "https://other.example")
		}, oidc.ReasonIssuerMismatch},

		{"OIDC-17/OtherProvidersTransaction", nil, func(_ *bench, _ url.Values, tx *oidc.Transaction) { tx.Provider = "entra" }, oidc.ReasonProviderMismatch},

		{"OIDC-19/StateTwice", nil, repeat("state"), oidc.ReasonRepeatedParameter},
		{"OIDC-19/CodeTwice", nil, repeat("code"), oidc.ReasonRepeatedParameter},
		{"OIDC-19/IssTwice", nil, repeat("iss"), oidc.ReasonRepeatedParameter},
		{"OIDC-19/SessionStateTwice", nil, func(_ *bench, v url.Values, _ *oidc.Transaction) { v["session_state"] = []string{"a", "b"} }, oidc.ReasonRepeatedParameter},
		{"OIDC-19/UnknownParameterIsIgnored", nil, with("session_state", "x"), ""},

		{"OIDC-20/AccessDenied", nil, failed("access_denied"), oidc.ReasonAccessDenied},
		{"OIDC-20/LoginRequired", nil, failed("login_required"), oidc.ReasonSignInRequired},
		{"OIDC-20/ServerError", nil, failed("server_error"), oidc.ReasonProviderError},
		{"OIDC-20/StrangeError", nil, failed("<script>alert(1)</script>"), oidc.ReasonProviderError},
		{"OIDC-20/EmptyError", nil, failed(""), oidc.ReasonProviderError},
		{"OIDC-20/ErrorBesideCode", nil, with("error", "access_denied"), oidc.ReasonAccessDenied},
		{"OIDC-20/ErrorWithoutState", nil, func(b *bench, v url.Values, tx *oidc.Transaction) { failed("access_denied")(b, v, tx); v.Del("state") }, oidc.ReasonStateMissing},
		{"OIDC-20/ErrorWithForeignState", nil, func(b *bench, v url.Values, tx *oidc.Transaction) {
			failed("access_denied")(b, v, tx)
			v.Set("state", "x")
		}, oidc.ReasonStateMismatch},

		{"CodeMissing", nil, drop("code"), oidc.ReasonCodeMissing},
		{"CodeTooLong", nil, with("code", strings.Repeat("x", 9<<10)), oidc.ReasonCodeMissing},
		{"CodeMadeUp", nil, with("code", "made up"), oidc.ReasonCodeRefused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			if c.faults != nil {
				b.op.Mutate(c.faults)
			}
			tx := b.p.NewTransaction(oidc.Ask{})
			address, err := b.p.AuthRequest(t.Context(), tx)
			if err != nil {
				t.Fatal(err)
			}
			callback := b.op.Authorize(t, address)
			c.change(b, callback, &tx)
			_, err = b.p.Exchange(t.Context(), callback, tx)
			if c.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			refused(t, err, c.want)
			safe, _ := errs.As(err)
			if strings.ContainsAny(safe.Safe, "<>") {
				t.Errorf("the provider's text reached the page: %q", safe.Safe)
			}
			early := strings.HasPrefix(c.name, "OIDC-14") || strings.HasPrefix(c.name, "OIDC-16") || strings.HasPrefix(c.name, "OIDC-2")
			if n := b.op.Count(optest.Token); early && n != 0 {
				t.Errorf("the code was redeemed although the callback was wrong (%d requests)", n)
			}
		})
	}
}

// OIDC-20: what the provider says about an error is for the log, in quotes.
func TestErrorDescriptionIsQuoted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tx := b.p.NewTransaction(oidc.Ask{})
	_, err := b.p.Exchange(t.Context(), url.Values{
		"state": {tx.State}, "iss": {b.op.Issuer}, "error": {"access_denied"},
		"error_description": {"no\nlevel=ERROR msg=\"forged\" \u202e" + strings.Repeat("x", 5000)},
	}, tx)
	r := refused(t, err, oidc.ReasonAccessDenied)
	if strings.ContainsAny(r.Detail, "\n\u202e") || len(r.Detail) > 400 {
		t.Errorf("detail is %q", r.Detail)
	}
	if !strings.HasPrefix(r.Detail, `access_denied "no\nlevel`) {
		t.Errorf("detail is %q", r.Detail)
	}
}

// OIDC-14: two tabs begin and finish independently, in any order.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.p.NewTransaction(oidc.Ask{}), b.p.NewTransaction(oidc.Ask{})
	for _, tx := range []oidc.Transaction{second, first} {
		address, err := b.p.AuthRequest(t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.p.Exchange(t.Context(), b.op.Authorize(t, address), tx)
		if err != nil {
			t.Errorf("refused: %v", err)
		}
	}
}

// OIDC-16, OIDC-17: two honest providers, their answers swapped.
func TestTwoProvidersSwapped(t *testing.T) {
	t.Parallel()
	a, b := setup(t), setup(t, func(c *oidc.Config) { c.Key, c.Name = "entra", "Entra" })
	tx := a.p.NewTransaction(oidc.Ask{})
	address, err := a.p.AuthRequest(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	callback := a.op.Authorize(t, address)
	_, err = b.p.Exchange(t.Context(), callback, tx)
	refused(t, err, oidc.ReasonProviderMismatch)

	other := b.p.NewTransaction(oidc.Ask{})
	callback.Set("state", other.State)
	_, err = b.p.Exchange(t.Context(), callback, other)
	refused(t, err, oidc.ReasonIssuerMismatch)
	if b.op.Count(optest.Token) != 0 {
		t.Error("the code of one provider was sent to the other")
	}
	_, err = b.p.AuthRequest(t.Context(), tx)
	refused(t, err, oidc.ReasonProviderMismatch)
}

// OIDC-15: a transaction without a nonce matches no token, not even one whose
// nonce is empty.
func TestEmptyNonceMatchesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.Mutate(claim("nonce", ""))
	tx := b.p.NewTransaction(oidc.Ask{})
	tx.Nonce = ""
	address, err := b.p.AuthRequest(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.p.Exchange(t.Context(), b.op.Authorize(t, address), tx)
	refused(t, err, oidc.ReasonNonceMismatch)
}

// A code works once; the second use is the provider's to refuse.
func TestCodeReplay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tx := b.p.NewTransaction(oidc.Ask{})
	address, err := b.p.AuthRequest(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	callback := b.op.Authorize(t, address)
	_, err = b.p.Exchange(t.Context(), callback, tx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.p.Exchange(t.Context(), callback, tx)
	refused(t, err, oidc.ReasonCodeRefused)
}

// TestTokenAnswer is what the token endpoint may say.
func TestTokenAnswer(t *testing.T) {
	t.Parallel()
	answer := func(change func(a map[string]any)) func(*optest.Faults) {
		return func(f *optest.Faults) { f.Answer = change }
	}
	malformed := oidc.ReasonAnswerMalformed
	runMutations(t, []mutation{
		{name: "IdTokenMissing", faults: answer(func(a map[string]any) { delete(a, "id_token") }), want: oidc.ReasonTokenMissing},
		{name: "IdTokenNumber", faults: answer(func(a map[string]any) { a["id_token"] = 7 }), want: oidc.ReasonTokenMissing},
		{name: "AccessTokenMissing", faults: answer(func(a map[string]any) { delete(a, "access_token") }), want: malformed},
		{name: "TokenTypeMissing", faults: answer(func(a map[string]any) { delete(a, "token_type") }), want: malformed},
		{name: "TokenTypeDPoP", faults: answer(func(a map[string]any) { a["token_type"] = "DPoP" }), want: malformed},
		{name: "TokenTypeLowerCase", faults: answer(func(a map[string]any) { a["token_type"] = "bearer" })},
		{name: "ErrorWithStatus200", faults: answer(func(a map[string]any) { a["error"] = "invalid_grant" }), want: oidc.ReasonCodeRefused},
		{name: "UnknownError", faults: answer(func(a map[string]any) { a["error"] = "teapot" }), want: oidc.ReasonProviderError},
		{name: "ExpiresInText", faults: answer(func(a map[string]any) { a["expires_in"] = "300" })},
		{name: "ExpiresInNonsense", faults: answer(func(a map[string]any) { a["expires_in"] = -1 })},
		{name: "WrongClientSecret", settings: func(c *oidc.Config) { c.ClientSecret = "wrong" }, want: oidc.ReasonClientRefused},
		{name: "WrongRedirect", prepare: func(_ *testing.T, b *bench) {
			b.op.Mutate(func(f *optest.Faults) { f.Callback = func(v url.Values) { v.Set("code", v.Get("code")+"x") } })
		}, want: oidc.ReasonCodeRefused},
	})
}
