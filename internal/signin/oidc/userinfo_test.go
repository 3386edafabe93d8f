package oidc_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// TestUserInfo holds OIDC-34.
func TestUserInfo(t *testing.T) {
	t.Parallel()
	info := func(signed bool, change func(c map[string]any)) func(*optest.Faults) {
		return func(f *optest.Faults) { f.UserInfo, f.SignInfo = change, signed }
	}
	change := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	drop := func(name string) func(map[string]any) {
		return func(c map[string]any) { delete(c, name) }
	}
	table := []mutation{
		{name: "Plain", faults: info(false, nil)},
		{name: "InvalidSubInUserinfoResponse", faults: info(false, change("sub", "victim")), want: oidc.ReasonUserInfoMismatch},
		{name: "MissingSub", faults: info(false, drop("sub")), want: oidc.ReasonUserInfoMismatch},
		{name: "SubNumber", faults: info(false, change("sub", 1)), want: oidc.ReasonUserInfoMismatch},
		{name: "SubOtherCase", faults: info(false, change("sub", "U1")), want: oidc.ReasonUserInfoMismatch},
		{name: "LookalikeSub", faults: info(false, change("Sub", "u1")), want: oidc.ReasonUserInfoMalformed},
		{name: "Signed", faults: info(true, nil)},
		{name: "SignedForAnotherAudience", faults: info(true, change("aud", "other")), want: oidc.ReasonAudienceMismatch},
		{name: "SignedWithoutAudience", faults: info(true, drop("aud")), want: oidc.ReasonAudienceMismatch},
		{name: "SignedByAnotherIssuer", faults: info(true, change("iss", "https://other.example")), want: oidc.ReasonIssuerMismatch},
		{name: "SignedWithoutIssuer", faults: info(true, drop("iss")), want: oidc.ReasonIssuerMismatch},
		{name: "SignedWrongSub", faults: info(true, change("sub", "victim")), want: oidc.ReasonUserInfoMismatch},
		{name: "SignedExpired", faults: info(true, change("exp", 1)), want: oidc.ReasonTokenExpired},
		{name: "SignedWithEvents", faults: info(true, change("events", map[string]any{})), want: oidc.ReasonTypeRefused},
		{name: "HeldClaimsUnreadable", faults: info(false, change("_claim_names", 1)), want: oidc.ReasonClaimMalformed},
	}
	for i := range table {
		table[i].name = "OIDC-34/" + table[i].name
		table[i].settings = func(c *oidc.Config) { c.UserInfo = true }
	}
	runMutations(t, table)

	t.Run("OIDC-34/SignedByForeignKey", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(c *oidc.Config) { c.UserInfo = true })
		b.op.Mutate(func(f *optest.Faults) {
			f.SignInfo = true
			f.UserInfo = func(map[string]any) { f.Sign = resignedBy(optest.NewKey("evil", "RS256")) }
		})
		_, err := b.signIn(t, oidc.Ask{})
		refused(t, err, oidc.ReasonSignatureInvalid)
	})
	t.Run("OIDC-34/BearerInHeaderOnly", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(c *oidc.Config) { c.UserInfo = true })
		grant := b.mustSignIn(t)
		seen := b.op.Seen(optest.UserInfo)
		if len(seen) != 1 || seen[0].Header.Get("Authorization") != "Bearer "+grant.Tokens.Access.Reveal() || len(seen[0].Form) != 0 {
			t.Errorf("asked with %+v", seen)
		}
	})
	t.Run("NotConfiguredNotAsked", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.mustSignIn(t)
		if b.op.Count(optest.UserInfo) != 0 {
			t.Error("asked although it is not configured")
		}
	})
}

func resignedBy(key *optest.Key) func(header, payload []byte) string {
	return func(header, payload []byte) string { return optest.Sign(key.Alg, key.Private, header, payload) }
}

