package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Times of the work on grants.
const (
	leaseTime    = time.Minute
	leaseLeft    = 25 * time.Second // so much of a lease must be left to begin with a grant: one call may take 10 s
	firstPause   = 30 * time.Second // after a failure; then twice as long each time, up to
	longestPause = 10 * time.Minute
	keepDead     = 7 * 24 * time.Hour // a dead grant, without its tokens; and one whose provider is gone
)

// errLostLease: somebody else works on the grant by now. Nothing is written.
var errLostLease = errors.New("signin: the lease of the grant has run out")

// kept is what of a grant is sealed (OIDC-40).
type kept struct {
	Refresh  string        `json:"refresh"`
	Access   string        `json:"access,omitempty"`
	Original oidc.Original `json:"original"`
}

func grantPlace(tenant int64, row *models.SignInGrant) secret.Place {
	return grantPlaceOf(tenant, strconv.FormatInt(row.UserID, 10), row.Provider, row.PublicID)
}

func grantPlaceOf(tenant int64, user, provider, id string) secret.Place {
	return secret.Place{Tenant: tenant, Column: "signin_grants.sealed", Owner: user + "/" + provider, Row: id}
}

func (f *Flow) sealGrant(k kept, row *models.SignInGrant) (string, error) {
	plain, err := json.Marshal(k)
	if err != nil {
		return "", fmt.Errorf("seal grant: %w", err)
	}
	return f.keyring.Seal(plain, grantPlace(f.tenant, row)), nil
}

func (f *Flow) openGrant(row *models.SignInGrant) (kept, error) {
	var k kept
	plain, err := f.keyring.Open(row.Sealed, grantPlace(f.tenant, row))
	if err != nil {
		return k, fmt.Errorf("open grant: %w", err)
	}
	if err := json.Unmarshal(plain, &k); err != nil {
		return k, fmt.Errorf("open grant: %w", err)
	}
	return k, nil
}

// every says how often a provider is asked about who is signed in.
func (p *provider) every() time.Duration {
	if p.config.Revalidate > 0 {
		return p.config.Revalidate
	}
	return config.DefaultRevalidate
}

// next spreads the questions: a tenth earlier or later.
func (p *provider) next(now models.Instant) models.Instant {
	every := p.every()
	return now.Add(every - every/10 + rand.N(every/5)) //nolint:gosec // spreading needs no secrecy
}

// holder is whom a grant is about, and the session it vouches for.
type holder struct {
	provider       *provider
	user, identity int64
	session        string
}

// keepGrant keeps the refresh token that came with a sign-in, in its
// transaction. Older ones of the person that outlived their sessions are taken
// back: this one does their work. One that the session has already stays beside
// it: a provider may hold both to be the same, and would end it with the other.
func (f *Flow) keepGrant(ctx context.Context, tx *store.Tx, g *oidc.Grant, of holder) error {
	tokens := g.Tokens
	if tokens.Refresh == "" {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("grant id: %w", err)
	}
	row := &models.SignInGrant{
		PublicID: id.String(), UserID: of.user, IdentityID: of.identity, Provider: of.provider.Key(),
		Issuer: g.Identity.Issuer, Subject: g.Identity.Subject, SessionID: of.session, SID: g.Identity.SID,
		Offline: strings.Contains(" "+tokens.Scope+" ", " offline_access ") || tokens.Scope == "" && of.provider.config.OfflineAccess,
		State:   models.GrantLive, AccessUntil: models.At(tokens.Expires),
		CheckedAt: tx.Now, NextAt: of.provider.next(tx.Now), CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if !session.Keepable(row.SID) {
		row.SID = ""
	}
	row.Sealed, err = f.sealGrant(kept{Refresh: tokens.Refresh.Reveal(), Access: tokens.Access.Reveal(), Original: g.Original}, row)
	if err != nil {
		return err
	}
	if err := endDetached(ctx, tx, row.UserID, row.Provider); err != nil {
		return err
	}
	return insertGrant(ctx, tx, row)
}
