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
	rows, err := selectHeld(ctx, r, user)
	if err != nil {
		return nil, err
	}
	held := make([]Held, 0, len(rows))
	for i := range rows {
		one, err := rows[i].held()
		if err != nil {
			return nil, err
		}
		same := func(h Held) bool { return h.ConnectorID == one.ConnectorID && h.Account == one.Account }
		if i := slices.IndexFunc(held, same); i < 0 {
			held = append(held, one)
		} else if held[i].AccountID == 0 {
			held[i] = one
		}
	}
	slices.SortStableFunc(held, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ConnectorID, b.ConnectorID), cmp.Compare(a.Account, b.Account))
	})
	return held, nil
}

func (r *heldRow) held() (Held, error) {
	h := Held{
		ConnectorID: r.ConnectorID, System: r.System, Name: r.Name, Kind: r.Kind, State: r.State,
		AccountID: r.AccountID, Account: r.Account, Username: r.Username, Enabled: r.Enabled,
		LastReadAt: r.LastReadAt, MissingSince: r.MissingSince,
	}
	if r.Settings == "" {
		return h, nil
	}
	if err := json.Unmarshal([]byte(r.Settings), &h.Settings); err != nil {
		return h, fmt.Errorf("read the settings of connector %d: %w", r.ConnectorID, err)
	}
	return h, nil
}

// Handle names a session or an account of a system in addresses and evidence
// without giving its id away.
func Handle(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:12])
}
