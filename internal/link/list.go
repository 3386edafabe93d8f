package link

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	pageSize = 50
	// CountCap is where counts stop: show "more than 1,000" above.
	CountCap = 1_000
)

// Case is a case with the names of what it is about.
type Case struct {
	models.Link
	A, B     directory.PersonRef // B is nobody when it is not about two people
	Account  models.Account
	System   string // where the account is
	Provider string // name of the identity's provider
	Facts    Evidence
	Words    string // "Strong: same employee ID"
}

// Survivor gives who stays, or stayed.
func (c Case) Survivor() directory.PersonRef { return c.person(c.SurvivorID) }

// Absorbed gives who is, or was, taken in.
func (c Case) Absorbed() directory.PersonRef { return c.person(c.AbsorbedID) }

func (c Case) person(id int64) directory.PersonRef {
	switch id {
	case c.A.ID:
		return c.A
	case c.B.ID:
		return c.B
	}
	return directory.PersonRef{}
}

// Filter chooses a list.
type Filter struct {
	State models.LinkState // "": Suggested
	After string           // Page.Next of the page before
}

// Page is one page of cases: suggestions by strength, the others by time.
type Page struct {
	Rows []Case
	Next string // "" on the last page
}

// List gives a page of cases of one state. Every page costs what the first costs.
func (e *Engine) List(ctx context.Context, tenant int64, f Filter) (Page, error) {
	if f.State == "" {
		f.State = models.LinkSuggested
	}
	at, err := decodePlace(f)
	if err != nil {
		return Page{}, err
	}
	r := e.db.Read(tenant)
	rows, err := pageOf(ctx, r, f.State, at, pageSize+1)
	if err != nil {
		return Page{}, err
	}
	page := Page{}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		page.Next = placeOf(f.State, rows[pageSize-1]).encode(f.State)
	}
	page.Rows, err = e.named(ctx, r, rows)
	return page, err
}

// named adds the names to cases: one query per kind of thing.
func (e *Engine) named(ctx context.Context, r store.Reader, rows []models.Link) ([]Case, error) {
	var people, accounts []int64
	for _, row := range rows {
		people = append(people, row.UserA)
		if row.UserB != 0 {
			people = append(people, row.UserB)
		}
		if row.AccountID != 0 {
			accounts = append(accounts, row.AccountID)
		}
	}
	names, err := e.people.Names(ctx, r.Tenant(), people)
	if err != nil {
		return nil, err
	}
	owned, systems, err := accountsByID(ctx, r, accounts)
	if err != nil {
		return nil, err
	}
	all := make([]Case, 0, len(rows))
	for _, row := range rows {
		c := Case{Link: row, A: names[row.UserA], B: names[row.UserB], Facts: readEvidence(row.Evidence)}
		c.Words = c.Facts.Words(row.Strength)
		if row.AccountID != 0 {
			c.Account = owned[row.AccountID]
			c.System = systems[c.Account.ConnectorID]
		}
		if row.Provider != "" {
			c.Provider = e.people.SourceName(row.Provider)
		}
		all = append(all, c)
	}
	return all, nil
}

// place is where a page of a list begins.
type place struct{ key, id int64 }

func placeOf(state models.LinkState, row models.Link) place {
	if state == models.LinkSuggested {
		return place{row.StrengthRank, row.ID}
	}
	return place{int64(row.UpdatedAt), row.ID}
}

func (p place) encode(state models.LinkState) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %d %d", state, p.key, p.id))
}

func decodePlace(f Filter) (*place, error) {
	if f.After == "" {
		return nil, nil
	}
	bad := errs.New(errs.Invalid, "This link to a page of the list cannot be read. Open the list from its first page.")
	b, err := base64.RawURLEncoding.Strict().DecodeString(f.After)
	if err != nil {
		return nil, bad
	}
	parts := strings.Split(string(b), " ")
	if len(parts) != 3 || parts[0] != string(f.State) {
		return nil, bad
	}
	key, errKey := strconv.ParseInt(parts[1], 10, 64)
	id, errID := strconv.ParseInt(parts[2], 10, 64)
	if errKey != nil || errID != nil || key < 0 || id < 0 {
		return nil, bad
	}
	return &place{key, id}, nil
}

// Counts gives how many cases each state has, at most CountCap+1.
func (e *Engine) Counts(ctx context.Context, tenant int64) (map[models.LinkState]int, error) {
	counts := map[models.LinkState]int{}
	for _, s := range models.LinkStates {
		n, err := countState(ctx, e.db.Read(tenant), s, CountCap+1)
		if err != nil {
			return nil, err
		}
		counts[s] = n
	}
	return counts, nil
}

// Checked says what the look for duplicates has done.
type Checked struct {
	At      models.Instant // of the last whole pass; 0: there was none yet
	People  int
	Running bool
}

// LastCheck says when the directory was last looked through.
func (e *Engine) LastCheck(ctx context.Context, tenant int64) (Checked, error) {
	row, err := readCheck(ctx, e.db.Read(tenant))
	return Checked{At: row.FinishedAt, People: int(row.People), Running: row.Phase != string(idle)}, err
}

// Waiting is what needs an admin.
type Waiting struct {
	Approvals []Case // a second admin is waited for, and the actor may be it
	Strong    int    // strong suggestions nobody decided about, at most CountCap+1
}

// Waiting gives what this actor can decide.
func (e *Engine) Waiting(ctx context.Context, actor models.Actor) (Waiting, error) {
	r := e.db.Read(actor.Tenant)
	var w Waiting
	rows, err := approvals(ctx, r, actor.UserID, e.db.Now())
	if err != nil {
		return w, err
	}
	if w.Approvals, err = e.named(ctx, r, rows); err != nil {
		return w, err
	}
	w.Strong, err = countStrong(ctx, r, CountCap+1)
	return w, err
}
