package oidc_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// shifted makes a fault that moves a time of the token, relative to now.
func shifted(moves map[string]time.Duration) func(*testing.T, *bench) {
	return func(_ *testing.T, b *bench) {
		b.op.Mutate(claims(func(c map[string]any) {
			for name, by := range moves {
				c[name] = b.clock.Now().Add(by).Unix()
			}
		}))
	}
}

// TestIDTokenDecoding holds OIDC-25: nothing may be said twice, in any spelling.
func TestIDTokenDecoding(t *testing.T) {
	t.Parallel()
	twice := oidc.ReasonClaimDuplicate
	runMutations(t, []mutation{
		{name: "OIDC-25/DuplicateSub", faults: payload(`"sub":"victim",`), want: twice},
		{name: "OIDC-25/DuplicateSubEscaped", faults: payload(`"s\u0075b":"victim",`), want: twice},
		{name: "OIDC-25/SUB", faults: payload(`"SUB":"victim",`), want: twice},
		{name: "OIDC-25/Sub", faults: claim("Sub", "victim"), want: twice},
		{name: "OIDC-25/LongS", faults: claim("ſub", "victim"), want: twice}, // U+017F folds to s
		{name: "OIDC-25/Aud", faults: claim("Aud", "other"), want: twice},
		{name: "OIDC-25/EMAIL", faults: claim("EMAIL", "victim@example.com"), want: twice},
		{name: "OIDC-25/Email_Verified", faults: claim("Email_Verified", true), want: twice},
		{name: "OIDC-25/Nonce", faults: claim("Nonce", "x"), want: twice},
		{name: "OIDC-25/AZP", faults: claim("AZP", "evil"), want: twice},
		{name: "OIDC-25/DuplicateNested", faults: payload(`"address":{"a":1,"a":2},`), want: twice},
		{name: "OIDC-25/DuplicateCustom", faults: payload(`"dept":"a","dept":"b",`), want: twice},
		{name: "OIDC-25/OtherNamesMayDiffer", faults: payload(`"Dept":"a","dept":"b",`)},
		{name: "NotUTF8", faults: payload("\"x\":\"\xff\","), want: oidc.ReasonTokenMalformed},
		{name: "TrailingText", faults: func(f *optest.Faults) {
			f.Payload = func(b []byte) []byte { return append(b, `{"sub":"victim"}`...) }
		}, want: oidc.ReasonTokenMalformed},
		{name: "NotAnObject", faults: func(f *optest.Faults) {
			f.Payload = func([]byte) []byte { return []byte(`["sub"]`) }
		}, want: oidc.ReasonTokenMalformed},
		{name: "DeeplyNested", faults: payload(`"x":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `,`), want: oidc.ReasonTokenMalformed},
	})
}

// TestIDTokenSubjectAndAudience holds OIDC-11, OIDC-26 and OIDC-27.
func TestIDTokenSubjectAndAudience(t *testing.T) {
	t.Parallel()
	subject, audience, party := oidc.ReasonSubjectInvalid, oidc.ReasonAudienceMismatch, oidc.ReasonPartyMismatch
	api := func(c *oidc.Config) { c.ExtraAudiences = []string{"api"} }
	both := func(c map[string]any) { c["aud"] = []string{"rollcall", "api"} }
	runMutations(t, []mutation{
		{name: "OIDC-26/MissingSubInIdToken", faults: without("sub"), want: subject},
		{name: "OIDC-26/Number", faults: claim("sub", 7), want: subject},
		{name: "OIDC-26/Null", faults: claim("sub", nil), want: subject},
		{name: "OIDC-26/Empty", faults: claim("sub", ""), want: subject},
		{name: "OIDC-26/255Characters", faults: claim("sub", strings.Repeat("x", 255))},
		{name: "OIDC-26/256Characters", faults: claim("sub", strings.Repeat("x", 256)), want: subject},
		{name: "OIDC-26/300Characters", faults: claim("sub", strings.Repeat("x", 300)), want: subject},
		{name: "OIDC-26/NotASCII", faults: claim("sub", "u\u00e4"), want: subject},
		{name: "OIDC-26/NUL", faults: claim("sub", "u1\x00"), want: subject},
		{name: "OIDC-26/NewLine", faults: claim("sub", "u1\nu2"), want: subject},

		{name: "OIDC-01/InvalidIss", faults: claim("iss", "https://other.example"), want: oidc.ReasonIssuerMismatch},
		{name: "OIDC-01/IssTrailingSlash", faults: claims(func(c map[string]any) { c["iss"] = c["iss"].(string) + "/" }), want: oidc.ReasonIssuerMismatch},
		{name: "OIDC-01/MissingIss", faults: without("iss"), want: oidc.ReasonIssuerMismatch},
		{name: "OIDC-01/IssNotAText", faults: claim("iss", []string{"x"}), want: oidc.ReasonIssuerMismatch},

		{name: "OIDC-27/InvalidAud", faults: claim("aud", "other"), want: audience},
		{name: "OIDC-27/MissingAud", faults: without("aud"), want: audience},
		{name: "OIDC-27/AudNumber", faults: claim("aud", 7), want: audience},
		{name: "OIDC-27/AudEmptyList", faults: claim("aud", []string{}), want: audience},
		{name: "OIDC-27/AudCase", faults: claim("aud", "Rollcall"), want: audience},
		{name: "OIDC-27/AudListOfOne", faults: claim("aud", []string{"rollcall"})},
		{name: "OIDC-27/ExtraAudWithoutAzp", faults: claim("aud", []string{"rollcall", "evil"}), want: audience},
		{name: "OIDC-27/ExtraAudWithAzp", faults: claims(func(c map[string]any) {
			c["aud"], c["azp"] = []string{"rollcall", "evil"}, "rollcall"
		}), want: audience},
		{name: "OIDC-27/AllowedAudWithoutAzp", settings: api, faults: claims(both), want: party},
		{name: "OIDC-27/AllowedAudWithAzp", settings: api, faults: claims(func(c map[string]any) { both(c); c["azp"] = "rollcall" })},
		{name: "OIDC-27/AllowedAudWithForeignAzp", settings: api, faults: claims(func(c map[string]any) { both(c); c["azp"] = "api" }), want: party},
		{name: "OIDC-27/AzpEvil", faults: claim("azp", "evil"), want: party},
		{name: "OIDC-27/AzpNull", faults: claim("azp", nil), want: party},
		{name: "OIDC-27/AzpOurs", faults: claim("azp", "rollcall")},
	})
}

// TestIDTokenTimes holds OIDC-28, with a leeway of 60 seconds.
func TestIDTokenTimes(t *testing.T) {
	t.Parallel()
	at := func(name string, by time.Duration) func(*testing.T, *bench) {
		return shifted(map[string]time.Duration{name: by})
	}
	both := func(iat, exp time.Duration) func(*testing.T, *bench) {
		return shifted(map[string]time.Duration{"iat": iat, "exp": exp})
	}
	missing := oidc.ReasonTimeMissing
	runMutations(t, []mutation{
		{name: "OIDC-28/MissingIat", faults: without("iat"), want: missing},
		{name: "OIDC-28/MissingExp", faults: without("exp"), want: missing},
		{name: "OIDC-28/ExpText", faults: claim("exp", "1800000000"), want: missing},
		{name: "OIDC-28/IatNull", faults: claim("iat", nil), want: missing},
		{name: "OIDC-28/ExpNegative", faults: claim("exp", -1), want: missing},
		{name: "OIDC-28/ExpBeyondEveryYear", faults: claim("exp", 1e30), want: missing},
		{name: "OIDC-28/IatFraction", prepare: func(_ *testing.T, b *bench) {
			b.op.Mutate(claim("iat", float64(b.clock.Now().Unix())+0.5))
		}},
		{name: "OIDC-28/ExpWithinLeeway", prepare: both(-2*time.Minute, -59*time.Second)},
		{name: "OIDC-28/ExpPast", prepare: both(-2*time.Minute, -60*time.Second), want: oidc.ReasonTokenExpired},
		{name: "OIDC-28/IatAheadWithinLeeway", prepare: at("iat", time.Minute)},
		{name: "OIDC-28/IatAhead", prepare: at("iat", 61*time.Second), want: oidc.ReasonClockSkew},
		{name: "OIDC-28/IatADayAhead", prepare: both(24*time.Hour, 25*time.Hour), want: oidc.ReasonClockSkew},
		{name: "OIDC-28/IatElevenMinutesOld", prepare: at("iat", -11*time.Minute)},
		{name: "OIDC-28/IatTooOld", prepare: at("iat", -11*time.Minute-time.Second), want: oidc.ReasonTokenOld},
		{name: "OIDC-28/IatTenYearsOld", prepare: at("iat", -10*365*24*time.Hour), want: oidc.ReasonTokenOld},
		{name: "OIDC-28/ExpInADay", prepare: at("exp", 24*time.Hour)},
		{name: "OIDC-28/ExpInMoreThanADay", prepare: at("exp", 24*time.Hour+time.Second), want: oidc.ReasonTokenLifetime},
		{name: "OIDC-28/ExpInYear9999", faults: claim("exp", 253402300799), want: oidc.ReasonTokenLifetime},
		{name: "OIDC-28/ExpBeforeIat", prepare: both(30*time.Second, 0), want: oidc.ReasonClaimMalformed},
		{name: "OIDC-28/NbfWithinLeeway", prepare: at("nbf", time.Minute)},
		{name: "OIDC-28/NbfAhead", prepare: at("nbf", 61*time.Second), want: oidc.ReasonTokenNotYet},
		{name: "OIDC-28/NbfText", faults: claim("nbf", "now"), want: oidc.ReasonClaimMalformed},
		{name: "OIDC-28/LeewayOfFiveMinutes", settings: func(c *oidc.Config) { c.Leeway = 5 * time.Minute }, prepare: both(5*time.Minute, 10*time.Minute)},
	})
}

// A clock that is off is named with the measured difference, whichever way it
// is off: that is what an admin can mend.
func TestClockSkewIsMeasured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, cause string
		ahead       time.Duration
	}{
		{"Ahead", "Clock difference of 9 minutes between Rollcall and Keycloak.", 9 * time.Minute},
		{"Behind", "Clock difference of 20 minutes between Rollcall and Keycloak.", -20 * time.Minute},
		{"FarBehind", "Clock difference of 3 days between Rollcall and Keycloak.", -72 * time.Hour},
		{"ByOneHourAndAHalf", "Clock difference of 90 minutes between Rollcall and Keycloak.", 90 * time.Minute},
		{"BySeconds", "Clock difference of 75 seconds between Rollcall and Keycloak.", 75 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.op.SetNow(func() time.Time { return b.clock.Now().Add(c.ahead) })
			_, err := b.signIn(t, oidc.Ask{})
			r := refused(t, err, oidc.ReasonClockSkew)
			if r.Skew != c.ahead || r.Cause != c.cause {
				t.Errorf("measured %s, said %q", r.Skew, r.Cause)
			}
		})
	}
}

// TestIDTokenKind holds OIDC-29 and OIDC-33: other tokens are never ID tokens.
func TestIDTokenKind(t *testing.T) {
	t.Parallel()
	kind := oidc.ReasonTypeRefused
	compact := func(change func(string) string) func(*optest.Faults) {
		return func(f *optest.Faults) { f.Compact = change }
	}
	runMutations(t, []mutation{
		{name: "OIDC-29/at+jwt", faults: header("typ", "at+jwt"), want: kind},
		{name: "OIDC-29/logout+jwt", faults: header("typ", "logout+jwt"), want: kind},
		{name: "OIDC-29/secevent+jwt", faults: header("typ", "secevent+jwt"), want: kind},
		{name: "OIDC-29/TypNull", faults: header("typ", nil), want: kind},
		{name: "OIDC-29/TypAbsent", faults: func(f *optest.Faults) {
			f.Header = func(h map[string]any) { delete(h, "typ") }
		}},
		{name: "OIDC-29/Events", faults: claim("events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}), want: kind},
		{name: "OIDC-29/EventsNull", faults: claim("events", nil), want: kind},

		{name: "OIDC-33/FiveParts", faults: compact(func(s string) string { return s + ".x.y" }), want: oidc.ReasonTokenEncrypted},
		{name: "OIDC-33/EncHeader", faults: header("enc", "A256GCM"), want: oidc.ReasonTokenEncrypted},
		{name: "OIDC-33/TooLarge", faults: claim("x", strings.Repeat("x", 64<<10)), want: oidc.ReasonTokenTooLarge},
		{name: "OIDC-33/HalfAMegabyte", faults: compact(func(s string) string { return s + strings.Repeat("x", 1<<19) }), want: oidc.ReasonTokenTooLarge},
		{name: "OIDC-33/OneMegabyte", faults: compact(func(s string) string { return s + strings.Repeat("x", 1<<20) }), want: oidc.ReasonAnswerMalformed},
		{name: "TwoParts", faults: compact(func(s string) string { return s[:strings.LastIndex(s, ".")] }), want: oidc.ReasonTokenMalformed},
		{name: "JSONSerialization", faults: compact(func(s string) string { return `{"payload":"` + s + `"}` }), want: oidc.ReasonTokenMalformed},
	})
}

// TestNonceAndHashes holds OIDC-15 and OIDC-30.
func TestNonceAndHashes(t *testing.T) {
	t.Parallel()
	runMutations(t, []mutation{
		{name: "OIDC-15/NonceInvalid", faults: claim("nonce", "wrong"), want: oidc.ReasonNonceMismatch},
		{name: "OIDC-15/NonceMissing", faults: without("nonce"), want: oidc.ReasonNonceMissing},
		{name: "OIDC-15/NonceEmpty", faults: claim("nonce", ""), want: oidc.ReasonNonceMismatch},
		{name: "OIDC-15/NonceNull", faults: claim("nonce", nil), want: oidc.ReasonNonceMismatch},
		{name: "OIDC-30/InvalidAtHash", faults: claim("at_hash", optest.HalfHash("RS256", "another token")), want: oidc.ReasonHashMismatch},
		{name: "OIDC-30/AtHashEmpty", faults: claim("at_hash", ""), want: oidc.ReasonHashMismatch},
		{name: "OIDC-30/AtHashNull", faults: claim("at_hash", nil), want: oidc.ReasonHashMismatch},
		{name: "OIDC-30/AtHashNumber", faults: claim("at_hash", 7), want: oidc.ReasonHashMismatch},
		{name: "OIDC-30/AtHashAbsent", faults: without("at_hash")},
		{name: "OIDC-30/OtherAccessToken", faults: func(f *optest.Faults) {
			f.Answer = func(a map[string]any) { a["access_token"] = "swapped" }
		}, want: oidc.ReasonHashMismatch},
	})
}

// TestStrength holds OIDC-31 and OIDC-32: what was asked for must be there.
func TestStrength(t *testing.T) {
	t.Parallel()
	fresh := oidc.Ask{MaxAge: pointer(time.Duration(0))}
	hour := oidc.Ask{MaxAge: pointer(time.Hour)}
	gold := oidc.Ask{ACR: []string{"gold", "platinum"}}
	factor := oidc.Ask{AMR: []string{"otp", "hwk"}}
	old := func(by time.Duration) func(*testing.T, *bench) {
		return shifted(map[string]time.Duration{"auth_time": by})
	}
	weak := oidc.ReasonAuthTooWeak
	runMutations(t, []mutation{
		{name: "OIDC-31/FreshNow", ask: fresh},
		{name: "OIDC-31/FreshWithinLeeway", ask: fresh, prepare: old(-time.Minute)},
		{name: "OIDC-31/OldAuthTime", ask: fresh, prepare: old(-61 * time.Second), want: oidc.ReasonAuthTooOld},
		{name: "OIDC-31/HourOld", ask: hour, prepare: old(-time.Hour)},
		{name: "OIDC-31/MoreThanAnHourOld", ask: hour, prepare: old(-time.Hour - 61*time.Second), want: oidc.ReasonAuthTooOld},
		{name: "OIDC-31/MissingAuthTime", ask: hour, faults: without("auth_time"), want: oidc.ReasonAuthTimeMissing},
		{name: "OIDC-31/AuthTimeText", ask: hour, faults: claim("auth_time", "today"), want: oidc.ReasonClaimMalformed},
		{name: "OIDC-31/AuthTimeAhead", ask: hour, prepare: old(2 * time.Minute), want: oidc.ReasonClockSkew},
		{name: "OIDC-31/NotAskedNotChecked", prepare: old(-1000 * time.Hour)},
		{name: "OIDC-32/AcrInSet", ask: gold, faults: claim("acr", "platinum")},
		{name: "OIDC-32/AcrOmitted", ask: gold, want: weak},
		{name: "OIDC-32/AcrLower", ask: gold, faults: claim("acr", "silver"), want: weak},
		{name: "OIDC-32/AcrList", ask: gold, faults: claim("acr", []string{"gold"}), want: weak},
		{name: "OIDC-32/AmrOneOf", ask: factor, faults: claim("amr", []string{"pwd", "otp"})},
		{name: "OIDC-32/AmrOmitted", ask: factor, want: weak},
		{name: "OIDC-32/AmrOther", ask: factor, faults: claim("amr", []string{"pwd"}), want: weak},
		{name: "OIDC-32/AmrText", ask: factor, faults: claim("amr", "otp"), want: weak},
	})
}
