package offboard

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// Evidence is what a step keeps beside its outcome: how things were before it
// acted, and after. Ids and times only; sessions by handles that lead nowhere.
type Evidence struct {
	System  string    `json:"system"`
	Account string    `json:"account,omitempty"` // the system's own id of it
	Before  *Reading  `json:"before,omitempty"`  // the control: nil when it could not be read
	AskedAt time.Time `json:"asked_at,omitzero"` // of the first request to change something
	After   *Reading  `json:"after,omitempty"`   // nil when it could not be read
	Left    *Reading  `json:"left,omitempty"`    // sessions from before when an account was let in again
	Apps    []Told    `json:"applications,omitempty"`
	Tokens  *Revoked  `json:"tokens,omitempty"`
	Scope   string    `json:"scope,omitempty"` // what the step could not reach by its nature
}

// Reading is what a system said at one moment. Nil means that it was not asked.
type Reading struct {
	At       time.Time `json:"at"`
	Known    *bool     `json:"account_known,omitempty"`
	Active   *bool     `json:"account_active,omitempty"`
	Locked   *bool     `json:"account_locked,omitempty"`
	Sessions []Seen    `json:"sessions,omitempty"`
	Listed   *int      `json:"sessions_listed,omitempty"` // all of them, also those beyond Sessions
	Digest   string    `json:"digest"`                    // SHA-256 of what was read
}

// Seen is one living session of a reading.
type Seen struct {
	Handle  string `json:"handle"`
	Offline bool   `json:"offline,omitempty"`
}

// Told is what is known of one application that took part in an ended session.
type Told struct {
	Client  string         `json:"client"`
	Name    string         `json:"name,omitempty"`
	Outcome models.Outcome `json:"outcome"`
	Seconds int            `json:"token_seconds,omitempty"` // how long its tokens live; 0: not said
	Until   time.Time      `json:"access_until,omitzero"`   // last second at which a token of before can still be accepted; zero: not known
}

// The ways to look at a token.
const (
	LookUse           = "use"           // it was used, and gave new ones or was refused
	LookIntrospection = "introspection" // the provider was asked whether it is active
)

// TokenLook is one way of looking at one token that Rollcall held, before it was
// taken back and after. Only the same look can prove anything: one that never saw
// the token alive cannot see it dead.
type TokenLook struct {
	Token    string               `json:"token"` // refresh_token or access_token
	Provider string               `json:"provider"`
	How      string               `json:"how"`
	Before   *TokenReading        `json:"before,omitempty"`
	After    *TokenReading        `json:"after,omitempty"`
	Proof    connector.TokenProof `json:"proof"`
}

// TokenReading is what such a look saw.
type TokenReading struct {
	At     time.Time `json:"at"`
	Alive  bool      `json:"alive"`
	Digest string    `json:"digest"` // SHA-256 of the answer, without what is secret in it
}

// ProofOf judges a look by what it saw before and after.
func ProofOf(before, after *TokenReading) connector.TokenProof {
	read := func(r *TokenReading) *connector.TokenReading {
		if r == nil {
			return nil
		}
		return &connector.TokenReading{Active: r.Alive, At: r.At}
	}
	return connector.ProofOf(read(before), read(after))
}

// digest gives the digest of an answer.
func digest(answer any) string {
	b, err := json.Marshal(answer)
	if err != nil { // none of the types that are read can fail
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func readAccount(a connector.Account, at time.Time) *Reading {
	known, active := true, a.Enabled
	return &Reading{At: at, Known: &known, Active: &active, Digest: digest(a)}
}

func unknownAccount(at time.Time) *Reading {
	known := false
	return &Reading{At: at, Known: &known, Digest: digest("unknown")}
}

func readLock(l connector.Lock, at time.Time) *Reading {
	locked := l.Locked
	return &Reading{At: at, Locked: &locked, Digest: digest(l)}
}

// readSessions keeps a list of sessions: those that keep holds for.
func readSessions(list []connector.Session, at time.Time, keep func(connector.Session) bool) *Reading {
	r := &Reading{At: at, Digest: digest(list)}
	n := 0
	for _, s := range list {
		if !keep(s) {
			continue
		}
		if n++; len(r.Sessions) < maxRemembered {
			r.Sessions = append(r.Sessions, Seen{connector.Handle(s.ID), s.Offline})
		}
	}
	r.Listed = &n
	return r
}

// count gives how many sessions of a sort a reading has.
func (r *Reading) count(offline bool) int {
	n := 0
	for _, s := range r.Sessions {
		if s.Offline == offline {
			n++
		}
	}
	return n
}

// still counts those sessions of before that a list still has. When there were
// more than are remembered, every one counts as one of before.
func (r *Reading) still(list []connector.Session) (online, offline int) {
	was := make(map[string]bool, len(r.Sessions))
	for _, s := range r.Sessions {
		was[s.Handle] = true
	}
	all := r.Listed != nil && *r.Listed > len(r.Sessions)
	for _, s := range list {
		switch {
		case !all && !was[connector.Handle(s.ID)]:
		case s.Offline:
			offline++
		default:
			online++
		}
	}
	return online, offline
}
