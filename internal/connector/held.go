package connector

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Held is one account of a person at a connected system: what was read of it, or
// only that it exists, because they signed in with it.
type Held struct {
	ConnectorID int64
	System      string // key of the connector
	Name        string // name of the connector, for people
	Kind        models.ConnectorKind
	State       models.ConnectorState
	Settings    Settings

	AccountID    int64          // 0: never read, only signed in with
	Account      string         // the system's own id of it
	Username     string         // as read last
	Enabled      bool           // as read last
	LastReadAt   models.Instant // 0: never read
	MissingSince models.Instant // the system does not know it any more since then; 0: it does
}

// Handle names the account in addresses.
func (h Held) Handle() string { return Handle(strconv.FormatInt(h.ConnectorID, 10) + "/" + h.Account) }

// InUse reports whether the connector may be used now.
func (h Held) InUse() bool { return h.State == models.ConnectorEnabled }

// Console is the client id under which people sign in to Rollcall through the
// system, as far as the connector knows it.
func (h Held) Console() string {
	if h.Settings.SignIn == nil {
		return ""
	}
	return h.Settings.SignIn.ClientID
}

// maxHeld bounds what one person may have at all systems together.
const maxHeld = 200

// AccountsOf gives the accounts of a person at every connected system that is
// not just being set up: those that were read, and those they signed in with
// that were not read yet. It asks the database only.
func AccountsOf(ctx context.Context, r store.Reader, user int64) ([]Held, error) {
	all, err := AccountsOfMany(ctx, r, []int64{user})
	return all[user], err
}

// AccountsOfMany is AccountsOf for many people, with as many statements as for one.
func AccountsOfMany(ctx context.Context, r store.Reader, users []int64) (map[int64][]Held, error) {
	connectors, err := selectInUse(ctx, r)
	if err != nil || len(connectors) == 0 || len(users) == 0 {
		return nil, err
	}
	at := make([]Held, len(connectors))
	for i := range connectors {
		if at[i], err = heldAt(&connectors[i]); err != nil {
			return nil, err
		}
	}
	accounts, identities, err := selectHeld(ctx, r, users)
	if err != nil {
		return nil, err
	}
	held := make(map[int64][]Held, len(users))
	for _, user := range users {
		var of []Held
		for _, h := range at {
			of = append(of, h.of(accounts[user], identities[user])...)
		}
		slices.SortStableFunc(of, func(a, b Held) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ConnectorID, b.ConnectorID), cmp.Compare(a.Account, b.Account))
		})
		if len(of) > 0 {
			held[user] = of
		}
	}
	return held, nil
}

// heldAt gives what an account at a connector has of the connector.
func heldAt(row *models.Connector) (Held, error) {
	h := Held{ConnectorID: row.ID, System: row.Key, Name: row.Name, Kind: row.Kind, State: row.State}
	if row.Settings == "" {
		return h, nil
	}
	if err := json.Unmarshal([]byte(row.Settings), &h.Settings); err != nil {
		return h, fmt.Errorf("read the settings of connector %d: %w", row.ID, err)
	}
	return h, nil
}

// of gives the accounts at one connector: those that were read, then those that
// were only signed in with.
func (h Held) of(accounts []models.Account, identities []models.Identity) []Held {
	var held []Held
	for i := range accounts {
		if a := &accounts[i]; a.ConnectorID == h.ConnectorID {
			one := h
			one.AccountID, one.Account, one.Username, one.Enabled = a.ID, a.Key, a.Username, a.Enabled
			one.LastReadAt, one.MissingSince = a.LastReadAt, a.MissingSince
			held = append(held, one)
		}
	}
	for i := range identities {
		one := h
		one.Account, one.Username = identities[i].Subject, identities[i].Username
		there := func(have Held) bool { return have.Account == one.Account }
		if one.Vouches(identities[i].Provider, identities[i].Issuer) && !slices.ContainsFunc(held, there) {
			held = append(held, one)
		}
	}
	return held
}

// Vouches reports whether the system is the provider of an identity: it has the
// provider's key, or is the issuer under another key.
func (h Held) Vouches(provider, issuer string) bool {
	return h.System == provider || (issuer != "" && h.Settings.EffectiveIssuer() == issuer)
}

// Handle names a session or an account of a system in addresses and evidence
// without giving its id away.
func Handle(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:12])
}
