package audit

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/csv"
	"github.com/rollcall/rollcall/models"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV   Format = "csv"
	JSONL Format = "jsonl"
)

// Export says what to write out.
type Export struct {
	Query  Query // Limit and Cursor do not count: every match is written
	Format Format
	Reason string
}

// Manifest says what a finished file holds. The same stands on its last line.
type Manifest struct {
	Rows   int
	SHA256 string         // of every byte before the last line
	AsOf   models.Instant // events up to this moment
}

// batchRows is how many events are read at once while streaming.
const batchRows = 1000

// Export records that the log is exported and then writes every match, newest
// first. A file that broke off has no "complete" on its last line. Nothing is
// written before the event is.
func (l *Log) Export(ctx context.Context, actor models.Actor, x Export, w io.Writer) (Manifest, error) {
	if !actor.Can.Has(models.AuditExport) {
		return Manifest{}, errs.Denied(models.AuditExport.Key(), "You may not export the audit log.")
	}
	if x.Format != CSV && x.Format != JSONL {
		return Manifest{}, errs.Input(errs.Field{Name: "format", Message: "There is no such file format. Choose CSV or JSONL."})
	}
	q, err := l.frozen(actor, x.Query)
	if err != nil {
		return Manifest{}, err
	}
	asOf := q.To - 1
	err = l.record(ctx, actor, q, models.AuditExported, store.Event{Reason: x.Reason, After: map[string]any{"format": x.Format}})
	if err != nil {
		return Manifest{}, err
	}
	var out file = &csvFile{w: csv.NewWriter(w)}
	if x.Format == JSONL {
		out = newJSONLFile(w)
	}
	m, err := l.write(ctx, actor, q, out, asOf)
	m.AsOf = asOf
	return m, err
}

// file is a format being written.
type file interface {
	begin() error
	line(l Line) error
	finish(asOf models.Instant) (Manifest, error)
	abort(reason string) error
}

func (l *Log) write(ctx context.Context, actor models.Actor, q Query, out file, asOf models.Instant) (Manifest, error) {
	if err := out.begin(); err != nil {
		return Manifest{}, err
	}
	if err := l.each(ctx, actor, q, out.line); err != nil {
		if broken := out.abort("The export broke off before its end. Events are missing. Export again."); broken != nil {
			return Manifest{}, fmt.Errorf("%w (and the file could not say so: %w)", err, broken)
		}
		return Manifest{}, err
	}
	return out.finish(asOf)
}

// Each calls fn for every match, newest first, in bounded batches. It records
// nothing: for people, Export is the door.
func (l *Log) Each(ctx context.Context, actor models.Actor, q Query, fn func(Line) error) error {
	q, err := l.frozen(actor, q)
	if err != nil {
		return err
	}
	return l.each(ctx, actor, q, fn)
}

// frozen checks a query and closes its end, so that events that are written
// meanwhile do not make it endless.
func (l *Log) frozen(actor models.Actor, q Query) (Query, error) {
	q, err := q.scope(actor)
	if err != nil {
		return q, err
	}
	if q, err = q.check(l.db.Now()); err != nil {
		return q, err
	}
	if end := l.db.Now() + 1; q.To == 0 || q.To > end {
		q.To = end
	}
	q.Cursor, q.Limit = "", batchRows
	return q, nil
}

func (l *Log) each(ctx context.Context, actor models.Actor, q Query, fn func(Line) error) error {
	if _, some := q.actions(); !some {
		return nil
	}
	r := l.db.Read(actor.Tenant)
	var from *place
	for {
		list, err := rows(ctx, r, q, from, batchRows)
		if err != nil {
			return err
		}
		told, err := lines(ctx, r, actor, list)
		if err != nil {
			return err
		}
		for _, line := range told {
			if err := fn(line); err != nil {
				return err
			}
		}
		if len(list) < batchRows {
			return nil
		}
		last := list[len(list)-1]
		from = &place{at: last.At, id: last.ID}
	}
}

type csvFile struct{ w *csv.Writer }

func (f *csvFile) begin() error {
	return f.w.Header("number", "time", "what happened", "action", "result", "reason", "actor kind", "actor", "actor id",
		"target kind", "target", "target id", "object kind", "object", "object id", "changes", "facts", "via", "address", "request", "session")
}

func (f *csvFile) line(l Line) error {
	return f.w.Row(fmt.Sprint(l.ID), stamp(l.At), l.Text(), string(l.Action), string(l.Result), l.Reason,
		string(l.ActorKind), l.Actor.Name, l.Actor.Ref,
		string(l.Target.Kind), l.Target.Name, l.Target.Ref, string(l.Object.Kind), l.Object.Name, l.Object.Ref,
		changesText(l.Changes), l.Facts, string(l.Via), l.IP, l.RequestID, l.SessionKey)
}

func (f *csvFile) finish(asOf models.Instant) (Manifest, error) {
	end, err := f.w.Finish("as of " + stamp(asOf))
	return Manifest{Rows: end.Rows, SHA256: end.SHA256}, err
}

func (f *csvFile) abort(reason string) error { return f.w.Abort(reason) }

func changesText(list []Change) string {
	words := make([]string, len(list))
	for i, c := range list {
		if c.Hidden {
			words[i] = c.Label + ": hidden"
			continue
		}
		words[i] = c.Label + ": " + c.Before + " -> " + c.After
	}
	return strings.Join(words, "; ")
}
