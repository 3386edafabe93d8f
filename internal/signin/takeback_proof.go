package signin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/wire/oauth"
	"github.com/rollcall/rollcall/models"
)

// Look is one way of looking at one token that was held, before it was taken back
// and after. One that never saw it alive proves nothing by seeing it dead.
type Look struct {
	Token         oauth.Kind
	Provider      string // name
	Introspected  bool   // false: it was used
	Before, After *Glance
}

// Glance is what a look saw at one moment.
type Glance struct {
	At     time.Time
	Alive  bool
	Digest string // SHA-256 of the answer, without tokens
}

// watched is a look that is taken twice.
type watched struct {
	Look

	see func(context.Context, *kept) (*Glance, error) // nil: it cannot be seen in this way
}

// revokeProven takes tokens back between looks of every kind there is: the very
// token is used, and the provider is asked about it and about the access token.
// Using it goes first, because it may give others in its place.
func (a *attending) revokeProven(ctx context.Context, had kept) (proof, error) {
	looks := []watched{
		{Look{Token: oauth.RefreshToken}, a.used},
		{Look{Token: oauth.RefreshToken, Introspected: true}, a.introspected(oauth.RefreshToken)},
		{Look{Token: oauth.AccessToken, Introspected: true}, a.introspected(oauth.AccessToken)},
	}
	for i := range looks {
		w := &looks[i]
		w.Provider = a.provider.Name()
		var err error
		if w.Before, err = w.see(ctx, &had); err != nil {
			return proof{}, err
		}
		if i == 0 && w.Before != nil && !w.Before.Alive {
			return a.deadAlready(w.Look), nil
		}
	}
	asked, err := a.askToRevoke(ctx, &had)
	if err != nil {
		return proof{}, err
	}
	if !asked {
		return a.noAddress(), nil
	}
	for i := range looks {
		w := &looks[i]
		if w.Before == nil {
			continue
		}
		if w.After, err = w.see(ctx, &had); err != nil {
			return proof{}, err
		}
	}
	return a.judge(looks)
}

// judge says what looks before and after prove. A refresh token that still works
// was not taken back, whatever was answered.
func (a *attending) judge(looks []watched) (proof, error) {
	name := a.provider.Name()
	p := proof{done: true}
	lives := false
	for i := range looks {
		l := looks[i].Look
		if l.Before == nil {
			continue
		}
		p.looks = append(p.looks, l)
		switch {
		case l.After != nil && l.After.Alive && l.Token == oauth.RefreshToken:
			return proof{}, oidc.Refuse(oidc.ReasonStillActive, name)
		case l.After != nil && l.After.Alive:
			lives = true
		case l.After != nil && l.Before.Alive && l.Token == oauth.RefreshToken:
			p.dead = true
		}
	}
	switch {
	case lives:
		p.dead = false
		p.sentence = name + " took the refresh token back, and says that the access token of it still works." + a.residue()
	case p.dead:
		p.sentence = name + " refuses the token that it took before." + a.residue()
	default:
		p.sentence = name + " says that it took the token back. Whether it is dead could not be seen." + a.residue()
	}
	return p, nil
}

// deadAlready is what is known of a token that was refused before it was taken
// back: it was alive when it was used last, if it ever was.
func (a *attending) deadAlready(l Look) proof {
	l.Before, l.After = nil, l.Before
	used := a.grant.CheckedAt > a.grant.CreatedAt
	if used {
		l.Before = &Glance{At: a.grant.CheckedAt.Time(), Alive: true, Digest: digestOf(renewed)}
	}
	return proof{done: true, dead: used, looks: []Look{l}, sentence: a.provider.Name() + " had taken the token back already." + a.residue()}
}

const renewed = "it gave new tokens"

// used uses the refresh token; nil when it could not be found out.
func (a *attending) used(ctx context.Context, had *kept) (*Glance, error) {
	at := a.store.Now()
	seen, err := a.try(ctx, had)
	switch {
	case err != nil || seen == unseen:
		return nil, err
	case seen == yes:
		a.grant.CheckedAt = at
		return glance(at, true, renewed), nil
	}
	return glance(at, false, "refused: "+string(oidc.ReasonGrantRefused)), nil
}

// introspected asks the provider about a token, always anew (TOK-05).
func (a *attending) introspected(kind oauth.Kind) func(context.Context, *kept) (*Glance, error) {
	return func(ctx context.Context, had *kept) (*Glance, error) {
		token := had.Refresh
		if kind == oauth.AccessToken {
			token = had.Access
		}
		if token == "" {
			return nil, nil
		}
		at := a.store.Now()
		said, asked, err := a.provider.Introspect(ctx, oidc.Secret(token), kind)
		if err != nil || !asked {
			return nil, unlessUnable(err)
		}
		return glance(at, said.Fits(a.grant.Issuer, a.grant.Subject, at.Time()), said), nil
	}
}

func glance(at models.Instant, alive bool, answer any) *Glance {
	return &Glance{At: at.Time(), Alive: alive, Digest: digestOf(answer)}
}

// digestOf gives the digest of an answer.
func digestOf(answer any) string {
	text, err := json.Marshal(answer)
	if err != nil { // nothing that is looked at can fail
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
