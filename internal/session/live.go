package session

import (
	"github.com/rollcall/rollcall/models"
)

// Live is a session that holds now, with what a request needs to know about its
// person and tenant.
type Live struct {
	PublicID     string // handle in pages and log
	UserID       int64
	UserPublicID string
	Name         string
	Email        string
	Status       models.Status
	LeavingAt    models.Instant
	AccessEpoch  int64 // rises with every change of the person's access or status
	Tenant       Tenant

	IdentityID int64
	Provider   string
	Issuer     string
	Subject    string
	IP         string // where it began
	UserAgent  string
	Methods    string // how the person proved themselves, as the provider says it

	AuthTime   models.Instant // when the person proved themselves at the provider; 0: not said
	CreatedAt  models.Instant
	LastSeenAt models.Instant
	IdleUntil  models.Instant
	ExpiresAt  models.Instant

	ElevatedUntil models.Instant // sensitive acts are open until then; 0: they are not
}

// Elevated reports whether sensitive acts are open at a moment.
func (l *Live) Elevated(now models.Instant) bool { return now < l.ElevatedUntil }

// Tenant is the tenant of a session.
type Tenant struct {
	ID            int64
	Slug          string
	Name          string
	Environment   string
	AccessVersion int64
}

// Actor makes the session's person the actor of a request that may do can.
func (l Live) Actor(can models.Permission, ip, requestID string) models.Actor {
	return models.Actor{
		Tenant: l.Tenant.ID, Kind: models.ActorUser, UserID: l.UserID, Name: l.Name,
		Can: can, Via: models.ViaWeb, IP: ip, RequestID: requestID, SessionKey: l.PublicID,
	}
}

// refusal says why the session does not hold at a moment, or nil.
func (l *Live) refusal(now models.Instant) error {
	switch {
	case now >= l.ExpiresAt:
		return ErrExpired
	case now >= l.IdleUntil:
		return ErrIdle
	case l.blocked(now):
		return ErrBlocked
	}
	return nil
}

func (l *Live) blocked(now models.Instant) bool {
	return !l.Status.MaySignIn() || l.Status == models.Leaving && l.LeavingAt != 0 && now >= l.LeavingAt
}

// Info is one line of a list of sessions.
type Info struct {
	PublicID   string
	Device     string // in words: "Firefox on Windows"
	IP         string
	Provider   string
	Methods    string
	AuthTime   models.Instant
	CreatedAt  models.Instant
	LastSeenAt models.Instant
	EndsAt     models.Instant // if it is not used any more
}
