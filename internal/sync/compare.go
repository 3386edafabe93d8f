package sync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// compare finds what differs in the accounts of the page.
func (st *storing) compare(ctx context.Context) error {
	c := comparing{Engine: st.Engine, s: st.s, tx: st.tx, fit: st.fit, people: st.people, before: st.before}
	for _, e := range st.entries {
		c.accounts = append(c.accounts, compared{row: e.row, kept: e.kept, alike: e.alike})
	}
	return c.run(ctx)
}

// compareAgain compares accounts as they are stored now.
func (e *Engine) compareAgain(ctx context.Context, tx *store.Tx, s *source, ids []int64) error {
	rows, err := selectAccounts(ctx, tx.Reader, ids)
	if err != nil {
		return err
	}
	fit, err := e.people.Fit(ctx, tx.Reader)
	if err != nil {
		return err
	}
	c := comparing{Engine: e, s: s, tx: tx, fit: fit}
	var users []int64
	var emails []string
	for _, id := range slices.Sorted(mapKeys(rows)) {
		row := rows[id]
		c.accounts = append(c.accounts, compared{row: row, kept: parseSaid(row.Said)})
		if row.UserID != 0 {
			users = append(users, row.UserID)
		} else if row.EmailNorm != "" {
			emails = append(emails, row.EmailNorm)
		}
	}
	if c.people, err = e.people.StandingOf(ctx, tx.Reader, users); err != nil {
		return err
	}
	holders, err := selectEmailHolders(ctx, tx.Reader, emails)
	if err != nil {
		return err
	}
	for i := range c.accounts {
		if c.accounts[i].row.UserID == 0 {
			c.accounts[i].alike = holders[c.accounts[i].row.EmailNorm]
		}
	}
	return c.run(ctx)
}

// compared is one account beside the person it belongs to.
type compared struct {
	row   models.Account
	kept  said
	alike []int64
}

// comparing brings the differences of some accounts up to date.
type comparing struct {
	*Engine

	s        *source
	tx       *store.Tx
	fit      directory.Fit
	people   map[int64]*directory.Standing
	before   map[int64]*directory.Standing // as they were, of people whom this page changed
	accounts []compared
}

func (c *comparing) run(ctx context.Context) error {
	if len(c.accounts) == 0 {
		return nil
	}
	var wanted []models.Drift
	for i := range c.accounts {
		wanted = append(wanted, c.differences(&c.accounts[i])...)
	}
	otherwise, err := c.roles(ctx)
	if err != nil {
		return err
	}
	return c.reconcile(ctx, append(wanted, otherwise...))
}

// differences lists in what one account and its person differ, roles left out.
func (c *comparing) differences(a *compared) []models.Drift {
	one := c.people[a.row.UserID]
	switch {
	case one == nil:
		return c.orphan(a)
	case one.User.Status == models.Removed:
		if a.row.MissingSince == 0 && a.row.Enabled {
			return []models.Drift{c.drift(a, models.DriftStatus, one.User.Status.Word(), enabledWord(true))}
		}
		return nil
	case a.row.MissingSince != 0:
		if !mayBeIn(one.User.Status) {
			return nil // out on both sides
		}
		return []models.Drift{c.drift(a, models.DriftMissing, one.User.Status.Word(), "Not there")}
	}
	var out []models.Drift
	if in := one.User.Status.MaySignIn(); in != a.row.Enabled && one.User.Status != models.Invited {
		out = append(out, c.drift(a, models.DriftStatus, one.User.Status.Word(), enabledWord(a.row.Enabled)))
	}
	return append(out, c.fields(a, one)...)
}

func enabledWord(enabled bool) string {
	if enabled {
		return "Enabled"
	}
	return "Disabled"
}

// orphan says that an account belongs to nobody here, or perhaps to somebody
// with the same e-mail.
func (c *comparing) orphan(a *compared) []models.Drift {
	if a.row.MissingSince != 0 {
		return nil
	}
	if len(a.alike) > 0 {
		return []models.Drift{c.drift(a, models.DriftUnclear, "Another identity", "Same e-mail")}
	}
	return []models.Drift{c.drift(a, models.DriftOrphan, "Nobody", enabledWord(a.row.Enabled))}
}

// fields compares what is mapped. What the source owns was taken already.
func (c *comparing) fields(a *compared, one *directory.Standing) []models.Drift {
	var out []models.Drift
	for mapped, rule := range c.s.mapping.Fields {
		name := formName(mapped)
		theirs, there := a.kept.Fields[name]
		ours := one.Value(name)
		if !there || c.fit.Same(name, ours, theirs) {
			continue
		}
		d := c.drift(a, models.DriftField, ours, theirs)
		d.Field, d.Suggestion = name, string(TakeSource)
		if rule.Owner == connector.OwnedByUs && c.s.schedule.WriteBack {
			d.Suggestion = string(PushOurs)
		}
		out = append(out, d)
	}
	return out
}

// drift gives a difference of an account.
func (c *comparing) drift(a *compared, kind models.DriftKind, ours, theirs string) models.Drift {
	return models.Drift{
		ConnectorID: c.s.ID, AccountID: a.row.ID, UserID: a.row.UserID, Kind: kind, Field: string(kind),
		Ours: clean(ours, 1_000), Theirs: clean(theirs, 1_000), State: models.DriftOpen,
	}
}

// roles finds roles that the rules of the source govern, held here by another
// path although the source does not give them.
func (c *comparing) roles(ctx context.Context) ([]models.Drift, error) {
	if len(c.s.mapping.Roles) == 0 {
		return nil, nil
	}
	of := map[int64]*compared{}
	var users []int64
	for i := range c.accounts {
		a := &c.accounts[i]
		if c.people[a.row.UserID] != nil && a.row.MissingSince == 0 && c.s.knowsRules(a.kept) {
			of[a.row.UserID], users = a, append(users, a.row.UserID)
		}
	}
	keys := make([]string, 0, len(c.s.mapping.Roles))
	for _, rule := range c.s.mapping.Roles {
		keys = append(keys, rule.Role)
	}
	held, err := c.access.HeldOtherwise(ctx, c.tx.Reader, c.s.Key, users, keys)
	if err != nil {
		return nil, err
	}
	var out []models.Drift
	for _, h := range held {
		a := of[h.UserID]
		given := slices.ContainsFunc(c.s.claims(a.kept), func(r roleClaim) bool { return r.RoleKey == h.Role.Key })
		if given {
			continue
		}
		d := c.drift(a, models.DriftRole, h.Role.Name, "Not given")
		d.Field, d.Privileged = clean("role."+h.Role.Key, 190), h.Role.Privileged
		out = append(out, d)
	}
	return out, nil
}

// knowsRules reports whether every list that a rule needs was read.
func (s *source) knowsRules(k said) bool {
	for _, rule := range s.mapping.Roles {
		if rule.Kind == kindRole && k.Roles == nil || rule.Kind != kindRole && k.Groups == nil {
			return false
		}
	}
	return true
}

// ownWrite is how long after we wrote a value a read that still shows the one
// before counts for nothing: systems have replicas and caches.
const ownWrite = 2 * time.Minute

// pushTime is how long a value may be on its way: as long as its step is tried.
const pushTime = 36 * time.Hour

// shortHash stands for a value in comparisons.
func shortHash(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%q ", part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// group gives what identical differences have in common.
func group(d *models.Drift) string {
	return shortHash(fmt.Sprint(d.ConnectorID), string(d.Kind), d.Field, d.Ours, d.Theirs)
}
