package oidc_test

import (
	"crypto/rsa"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// logoutCase is one way a logout token may be wrong, and the reason it is
// refused for; none means that it is accepted.
type logoutCase struct {
	name     string
	settings func(*oidc.Config)
	faults   func(*optest.Faults)
	about    map[string]any
	want     oidc.Reason
}

func runLogouts(t *testing.T, table []logoutCase) {
	t.Helper()
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(o *oidc.Config) {
				if c.settings != nil {
					c.settings(o)
				}
			})
			if c.faults != nil {
				b.op.Mutate(c.faults)
			}
			about := c.about
			if about == nil {
				about = map[string]any{"sub": "u1", "sid": "s1"}
			}
			got, err := b.p.VerifyLogout(t.Context(), b.op.LogoutToken(about))
			if c.want != "" {
				refused(t, err, c.want)
				if got != nil {
					t.Error("a refusal must not carry a message")
				}
				return
			}
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			now := b.clock.Now()
			if got.Issuer != b.op.Issuer || got.TokenID == "" || !got.IssuedAt.Equal(now) && c.faults == nil || got.Until.Before(now) {
				t.Fatalf("got %+v", got)
			}
		})
	}
}

func logout(change func(c map[string]any)) func(*optest.Faults) {
	return func(f *optest.Faults) { f.Logout = change }
}

func said(name string, value any) func(*optest.Faults) {
	return logout(func(c map[string]any) { c[name] = value })
}

func unsaid(name string) func(*optest.Faults) {
	return logout(func(c map[string]any) { delete(c, name) })
}

func event(value any) func(*optest.Faults) {
	return said("events", map[string]any{oidc.LogoutEvent: value})
}

// The names are those of the OpenID Foundation's back-channel plan where it has
// a module for the rule.
func TestLogoutToken(t *testing.T) {
	t.Parallel()
	const none, other = oidc.ReasonEventMissing, "https://schemas.openid.net/secevent/risc/event-type/account-disabled"
	honest, evil := optest.NewKey("k1", "RS256"), optest.NewKey("evil", "RS256")
	modulus := honest.Private.(*rsa.PrivateKey).N.Bytes()
	runLogouts(t, []logoutCase{
		{name: "BackchannelRPInitLogout"},
		{name: "BCL-02/BackchannelRPInitLogoutAlgNone", faults: resigned("none", nil, set("alg", "none")), want: oidc.ReasonAlgRefused},
		{name: "BCL-02/BackchannelRPInitLogoutWrongAlg", faults: resigned("HS256", modulus, set("alg", "HS256")), want: oidc.ReasonAlgRefused},
		{name: "BCL-02/WrongKey", faults: resigned("RS256", evil.Private, nil), want: oidc.ReasonSignatureInvalid},
		{name: "BCL-02/BackchannelRPInitLogoutWrongIssuer", faults: said("iss", "https://other.example"), want: oidc.ReasonIssuerMismatch},
		{name: "BCL-02/IssuerWithSlash", faults: logout(func(c map[string]any) { c["iss"] = c["iss"].(string) + "/" }), want: oidc.ReasonIssuerMismatch},
		{name: "BCL-02/BackchannelRPInitLogoutWrongAud", faults: said("aud", "other"), want: oidc.ReasonAudienceMismatch},
		{name: "BCL-02/ExtraAud", faults: said("aud", []string{"rollcall", "evil"}), want: oidc.ReasonAudienceMismatch},
		{name: "BCL-02/AudMissing", faults: unsaid("aud"), want: oidc.ReasonAudienceMismatch},
		{name: "BCL-02/DuplicateSub", faults: payload(`"sub":"victim",`), want: oidc.ReasonClaimDuplicate},
		{name: "BCL-02/SUB", faults: payload(`"SUB":"victim",`), want: oidc.ReasonClaimDuplicate},
		{name: "BCL-02/SID", faults: payload(`"Sid":"victim",`), want: oidc.ReasonClaimDuplicate},
		{name: "BCL-02/Encrypted", faults: header("enc", "A256GCM"), want: oidc.ReasonTokenEncrypted},
		{name: "BCL-02/Critical", faults: header("crit", []string{"x"}), want: oidc.ReasonHeaderRefused},

		{name: "BCL-03/SubAlone", about: map[string]any{"sub": "u1"}},
		{name: "BCL-03/SidAlone", about: map[string]any{"sid": "s1"}},
		{name: "BCL-03/BackchannelRPInitLogoutNoSubAndSid", about: map[string]any{}, want: oidc.ReasonNobodyNamed},
		{name: "BCL-03/SubNull", about: map[string]any{"sub": nil, "sid": "s1"}, want: oidc.ReasonSubjectInvalid},
		{name: "BCL-03/SidNull", about: map[string]any{"sub": "u1", "sid": nil}, want: oidc.ReasonClaimMalformed},
		{name: "BCL-03/SidNumber", about: map[string]any{"sub": "u1", "sid": 7}, want: oidc.ReasonClaimMalformed},
		{name: "BCL-03/SidEmpty", about: map[string]any{"sub": "u1", "sid": ""}, want: oidc.ReasonClaimMalformed},
		{name: "BCL-03/SidTooLong", about: map[string]any{"sid": strings.Repeat("x", 256)}, want: oidc.ReasonClaimMalformed},
		{name: "BCL-03/SidWithNewLine", about: map[string]any{"sid": "a\nb"}, want: oidc.ReasonClaimMalformed},

		{name: "BCL-04/BackchannelRPInitLogoutNoEvent", faults: unsaid("events"), want: none},
		{name: "BCL-04/BackchannelRPInitLogoutWrongEvent", faults: said("events", map[string]any{other: map[string]any{}}), want: none},
		{name: "BCL-04/EventsText", faults: said("events", oidc.LogoutEvent), want: none},
		{name: "BCL-04/EventsList", faults: said("events", []string{oidc.LogoutEvent}), want: none},
		{name: "BCL-04/EventString", faults: event("{}"), want: none},
		{name: "BCL-04/EventNull", faults: event(nil), want: none},
		{name: "BCL-04/EventArray", faults: event([]any{}), want: none},
		{name: "BCL-04/EventTrue", faults: event(true), want: none},
		{name: "BCL-04/EventWithMembers", faults: event(map[string]any{"reason": "x"})},
		{name: "BCL-04/TwoEvents", faults: said("events", map[string]any{oidc.LogoutEvent: map[string]any{}, other: map[string]any{}}), want: none},
		{name: "BCL-04/Events", faults: logout(func(c map[string]any) { c["Events"] = c["events"]; delete(c, "events") }), want: oidc.ReasonClaimDuplicate},

		{name: "BCL-05/BackchannelRPInitLogoutWithNonce", faults: said("nonce", "n"), want: oidc.ReasonNoncePresent},
		{name: "BCL-05/NonceNull", faults: said("nonce", nil), want: oidc.ReasonNoncePresent},
		{name: "BCL-05/NonceEmpty", faults: said("nonce", ""), want: oidc.ReasonNoncePresent},

		{name: "BCL-06/JtiMissing", faults: unsaid("jti"), want: oidc.ReasonTokenIDMissing},
		{name: "BCL-06/JtiEmpty", faults: said("jti", ""), want: oidc.ReasonTokenIDMissing},
		{name: "BCL-06/JtiNumber", faults: said("jti", 7), want: oidc.ReasonTokenIDMissing},
		{name: "BCL-06/JtiTooLong", faults: said("jti", strings.Repeat("x", 256)), want: oidc.ReasonTokenIDMissing},
	})
}

