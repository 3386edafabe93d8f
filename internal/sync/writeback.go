package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// register gives the steps of this package their handlers.
func (e *Engine) register() {
	e.jobs.Handle(StepWriteField, jobs.Handler{Do: e.doWriteField, GaveUp: e.gaveUp})
	e.jobs.Handle(StepSetEnabled, jobs.Handler{Do: e.doSetEnabled, GaveUp: e.gaveUp})
}

// writing is one attempt at writing to one account.
type writing struct {
	*Engine

	step   jobs.Step
	s      source
	system connector.System
	row    models.Account
	person *directory.Standing
	fit    directory.Fit
	fields []string // of the difference: what the step resolves
}

// evidence is what was read before and after writing.
type evidence struct {
	Before map[string]string `json:"before,omitempty"`
	Wrote  map[string]string `json:"wrote,omitempty"`
	After  map[string]string `json:"after,omitempty"`
}

// prepare reads what a step is about; skip says why there is nothing to write.
func (e *Engine) prepare(ctx context.Context, s jobs.Step) (w *writing, skip string, err error) {
	p, err := readPayload(s.Payload)
	if err != nil {
		return nil, "", err
	}
	w = &writing{Engine: e, step: s, fields: p.Fields}
	r := e.db.Read(s.Tenant)
	if w.s, err = selectSource(ctx, r, "id", s.ConnectorID); err != nil {
		return nil, "", jobs.Permanent(err)
	}
	rows, err := selectAccounts(ctx, r, []int64{p.Account})
	if err != nil {
		return nil, "", err
	}
	people, err := e.people.StandingOf(ctx, r, []int64{s.UserID})
	if err != nil {
		return nil, "", err
	}
	row, there := rows[p.Account]
	w.row, w.person = row, people[s.UserID]
	switch {
	case !there || w.person == nil || row.UserID != s.UserID:
		return w, "The account belongs to somebody else now. Nothing was written.", nil
	case row.MissingSince != 0:
		return w, w.s.Name + " does not know this account any more. Nothing was written.", nil
	}
	if w.fit, err = e.people.Fit(ctx, r); err != nil {
		return nil, "", err
	}
	w.system, err = e.systems.Open(ctx, s.Tenant, s.ConnectorID)
	return w, "", err
}

// doWriteField writes fields to an account and reads it back. Only what the read
// shows is confirmed (SCIMC-08).
func (e *Engine) doWriteField(ctx context.Context, s jobs.Step) (jobs.Result, error) {
	w, skip, err := e.prepare(ctx, s)
	if err != nil || skip != "" {
		return w.skipped(models.OutcomeSkipped, skip), err
	}
	writer, ok := w.system.(connector.FieldWriter)
	if !ok {
		return w.skipped(models.OutcomeNeverTold, w.s.Name+" cannot be told about fields. Change them there."), nil
	}
	values := map[string]string{}
	for mapped, rule := range w.s.mapping.Fields {
		if name := formName(mapped); slices.Contains(w.fields, name) {
			values[rule.From] = w.person.Value(name)
		}
	}
	return w.act(ctx, action{
		values: values,
		write:  func(ctx context.Context) error { return writer.WriteFields(ctx, w.row.Key, values) },
		shows: func(r *reading) (map[string]string, bool) {
			got, same := map[string]string{}, true
			kept, _ := w.s.keep(r, w.fit, said{})
			for mapped, rule := range w.s.mapping.Fields {
				if name := formName(mapped); slices.Contains(w.fields, name) {
					got[rule.From] = kept.Fields[name]
					same = same && w.fit.Same(name, kept.Fields[name], w.person.Value(name))
				}
			}
			return got, same
		},
	})
}

// doSetEnabled lets an account in or keeps it out, whatever the person's status
// here says when it is done.
func (e *Engine) doSetEnabled(ctx context.Context, s jobs.Step) (jobs.Result, error) {
	w, skip, err := e.prepare(ctx, s)
	if err != nil || skip != "" {
		return w.skipped(models.OutcomeSkipped, skip), err
	}
	w.fields = []string{string(models.DriftStatus)}
	switcher, ok := w.system.(connector.Switcher)
	if !ok {
		return w.skipped(models.OutcomeNeverTold, w.s.Name+" cannot be told to let an account in or keep it out. Do it there."), nil
	}
	in := mayBeIn(w.person.User.Status)
	return w.act(ctx, action{
		values: map[string]string{"enabled": enabledWord(in)},
		write:  func(ctx context.Context) error { return switcher.SetEnabled(ctx, w.row.Key, in) },
		shows: func(r *reading) (map[string]string, bool) {
			return map[string]string{"enabled": enabledWord(r.account.Enabled)}, r.account.Enabled == in
		},
	})
}

// action is what one write does and how it is proven.
type action struct {
	values map[string]string
	write  func(context.Context) error
	shows  func(*reading) (map[string]string, bool)
}

// readBacks is how often a system is looked at for what it said it did.
const readBacks = 3

// act reads, writes and reads back.
func (w *writing) act(ctx context.Context, a action) (jobs.Result, error) {
	_, reads := w.system.(connector.PersonReader)
	ev := evidence{Wrote: a.values}
	if reads {
		before, gone, err := w.readOne(ctx, &w.s, w.system, []string{w.row.Key})
		switch {
		case err != nil:
			return jobs.Result{}, err
		case len(gone) > 0:
			return w.skipped(models.OutcomeSkipped, w.s.Name+" does not know this account any more. Nothing was written."), nil
		}
		got, same := a.shows(&before[0])
		if ev.Before = got; same {
			ev.Wrote = nil
			return w.done(models.OutcomeConfirmed, w.s.Name+" says the same already. Nothing had to be written.", ev, &before[0]), nil
		}
	}
	err := a.write(ctx)
	w.systems.Report(ctx, w.s.TenantID, w.s.ID, connector.Use{Err: err, Wrote: true})
	if err != nil {
		return jobs.Result{}, err
	}
	if !reads {
		return w.done(models.OutcomeSent, w.s.Name+" accepted it. It cannot be asked how the account stands, so this is not proven.", ev, nil), nil
	}
	return w.readBack(ctx, a, ev)
}

