package draft

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	// Life is how long a draft waits for its person.
	Life = time.Hour
	// MaxSize bounds what was typed, in bytes.
	MaxSize = 64 << 10

	maxPerUser = 20 // the oldest makes room
	maxPath    = 512
	sweepBatch = 500
)

// Draft is a form on its way back to the person who filled it in.
type Draft struct {
	ID      string // handle, in addresses
	UserID  int64
	Session string // public id of the session it was typed in

	StepUp bool   // it waits for a fresh sign-in, in that very session
	What   string // what the form does: "Deactivate a person"
	Why    string // why a fresh sign-in is asked for; one sentence, may be empty

	Page   string // address of the page to come back to
	Back   string // address of the page to go to instead, when opening this one is what asks; else ""
	Path   string // of the form, without its query; "" when the page cannot be filled in
	Press  string // address the button sends to, when it was a button alone on that page; else ""
	Query  string // of the form's address
	Values url.Values
	Left   bool // something typed is not here: a secret, or it was too large

	CreatedAt models.Instant
}

// contents is what is sealed.
type contents struct {
	StepUp bool       `json:"step_up,omitempty"`
	What   string     `json:"what"`
	Why    string     `json:"why,omitempty"`
	Page   string     `json:"page"`
	Back   string     `json:"back,omitempty"`
	Press  string     `json:"press,omitempty"`
	Query  string     `json:"query,omitempty"`
	Values url.Values `json:"values,omitempty"`
	Left   bool       `json:"left,omitempty"`
}

// Keeper keeps drafts. It is safe for use by many goroutines.
type Keeper struct {
	store   *store.Store
	keyring *secret.Keyring
}

// New makes a keeper.
func New(s *store.Store, ring *secret.Keyring) *Keeper { return &Keeper{store: s, keyring: ring} }

// Keep stores a draft and gives its handle. What is larger than MaxSize is left
// out and said to be missing.
func (k *Keeper) Keep(ctx context.Context, tenant int64, d Draft) (string, error) {
	if d.UserID == 0 {
		return "", errors.New("draft: of nobody")
	}
	if len(d.Path) > maxPath {
		d.Path, d.Values, d.Left = "", nil, true
	}
	plain, err := pack(d)
	if err != nil {
		return "", err
	}
	id := uuid.NewString() // random: its moment is nobody's business
	now := k.store.Now()
	row := &models.Draft{
		PublicID: id, UserID: d.UserID, SessionKey: d.Session, Path: d.Path,
		Sealed:    k.keyring.Seal(plain, place(tenant, d.UserID, id)),
		CreatedAt: now, ExpiresAt: now.Add(Life),
	}
	err = k.store.Maintain(ctx, tenant, store.DraftKeeping, func(ctx context.Context, tx *store.Tx) error {
		if err := makeRoom(ctx, tx, d.UserID, maxPerUser-1); err != nil {
			return err
		}
		return insert(ctx, tx, row)
	})
	return id, err
}

func pack(d Draft) ([]byte, error) {
	c := contents{StepUp: d.StepUp, What: d.What, Why: d.Why, Page: d.Page, Back: d.Back, Press: d.Press, Query: d.Query, Values: d.Values, Left: d.Left}
	plain, err := json.Marshal(c)
	if err == nil && len(plain) > MaxSize {
		c.Values, c.Left = nil, true
		plain, err = json.Marshal(c)
	}
	if err != nil {
		return nil, fmt.Errorf("pack draft: %w", err)
	}
	if len(plain) > MaxSize {
		return nil, errs.New(errs.Invalid, "The address of this form is too long to come back to.")
	}
	return plain, nil
}

func place(tenant, user int64, id string) secret.Place {
	return placeOf(tenant, strconv.FormatInt(user, 10), id)
}

func placeOf(tenant int64, user, id string) secret.Place {
	return secret.Place{Tenant: tenant, Column: "drafts.sealed", Owner: user, Row: id}
}

// SealedColumns lists what this package seals, for sealing it with another key.
func SealedColumns() []secret.Column {
	return []secret.Column{{
		Table: "drafts", Column: "sealed", Key: "public_id", Needs: []string{"user_id"},
		Place: func(tenant int64, row map[string]string) secret.Place {
			return placeOf(tenant, row["user_id"], row["public_id"])
		},
	}}
}

// Find gives a person's own draft. Somebody else's is not found, nor is one
// whose time is over.
func (k *Keeper) Find(ctx context.Context, tenant, user int64, id string) (Draft, error) {
	if uuid.Validate(id) != nil {
		return Draft{}, errNone()
	}
	row, err := find(ctx, k.store.Read(tenant), user, id, k.store.Now())
	if err != nil {
		return Draft{}, err
	}
	plain, err := k.keyring.Open(row.Sealed, place(tenant, row.UserID, row.PublicID))
	if err != nil {
		return Draft{}, fmt.Errorf("open draft: %w", err)
	}
	var c contents
	if err := json.Unmarshal(plain, &c); err != nil {
		return Draft{}, fmt.Errorf("open draft: %w", err)
	}
	return Draft{
		ID: row.PublicID, UserID: row.UserID, Session: row.SessionKey, Path: row.Path, CreatedAt: row.CreatedAt,
		StepUp: c.StepUp, What: c.What, Why: c.Why, Page: c.Page, Back: c.Back, Press: c.Press, Query: c.Query, Values: c.Values, Left: c.Left,
	}, nil
}

// Drop forgets a person's own draft; one that is gone already stays gone.
func (k *Keeper) Drop(ctx context.Context, tenant, user int64, id string) error {
	if uuid.Validate(id) != nil {
		return nil
	}
	return k.store.Maintain(ctx, tenant, store.DraftKeeping, func(ctx context.Context, tx *store.Tx) error {
		return drop(ctx, tx, user, id)
	})
}

// Sweep removes drafts whose time is over and says how many.
func (k *Keeper) Sweep(ctx context.Context, tenant int64) (int, error) {
	total := 0
	for {
		var n int
		err := k.store.Maintain(ctx, tenant, store.DraftKeeping, func(ctx context.Context, tx *store.Tx) error {
			var err error
			n, err = deleteOver(ctx, tx, sweepBatch)
			return err
		})
		total += n
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}

func errNone() error {
	return errs.New(errs.NotFound, "What you typed is no longer kept: it waits for an hour. Nothing was done.")
}