// TestLogoutTokenTimes holds BCL-07, with a leeway of 60 seconds.
func TestLogoutTokenTimes(t *testing.T) {
	t.Parallel()
	at := func(iat, exp time.Duration) func(*optest.Faults) {
		return logout(func(c map[string]any) {
			now := c["iat"].(int64)
			c["iat"], c["exp"] = now+int64(iat/time.Second), now+int64(exp/time.Second)
		})
	}
	runLogouts(t, []logoutCase{
		{name: "BCL-07/IatMissing", faults: unsaid("iat"), want: oidc.ReasonTimeMissing},
		{name: "BCL-07/ExpMissing", faults: unsaid("exp"), want: oidc.ReasonTimeMissing},
		{name: "BCL-07/IatText", faults: said("iat", "now"), want: oidc.ReasonTimeMissing},
		{name: "BCL-07/ExpWithinLeeway", faults: at(-2*time.Minute, -59*time.Second)},
		{name: "BCL-07/Expired", faults: at(-3*time.Minute, -time.Minute), want: oidc.ReasonTokenExpired},
		{name: "BCL-07/IatAheadWithinLeeway", faults: at(time.Minute, 3*time.Minute)},
		{name: "BCL-07/IatAhead", faults: at(61*time.Second, 3*time.Minute), want: oidc.ReasonClockSkew},
		{name: "BCL-07/IatTenMinutesOld", faults: at(-10*time.Minute, -time.Second)},
		{name: "BCL-07/IatTooOld", faults: at(-11*time.Minute-time.Second, time.Minute), want: oidc.ReasonTokenOld},
		{name: "BCL-07/IatTenYearsOld", faults: at(-10*365*24*time.Hour, time.Minute), want: oidc.ReasonTokenOld},
		{name: "BCL-07/TenMinutes", faults: at(0, 10*time.Minute)},
		{name: "BCL-07/MoreThanTenMinutes", faults: at(0, 10*time.Minute+time.Second), want: oidc.ReasonTokenLifetime},
		{name: "BCL-07/ExpInAYear", faults: at(0, 365*24*time.Hour), want: oidc.ReasonTokenLifetime},
		{name: "BCL-07/ExpBeforeIat", faults: at(time.Minute, 0), want: oidc.ReasonClaimMalformed},
		{name: "BCL-07/NbfAhead", faults: logout(func(c map[string]any) { c["nbf"] = c["iat"].(int64) + 61 }), want: oidc.ReasonTokenNotYet},
	})
}