// readBack looks whether the system did what it said. It may take it a moment.
func (w *writing) readBack(ctx context.Context, a action, ev evidence) (jobs.Result, error) {
	for i := range readBacks {
		if i > 0 {
			if err := sleep(ctx, w.patience.Pause<<i); err != nil {
				return jobs.Result{}, err
			}
		}
		after, gone, err := w.readOne(ctx, &w.s, w.system, []string{w.row.Key})
		if err != nil {
			return jobs.Result{}, err
		}
		if len(gone) > 0 {
			break
		}
		got, same := a.shows(&after[0])
		if ev.After = got; same {
			return w.done(models.OutcomeConfirmed, "Written to "+w.s.Name+", and read back.", ev, &after[0]), nil
		}
		if i == readBacks-1 {
			return w.done(models.OutcomeFailed, w.s.Name+" said that it was done, and still shows what stood there before. Change it there, or look at the mapping and the rights of the service account.", ev, &after[0]), nil
		}
	}
	return w.done(models.OutcomeFailed, w.s.Name+" said that it was done, and does not know the account any more.", ev, nil), nil
}

// skipped is a step that wrote nothing, with the reason.
func (w *writing) skipped(outcome models.Outcome, sentence string) jobs.Result {
	if w == nil || sentence == "" {
		return jobs.Result{}
	}
	return w.done(outcome, sentence, evidence{}, nil)
}

// done completes a step: what was read back is stored, the differences are
// resolved or open again, and the log says what came of it.
func (w *writing) done(outcome models.Outcome, sentence string, ev evidence, after *reading) jobs.Result {
	return jobs.Result{Outcome: outcome, Sentence: sentence, Evidence: ev, Apply: func(ctx context.Context, tx *store.Tx) error {
		state := models.DriftOpen
		if outcome == models.OutcomeConfirmed {
			state = models.DriftWritten
		}
		if err := endPush(ctx, tx, w.row, w.fields, pushEnd{state, sentence}); err != nil {
			return err
		}
		event := w.event(outcome, sentence, ev)
		by := tx.Actor
		if after != nil {
			s, err := lockState(ctx, tx, w.s.ID)
			if err != nil {
				return err
			}
			if _, err := w.storePage(ctx, tx, &w.s, &s, &page{readings: []reading{*after}, via: models.ViaSync}); err != nil {
				return err
			}
		}
		tx.Actor = by
		return tx.Record(ctx, event)
	}}
}

// event is the line of the log about one write.
func (w *writing) event(outcome models.Outcome, sentence string, ev evidence) store.Event {
	e := store.Event{Action: models.AccountWrite, Object: w.s.ref(), Detail: sentence, Target: store.Ref{Kind: models.KindAccount, ID: w.row.ID, Name: accountRef(w.row).Label()}}
	if w.person != nil {
		e.Target = directory.Ref(w.person.User)
	}
	switch outcome {
	case models.OutcomeConfirmed, models.OutcomeSent:
	case models.OutcomeFailed:
		e.Result = models.ResultFailed
	case models.OutcomeWaiting, models.OutcomeSkipped, models.OutcomeNothing, models.OutcomeNeverTold:
		e.Result = models.ResultRefused
	}
	if len(ev.Wrote) > 0 {
		e.Before, e.After = w.logged(ev.Before), w.logged(ev.Wrote)
	}
	return e
}

// logged writes values under the names of our fields, so that the log hides what
// is masked.
func (w *writing) logged(values map[string]string) map[string]any {
	out := map[string]any{}
	for mapped, rule := range w.s.mapping.Fields {
		if value, there := values[rule.From]; there {
			out[formName(mapped)] = value
		}
	}
	if value, there := values["enabled"]; there {
		out["enabled"] = value
	}
	return out
}

// gaveUp opens the differences of a step that nothing more is tried for.
func (e *Engine) gaveUp(ctx context.Context, tx *store.Tx, s jobs.Step, sentence string) error {
	p, err := readPayload(s.Payload)
	if err != nil {
		return err
	}
	fields := p.Fields
	if s.Kind == StepSetEnabled {
		fields = []string{string(models.DriftStatus)}
	}
	rows, err := selectAccounts(ctx, tx.Reader, []int64{p.Account})
	if err != nil {
		return err
	}
	src, err := selectSource(ctx, tx.Reader, "id", s.ConnectorID)
	if errs.Is(err, errs.NotFound) {
		src, err = source{Connector: models.Connector{ID: s.ConnectorID, Name: "a connector that is gone"}}, nil
	}
	if err != nil {
		return err
	}
	w := &writing{Engine: e, s: src, row: rows[p.Account]}
	said := clean("Not written: "+strings.TrimSpace(sentence), 1_000)
	if err := endPush(ctx, tx, w.row, fields, pushEnd{models.DriftOpen, said}); err != nil {
		return err
	}
	people, err := e.people.StandingOf(ctx, tx.Reader, []int64{s.UserID})
	if err != nil {
		return err
	}
	w.person = people[s.UserID]
	return tx.Record(ctx, w.event(models.OutcomeFailed, fmt.Sprintf("%s (%s)", said, strings.Join(fields, ", ")), evidence{}))
}