// The ID token wins where both speak; UserInfo states nothing about the
// sign-in itself, and its word on verification stays with its own address.
func TestUserInfoIsAddedToTheIDToken(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *oidc.Config) { c.UserInfo = true })
	b.op.SignIn(map[string]any{"sub": "u1", "name": "From Token", "email": "ada@example.com"})
	b.op.Mutate(func(f *optest.Faults) {
		f.UserInfo = func(c map[string]any) {
			for name, value := range map[string]any{
				"name": "From UserInfo", "given_name": "Ada", "email": "victim@example.com", "email_verified": true,
				"acr": "gold", "amr": []string{"hwk"}, "sid": "forged", "groups": []string{"staff"},
			} {
				c[name] = value
			}
		}
	})
	got := b.mustSignIn(t).Identity
	if got.Name != "From Token" || got.GivenName != "Ada" || got.Email != "ada@example.com" {
		t.Errorf("got %+v", got)
	}
	if got.EmailVerified {
		t.Error("another address was verified, not this one")
	}
	if got.ACR != "" || got.AMR != nil || got.SID != "" {
		t.Errorf("UserInfo stated the strength of the sign-in: %q %q %q", got.ACR, got.AMR, got.SID)
	}
	if diff := cmp.Diff([]string{"staff"}, got.Groups.Values); diff != "" {
		t.Error(diff)
	}
}

// OIDC-37: held-back claims are unknown, whoever notes that they are.
func TestClaimOverage(t *testing.T) {
	t.Parallel()
	entra := map[string]any{
		"_claim_names":   map[string]any{"groups": "src1"},
		"_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "https://graph.example/users/1/getMemberObjects"}},
	}
	put := func(from map[string]any) func(map[string]any) {
		return func(c map[string]any) {
			delete(c, "groups")
			for name, value := range from {
				c[name] = value
			}
		}
	}
	with := func(more map[string]any) map[string]any {
		out := map[string]any{"groups": []string{"staff"}}
		for name, value := range more {
			out[name] = value
		}
		return out
	}
	for _, c := range []struct {
		name     string
		token    map[string]any
		info     map[string]any
		settings func(*oidc.Config)
		groups   oidc.List
		unknown  []string
	}{
		{name: "Overage", token: entra, groups: oidc.List{State: oidc.Unknown}, unknown: []string{"groups"}},
		{name: "OverageBesideAPartialList", token: with(entra), groups: oidc.List{State: oidc.Unknown}, unknown: []string{"groups"}},
		{name: "HasGroups", token: map[string]any{"hasgroups": true}, groups: oidc.List{State: oidc.Unknown}, unknown: []string{"groups"}},
		{name: "OtherClaimHeld", token: with(map[string]any{
			"_claim_names": map[string]any{"address": "s"}, "_claim_sources": map[string]any{"s": map[string]any{"JWT": "x"}},
		}), groups: oidc.List{State: oidc.Given, Values: []string{"staff"}}, unknown: []string{"address"}},
		{name: "HeldInUserInfo", token: map[string]any{}, info: entra, groups: oidc.List{State: oidc.Unknown}, unknown: []string{"groups"}},
		{name: "Absent", token: map[string]any{}, groups: oidc.List{State: oidc.Absent}},
		{name: "Null", token: map[string]any{"groups": nil}, groups: oidc.List{State: oidc.Absent}},
		{name: "EmptyList", token: map[string]any{"groups": []string{}}, groups: oidc.List{State: oidc.Given, Values: []string{}}},
		{name: "OneText", token: map[string]any{"groups": "staff"}, groups: oidc.List{State: oidc.Given, Values: []string{"staff"}}},
		{name: "Number", token: map[string]any{"groups": 7}, groups: oidc.List{State: oidc.Unknown}},
		{name: "ListOfObjects", token: map[string]any{"groups": []any{map[string]any{"id": 1}}}, groups: oidc.List{State: oidc.Unknown}},
		{name: "Path", token: map[string]any{"realm": map[string]any{"groups": []string{"a"}}},
			settings: func(c *oidc.Config) { c.Claims.Groups = "realm.groups" }, groups: oidc.List{State: oidc.Given, Values: []string{"a"}}},
		{name: "HeldRootOfAPath", token: map[string]any{
			"_claim_names": map[string]any{"realm": "s"}, "_claim_sources": map[string]any{"s": map[string]any{}},
		}, settings: func(c *oidc.Config) { c.Claims.Groups = "realm.groups" }, groups: oidc.List{State: oidc.Unknown}, unknown: []string{"realm"}},
		{name: "NameWithDots", token: map[string]any{"https://example.com/groups": []string{"a"}},
			settings: func(c *oidc.Config) { c.Claims.Groups = "https://example.com/groups" }, groups: oidc.List{State: oidc.Given, Values: []string{"a"}}},
	} {
		t.Run("OIDC-37/"+c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(cfg *oidc.Config) {
				cfg.UserInfo = c.info != nil
				if c.settings != nil {
					c.settings(cfg)
				}
			})
			b.op.Mutate(func(f *optest.Faults) { f.Claims, f.UserInfo = put(c.token), put(c.info) })
			got := b.mustSignIn(t).Identity
			if diff := cmp.Diff(c.groups, got.Groups); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.unknown, got.Unknown); diff != "" {
				t.Errorf("unknown (-want +got):\n%s", diff)
			}
			if got.Knows("groups") != (len(c.unknown) == 0 || c.unknown[0] != "groups") {
				t.Error("Knows disagrees with Unknown")
			}
		})
	}
	malformed := oidc.ReasonClaimMalformed
	runMutations(t, []mutation{
		{name: "OIDC-37/NamesNotAnObject", faults: claim("_claim_names", "groups"), want: malformed},
		{name: "OIDC-37/SourceMissing", faults: claim("_claim_names", map[string]any{"groups": "src1"}), want: malformed},
		{name: "OIDC-37/SourceNotAText", faults: claim("_claim_names", map[string]any{"groups": 1}), want: malformed},
	})
}