// TestLogoutTokenTyp holds BCL-08.
func TestLogoutTokenTyp(t *testing.T) {
	t.Parallel()
	strict := func(c *oidc.Config) { c.StrictLogoutTyp = true }
	absent := func(f *optest.Faults) { f.Header = func(h map[string]any) { delete(h, "typ") } }
	const kind = oidc.ReasonTypeRefused
	runLogouts(t, []logoutCase{
		{name: "BCL-08/LenientLogoutJWT"},
		{name: "BCL-08/LenientJWT", faults: header("typ", "JWT")},
		{name: "BCL-08/LenientAbsent", faults: absent},
		{name: "BCL-08/LenientOtherCase", faults: header("typ", "Logout+JWT")},
		{name: "BCL-08/LenientSecurityEvent", faults: header("typ", "secevent+jwt"), want: kind},
		{name: "BCL-08/LenientAccessToken", faults: header("typ", "at+jwt"), want: kind},
		{name: "BCL-08/LenientNull", faults: header("typ", nil), want: kind},
		{name: "BCL-08/LenientEmpty", faults: header("typ", ""), want: kind},
		{name: "BCL-08/LenientList", faults: header("typ", []string{"JWT"}), want: kind},
		{name: "BCL-08/StrictLogoutJWT", settings: strict},
		{name: "BCL-08/StrictJWT", settings: strict, faults: header("typ", "JWT"), want: kind},
		{name: "BCL-08/StrictAbsent", settings: strict, faults: absent, want: kind},
	})
}

// One kind of token is never taken for another, although issuer, audience, key
// and times are all right.
func TestKindsOfTokensStayApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.SignIn(map[string]any{"sub": "u1", "sid": "s1", "jti": "j1", "events": map[string]any{oidc.LogoutEvent: map[string]any{}}})
	_, err := b.p.VerifyLogout(t.Context(), b.op.IDToken("n"))
	refused(t, err, oidc.ReasonNoncePresent)
	b.op.SignIn(map[string]any{"sub": "u1", "sid": "s1"})
	_, err = b.p.VerifyLogout(t.Context(), b.op.IDToken(""))
	refused(t, err, oidc.ReasonEventMissing)

	b.op.Mutate(header("typ", "JWT"))
	token := b.op.LogoutToken(map[string]any{"sub": "u1", "nonce": "n"})
	b.op.Mutate(func(f *optest.Faults) { f.Answer = func(answer map[string]any) { answer["id_token"] = token } })
	_, err = b.signIn(t, oidc.Ask{})
	refused(t, err, oidc.ReasonTypeRefused)
}

// BCL-02, OIDC-11: of a provider with many tenants the issuer names the tenant,
// and it must be one of those allowed.
func TestLogoutTokenOfATenant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.Issuer += "/" + oidc.TenantMark + "/v2.0"
	b.config.Issuer, b.config.AllowedTenants = b.op.Issuer, []string{"ours"}
	b.p = b.provider(t)
	base := strings.TrimSuffix(b.op.Issuer, "/"+oidc.TenantMark+"/v2.0")
	b.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) {
			for name, path := range map[string]optest.Endpoint{"jwks_uri": optest.JWKS, "token_endpoint": optest.Token, "authorization_endpoint": optest.Authorize} {
				doc[name] = base + string(path)
			}
			for _, name := range []string{"userinfo_endpoint", "end_session_endpoint", "revocation_endpoint", "introspection_endpoint"} {
				delete(doc, name)
			}
		}
	})
	for tenant, want := range map[string]oidc.Reason{"ours": "", "theirs": oidc.ReasonIssuerMismatch} {
		b.op.Mutate(said("iss", base+"/"+tenant+"/v2.0"))
		_, err := b.p.VerifyLogout(t.Context(), b.op.LogoutToken(map[string]any{"sub": "u1"}))
		if want == "" && err != nil {
			t.Fatalf("%s refused: %v", tenant, err)
		}
		if want != "" {
			refused(t, err, want)
		}
	}
}

// BCL-13 with OIDC-05: a flood of tokens with made-up keys, made-up shapes and
// forged signatures makes the provider be asked twice at most.
func TestLogoutFloodDoesNotReachTheProvider(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if _, err := b.p.VerifyLogout(t.Context(), b.op.LogoutToken(map[string]any{"sub": "u1"})); err != nil {
		t.Fatal(err)
	}
	before := b.op.Count(optest.JWKS)
	evil := optest.NewKey("evil", "RS256")
	for i := range 200 {
		b.op.Mutate(func(f *optest.Faults) {
			f.Header = func(h map[string]any) { h["kid"] = fmt.Sprint("made-up-", i) }
			f.Sign = func(h, c []byte) string { return optest.Sign("RS256", evil.Private, h, c) }
		})
		if _, err := b.p.VerifyLogout(t.Context(), b.op.LogoutToken(map[string]any{"sub": "u1"})); err == nil {
			t.Fatal("a forged token was accepted")
		}
		if _, err := b.p.VerifyLogout(t.Context(), strings.Repeat("x.", i)); err == nil {
			t.Fatal("garbage was accepted")
		}
	}
	if n := b.op.Count(optest.JWKS) - before; n > 2 {
		t.Errorf("the keys were fetched %d times in a flood, want at most 2", n)
	}
}
