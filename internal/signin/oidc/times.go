package oidc

import (
	"slices"
	"time"
)

// Bounds of an ID token's times (OIDC-28).
const (
	maxAgeAtSignIn = 10 * time.Minute
	maxLifetime    = 24 * time.Hour
)

// judgeTimes holds exp, iat and nbf against our clock. The token has just come
// from the provider, so when a time does not fit and the provider's own clock
// (skew, from the Date of its answer) differs as well, the clocks are named as
// the cause: that is something an admin can mend.
func (p *Provider) judgeTimes(c claimSet, skew time.Duration) *Refusal {
	now, leeway := p.now(), p.config.Leeway
	exp, ends := c.instant("exp")
	iat, begun := c.instant("iat")
	if !ends || !begun {
		return p.refuse(ReasonTimeMissing).detail("exp usable %t, iat usable %t", ends, begun)
	}
	unfit := func(reason Reason) *Refusal {
		if skew.Abs() > leeway {
			return skewed(p.config.Name, skew)
		}
		return p.refuse(reason).detail("iat %s, exp %s, now %s", stamp(iat), stamp(exp), stamp(now))
	}
	if nbf, said := c["nbf"]; said {
		from, ok := c.instant("nbf")
		if !ok {
			return p.refuse(ReasonClaimMalformed).detail("nbf %.40v", nbf)
		}
		if from.After(now.Add(leeway)) {
			return unfit(ReasonTokenNotYet)
		}
	}
	switch {
	case iat.After(now.Add(leeway)):
		return skewed(p.config.Name, iat.Sub(now))
	case now.Sub(iat) > maxAgeAtSignIn+leeway:
		return unfit(ReasonTokenOld)
	case !now.Before(exp.Add(leeway)):
		return unfit(ReasonTokenExpired)
	case !exp.After(iat):
		return p.refuse(ReasonClaimMalformed).detail("exp is not after iat")
	case exp.Sub(iat) > maxLifetime:
		return p.refuse(ReasonTokenLifetime).detail("exp - iat = %s", exp.Sub(iat))
	}
	return nil
}

// judgeStrength holds the token against what this sign-in asked for. What the
// provider does not say counts as the weakest (OIDC-31, OIDC-32).
func (p *Provider) judgeStrength(c claimSet, tx Transaction) *Refusal {
	ask := tx.Ask
	when, ok := c.instant("auth_time")
	if said, present := c["auth_time"]; present && !ok {
		return p.refuse(ReasonClaimMalformed).detail("auth_time %.40v", said)
	}
	if ask.MaxAge != nil {
		asked, age := p.now(), p.now().Sub(when)
		if *ask.MaxAge == 0 {
			asked = tx.Begun
		}
		switch {
		case !ok:
			return p.refuse(ReasonAuthTimeMissing)
		case age < -p.config.Leeway:
			return skewed(p.config.Name, -age)
		case asked.Sub(when) > *ask.MaxAge+p.config.Leeway:
			return p.refuse(ReasonAuthTooOld).detail("signed in %s ago, asked for %s ago, allowed %s",
				age.Round(time.Second), p.now().Sub(tx.Begun).Round(time.Second), *ask.MaxAge)
		}
	}
	if len(ask.ACR) > 0 && !slices.Contains(ask.ACR, text(c, "acr")) {
		return p.refuse(ReasonAuthTooWeak).detail("acr %.80q", text(c, "acr"))
	}
	if len(ask.AMR) > 0 {
		methods, _ := texts(c["amr"])
		if !slices.ContainsFunc(methods, func(m string) bool { return slices.Contains(ask.AMR, m) }) {
			return p.refuse(ReasonAuthTooWeak).detail("amr %.200q", methods)
		}
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
