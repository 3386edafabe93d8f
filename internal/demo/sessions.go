package demo

import (
	"context"
	"math/rand/v2"

	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
)

// browsers that people use.
var browsers = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
	"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
}

// signInsOfNow opens the sessions that are alive when somebody looks. Their
// tokens are thrown away: nobody can use them.
func (l *loader) signInsOfNow(issuer string) []act {
	r := seed.Source(seedNumber+7, 0)
	var all []act
	for _, p := range l.company.people {
		if p.live {
			all = append(all, act{p.last, func(ctx context.Context) error { return l.signIn(ctx, p, issuer, r) }})
		}
	}
	return all
}

func (l *loader) signIn(ctx context.Context, p *person, issuer string, r *rand.Rand) error {
	actor := l.actorOf(p, r)
	user, identity, err := l.people.FindIdentity(ctx, l.tenant, issuer, p.subject)
	if err != nil {
		return err
	}
	return l.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		begun, err := l.sessions.Begin(ctx, tx, session.Start{
			UserID: user.ID, UserName: user.DisplayName, IdentityID: identity.ID, Provider: identity.Provider, Issuer: issuer, Subject: p.subject,
			SID: reference(r), Methods: []string{"user"}, AuthTime: p.last, IP: actor.IP, UserAgent: pick(r, browsers),
		})
		if err != nil {
			return err
		}
		if err := l.people.TouchSignIn(ctx, tx, user.ID, identity.ID); err != nil {
			return err
		}
		tx.Actor.SessionKey = begun.PublicID
		return tx.Record(ctx, signedIn(l.userRef(p), identity.Provider, begun.PublicID))
	})
}