// TestIdentityText is what becomes of names and addresses.
func TestIdentityText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		person   map[string]any
		email    string
		verified bool
		full     string
	}{
		{"Verified", map[string]any{"email": "a@b.example", "email_verified": true}, "a@b.example", true, ""},
		{"VerifiedText", map[string]any{"email": "a@b.example", "email_verified": "true"}, "a@b.example", false, ""},
		{"VerifiedNumber", map[string]any{"email": "a@b.example", "email_verified": 1}, "a@b.example", false, ""},
		{"VerifiedAbsent", map[string]any{"email": "a@b.example"}, "a@b.example", false, ""},
		{"VerifiedWithoutAddress", map[string]any{"email_verified": true}, "", false, ""},
		{"NoAt", map[string]any{"email": "ab.example", "email_verified": true}, "", false, ""},
		{"TwoAt", map[string]any{"email": "a@b@c.example", "email_verified": true}, "", false, ""},
		{"LineBreak", map[string]any{"email": "a@b.example\nbcc: x", "email_verified": true}, "", false, ""},
		{"ZeroWidth", map[string]any{"email": "a\u200b@b.example", "email_verified": true}, "", false, ""},
		{"TooLong", map[string]any{"email": strings.Repeat("a", 250) + "@b.example", "email_verified": true}, "", false, ""},
		{"AddressList", map[string]any{"email": []string{"a@b.example"}, "email_verified": true}, "", false, ""},
		{"NameOfControls", map[string]any{"name": "Ada\x00\x1b[31m \r\n Example"}, "", false, "Ada[31m Example"},
		{"NameTurned", map[string]any{"name": "Ada \u202egpj.exe\u2066"}, "", false, "Ada gpj.exe"},
		{"NameRightToLeftScript", map[string]any{"name": "עדה"}, "", false, "עדה"},
		{"NameLong", map[string]any{"name": strings.Repeat("ä", 300)}, "", false, strings.Repeat("ä", 256)},
		{"NameNumber", map[string]any{"name": 7}, "", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			c.person["sub"] = "u1"
			b.op.SignIn(c.person)
			got := b.mustSignIn(t).Identity
			if got.Email != c.email || got.EmailVerified != c.verified || got.Name != c.full {
				t.Errorf("got %q verified %t, name %q", got.Email, got.EmailVerified, got.Name)
			}
		})
	}
}
