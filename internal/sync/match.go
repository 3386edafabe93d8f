package sync

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// entry is one account of a page on its way into the directory.
type entry struct {
	reading reading
	old     *models.Account // nil: never read before
	row     models.Account  // as it will be
	kept    said
	user    int64   // who it belongs to; 0: nobody
	alike   []int64 // people with its e-mail, when it belongs to nobody
	create  bool    // a person is to be made of it
	fresh   bool    // this run had not seen it
}

// matcher finds out whose the accounts of a page are: by (issuer, subject) and
// by nothing else.
type matcher struct {
	s   *source
	r   store.Reader
	run int64
	fit directory.Fit

	wrong faults // about accounts that this run had not seen
}

// match gives an entry for every account that a page names in a way that can be
// kept, each once. What is wrong with the others, and with single values, is in wrong.
func (m *matcher) match(ctx context.Context, readings []reading) (entries []*entry, err error) {
	byKey := make(map[string]*entry, len(readings))
	keys := make([]string, 0, len(readings))
	for i := range readings {
		key := readings[i].account.ID
		switch {
		case !isKey(key):
			m.wrong.add(models.ErrorKey, "", labelOf(&readings[i].account))
		case byKey[key] == nil:
			byKey[key] = &entry{reading: readings[i], fresh: true}
			entries, keys = append(entries, byKey[key]), append(keys, key)
		}
	}
	known, err := selectByKeys(ctx, m.r, m.s.ID, keys)
	if err != nil {
		return nil, err
	}
	for i := range known {
		if e := byKey[known[i].Key]; e != nil {
			e.old = &known[i]
			e.fresh = m.run == 0 || known[i].SeenRun != m.run
		}
	}
	if err := m.belong(ctx, entries, keys); err != nil {
		return nil, err
	}
	for _, e := range entries {
		var before said
		if e.old != nil {
			before = parseSaid(e.old.Said)
		}
		var unfit []string
		e.kept, unfit = m.s.keep(&e.reading, m.fit, before)
		for _, field := range unfit {
			if e.fresh {
				m.wrong.add(models.ErrorValue, field, labelOf(&e.reading.account))
			}
		}
	}
	return entries, m.alike(ctx, entries)
}

// belong finds whose each account is.
func (m *matcher) belong(ctx context.Context, entries []*entry, keys []string) error {
	issuer := m.s.settings.EffectiveIssuer()
	if issuer == "" {
		for _, e := range entries {
			if e.old != nil {
				e.user = e.old.UserID
			}
		}
		return nil
	}
	holders, err := selectHolders(ctx, m.r, issuer, keys)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.user = holders[e.reading.account.ID]
	}
	return nil
}

// alike looks for people with the e-mail of accounts that belong to nobody: a
// suggestion for a person to judge, never a link (OIDC-36). Where nobody has it,
// and the source may make people, one is to be made.
func (m *matcher) alike(ctx context.Context, entries []*entry) error {
	var emails []string
	for _, e := range entries {
		if e.user == 0 {
			if norm := normOf(&e.reading.account); norm != "" {
				emails = append(emails, norm)
			}
		}
	}
	holders, err := selectEmailHolders(ctx, m.r, emails)
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for _, e := range entries {
		if e.user != 0 {
			continue
		}
		norm := normOf(&e.reading.account)
		e.alike = holders[norm]
		if m.mayCreate(e) && !made[norm] {
			e.create = true
			made[norm] = norm != ""
		}
	}
	return nil
}

func normOf(a *connector.Account) string { return clean(directory.NormEmail(clean(a.Email, 320)), 320) }

// mayCreate reports whether a person is made of an account: the source may, the
// account is switched on, and nobody here could be the same.
func (m *matcher) mayCreate(e *entry) bool {
	return m.s.schedule.CreateUsers && e.reading.account.Enabled && !e.reading.partial && len(e.alike) == 0 && m.s.settings.EffectiveIssuer() != ""
}
