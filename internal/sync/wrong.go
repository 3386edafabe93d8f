package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	maxCauses   = 50 // of one run that are told apart
	maxExamples = 5  // of one cause
	maxExample  = 120
)

// fault is one cause of what went wrong, on one page.
type fault struct {
	kind          models.ErrorKind
	about         string
	sentence, fix string
	times         int64
	examples      []string
}

// faults are the causes of one page, each once.
type faults []fault

// add counts one more of a cause.
func (all *faults) add(kind models.ErrorKind, about, example string) {
	i := slices.IndexFunc(*all, func(f fault) bool { return f.kind == kind && f.about == about })
	if i < 0 {
		*all, i = append(*all, fault{kind: kind, about: about}), len(*all)
	}
	f := &(*all)[i]
	f.times++
	f.examples = withExamples(f.examples, example)
}

// withExamples adds those there is room for.
func withExamples(have []string, more ...string) []string {
	for _, one := range more {
		if len(have) < maxExamples && !slices.Contains(have, one) {
			have = append(have, one)
		}
	}
	return have
}

// labelOf names an account to people who look for it at the source.
func labelOf(a *connector.Account) string {
	for _, name := range []string{a.Username, fullName(a), a.Email, a.ID} {
		if name = clean(name, maxExample); name != "" {
			return name
		}
	}
	return "An account without a name"
}

// failed is the cause for which a run was put down: what the system did, or, when
// that is not known, the sentence alone.
func (r *running) failed(f *connector.Failure, known bool, sentence string) faults {
	one := fault{kind: models.ErrorKind(clean(string(f.Kind), 32)), about: clean(f.Step, 255), sentence: sentence, fix: clean(f.Fix, 1_000), times: 1}
	if one.kind == "" || one.kind.OfAccount() {
		one.kind = models.ErrorKind(connector.FailAnswer)
	}
	if known && f.Sentence != "" {
		one.sentence = clean(f.Sentence, 1_000)
		if f.Step != "" {
			one.sentence = clean("Could not "+f.Step+". "+f.Sentence, 1_000)
		}
	}
	one.examples = []string{"After " + number(r.run.AccountsRead) + plural(r.run.AccountsRead, " account", " accounts")}
	return faults{one}
}

// note writes what went wrong to the run, in the transaction of the page it
// happened on. Causes beyond maxCauses are counted together.
func (r *running) note(ctx context.Context, tx *store.Tx, all faults) error {
	if len(all) == 0 {
		return nil
	}
	rows, err := selectErrors(ctx, tx.Reader, r.run.ID)
	if err != nil {
		return err
	}
	var changed []int
	for _, f := range all {
		i := indexOf(rows, f.kind, f.about)
		if i < 0 && len(rows) >= maxCauses {
			f.kind, f.about, f.sentence, f.fix = models.ErrorRest, "", "", ""
			i = indexOf(rows, f.kind, f.about)
		}
		if i < 0 {
			rows, i = append(rows, models.SyncError{RunID: r.run.ID, Kind: f.kind, About: f.about}), len(rows)
		}
		if err := merge(&rows[i], f, tx.Now); err != nil {
			return err
		}
		r.run.ErrorCount += f.times
		if !slices.Contains(changed, i) {
			changed = append(changed, i)
		}
	}
	out := make([]models.SyncError, len(changed))
	for k, i := range changed {
		out[k] = rows[i]
		out[k].ID = 0 // the cause names the row
	}
	return upsertErrors(ctx, tx, out)
}

func indexOf(rows []models.SyncError, kind models.ErrorKind, about string) int {
	return slices.IndexFunc(rows, func(row models.SyncError) bool { return row.Kind == kind && row.About == about })
}

// merge adds what happened to what was there: the newest sentence, the first examples.
func merge(row *models.SyncError, f fault, now models.Instant) error {
	row.Sentence, row.Fix, row.LastAt = f.sentence, f.fix, now
	row.Times += f.times
	text, err := json.Marshal(withExamples(examplesOf(row.Examples), f.examples...))
	if err != nil {
		return fmt.Errorf("keep examples of an error: %w", err)
	}
	row.Examples = string(text)
	return nil
}

func examplesOf(text string) []string {
	var out []string
	if json.Unmarshal([]byte(text), &out) != nil {
		return nil
	}
	return out
}

// forgetAccounts gives up what was found wrong with accounts: they are read anew
// from the first. What the system did stays.
func (r *running) forgetAccounts(ctx context.Context, tx *store.Tx) error {
	if err := deleteAccountErrors(ctx, tx, r.run.ID); err != nil {
		return err
	}
	rows, err := selectErrors(ctx, tx.Reader, r.run.ID)
	r.run.ErrorCount = 0
	for _, row := range rows {
		r.run.ErrorCount += row.Times
	}
	return err
}

// runErrors gives the causes of a run in words, the most frequent first.
func (e *Engine) runErrors(ctx context.Context, r store.Reader, run int64) ([]RunError, error) {
	rows, err := selectErrors(ctx, r, run)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	names, err := e.fieldLabels(ctx, r.Tenant())
	if err != nil {
		return nil, err
	}
	out := make([]RunError, len(rows))
	for i, row := range rows {
		out[i] = RunError{Kind: row.Kind, Sentence: row.Sentence, Fix: row.Fix, Times: int(row.Times), Examples: examplesOf(row.Examples), LastAt: row.LastAt}
		switch row.Kind {
		case models.ErrorKey:
			out[i].Sentence = "The source names an account by no id, or by one that cannot be kept. The account was left out."
			out[i].Fix = "Give the account another id at the source."
		case models.ErrorValue:
			label, _ := names.of(models.Drift{Kind: models.DriftField, Field: row.About})
			if label == row.About {
				out[i].Sentence = "A field that is not defined any more (" + strings.TrimPrefix(label, directory.FieldAttribute("")) + ") is still mapped."
				out[i].Fix = "Take it out of the mapping."
				continue
			}
			out[i].Sentence = label + ": the source gives a value that cannot stand there. The field stays as it was; the rest of the account was read."
			out[i].Fix = "Mend the value at the source, or fill " + label + " from another attribute."
		case models.ErrorRest:
			out[i].Sentence = "Further causes, counted together."
		}
	}
	return out, nil
}
