package certify

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/internal/wire/csv"
	"github.com/rollcall/rollcall/models"
)

// listed bounds the certificates that a page lists.
const listed = 20

// Issued is a certificate that can be given out.
type Issued struct {
	models.Certificate

	Operation models.Operation
	Parsed    certificate.Head
	Counted   certificate.Totals
	Placed    *certificate.Inclusion // of one person
}

// Get finds a certificate of an operation, or of one person in it when person is
// not "": the newest, or the one with a public id.
func (e *Engine) Get(ctx context.Context, actor models.Actor, operation, person, publicID string) (Issued, error) {
	var out Issued
	if err := may(actor); err != nil {
		return out, err
	}
	var user int64
	var err error
	if person == "" {
		out.Operation, err = e.operation(ctx, actor.Tenant, operation)
	} else {
		out.Operation, user, _, err = e.placeOf(ctx, actor.Tenant, operation, person)
	}
	if err != nil {
		return out, err
	}
	out.Certificate, err = newestIssued(ctx, e.Store.Read(actor.Tenant), out.Operation.ID, user, publicID)
	if errors.Is(err, errMissing) {
		return out, errNone
	}
	if err != nil {
		return out, err
	}
	if out.Parsed, err = certificate.ReadHead([]byte(out.Head)); err != nil {
		return out, err
	}
	if out.Counted, err = certificate.ReadTotals([]byte(out.Totals)); err != nil {
		return out, err
	}
	if out.Inclusion != "" {
		in, err := certificate.ReadInclusion([]byte(out.Inclusion))
		if err != nil {
			return out, err
		}
		out.Placed = &in
	}
	return out, nil
}

// State says whether a certificate can be issued now.
type State struct {
	Operation models.Operation
	Issued    []models.Certificate // the newest first, of the operation or the person
	Writing   *models.Certificate  // one that is being written now; its People says how far
	Not       string               // why none can be issued now; "": one can
	Name      string               // of the person
}

// List gives what was issued about an operation or one person in it, and whether
// another one can be.
func (e *Engine) List(ctx context.Context, actor models.Actor, operation, person string) (State, error) {
	var s State
	if err := may(actor); err != nil {
		return s, err
	}
	r := e.Store.Read(actor.Tenant)
	var user int64
	var err error
	if person == "" {
		s.Operation, err = e.operation(ctx, actor.Tenant, operation)
	} else if s.Operation, user, _, err = e.placeOf(ctx, actor.Tenant, operation, person); err == nil {
		s.Name, err = nameOf(ctx, r, s.Operation.ID, user)
	}
	if err != nil {
		return s, err
	}
	if s.Issued, err = issuedOf(ctx, r, s.Operation.ID, user, listed); err != nil {
		return s, err
	}
	if s.Writing, err = writing(ctx, r, s.Operation.ID, user, e.Store.Now().Add(-giveUp)); err != nil {
		return s, err
	}
	err = e.ended(ctx, &s.Operation)
	if refused, ok := errs.As(err); ok && refused.Kind == errs.Conflict {
		s.Not, err = refused.Safe, nil
	}
	return s, err
}

// WriteFile writes the file that was signed, byte for byte.
func (e *Engine) WriteFile(ctx context.Context, w io.Writer, c *Issued) error {
	printer := certificate.NewPrinter(w, []byte(c.Head))
	if err := e.lines(ctx, c, 0, 0, printer.Person); err != nil {
		return err
	}
	var inclusion []byte
	if c.Inclusion != "" {
		inclusion = []byte(c.Inclusion)
	}
	if err := printer.Totals([]byte(c.Totals), inclusion); err != nil {
		return err
	}
	if printer.Digest() != c.Digest {
		return errs.New(errs.Internal, "The certificate that is kept is not the one that was signed: its digest does not fit.")
	}
	return printer.Signature([]byte(c.Signature))
}

// People gives up to so many people of a certificate.
func (e *Engine) People(ctx context.Context, c *Issued, limit int) ([]certificate.Person, error) {
	var out []certificate.Person
	err := e.lines(ctx, c, 0, limit, func(line []byte) error {
		p, err := certificate.ReadPerson(line)
		out = append(out, p)
		return err
	})
	return out, err
}

// lines hands the lines of a certificate out, after so many, a few parts at a
// time; a limit of 0 is none.
func (e *Engine) lines(ctx context.Context, c *Issued, after int64, limit int, take func([]byte) error) error {
	r, given := e.Store.Read(c.TenantID), 0
	for part := after/certificate.Block - 1; ; {
		parts, err := partsAfter(ctx, r, c.ID, part, 8)
		if err != nil {
			return err
		}
		for i := range parts {
			lines, err := unpack(&parts[i])
			if err != nil {
				return err
			}
			if limit > 0 {
				lines = lines[:min(len(lines), limit-given)]
			}
			if err := each(lines, take); err != nil {
				return err
			}
			given += len(lines)
		}
		if len(parts) < 8 || limit > 0 && given == limit {
			return nil
		}
		part = parts[len(parts)-1].Part
	}
}

func each(lines [][]byte, take func([]byte) error) error {
	for _, line := range lines {
		if err := take(line); err != nil {
			return err
		}
	}
	return nil
}

// columns of the table of a certificate: one row for each step, and one for a
// person without.
var columns = []string{
	"operation", "list hash", "asked for at", "asked for by", "position", "person", "name", "acted upon", "left out", "state", "status before", "status when issued",
	"cut off at", "out at", "seconds to out", "access until", "step", "kind", "system", "account", "outcome", "sentence", "attempts", "ended at",
	"before", "before at", "before SHA-256", "after", "after at", "after SHA-256", "applications", "audit numbers",
}

// WriteCSV writes the same facts as a table. It is not signed; its last line
// names the certificate that is.
func (e *Engine) WriteCSV(ctx context.Context, w io.Writer, c *Issued) error {
	out := csv.NewWriter(w)
	if err := out.Header(columns...); err != nil {
		return err
	}
	err := e.lines(ctx, c, 0, 0, func(line []byte) error {
		p, err := certificate.ReadPerson(line)
		if err != nil {
			return err
		}
		return personRows(out, &c.Parsed, &p)
	})
	if err != nil {
		_ = out.Abort("The certificate could not be read to its end.") // the first error says more
		return err
	}
	_, err = out.Finish("certificate "+c.PublicID, "SHA-256 "+c.Digest)
	return err
}

func personRows(out *csv.Writer, h *certificate.Head, p *certificate.Person) error {
	seconds := ""
	if p.SecondsToOut != nil {
		seconds = strconv.FormatInt(*p.SecondsToOut, 10)
	}
	person := []string{
		h.Operation.Code, h.Plan.ListHash, h.Trigger.At, h.Trigger.By.Name, strconv.Itoa(p.Position), p.ID, p.Name, yesNo(p.Included), p.LeftOutReason, p.State,
		p.StatusBefore, p.StatusNow, p.CutAt, p.OutAt, seconds, p.ResidualUntil,
	}
	if len(p.Steps) == 0 {
		row := append(person, make([]string, len(columns)-len(person))...)
		row[len(row)-1] = eventNumbers(p.Events)
		return out.Row(row...)
	}
	for i := range p.Steps {
		if err := out.Row(append(person[:len(person):len(person)], stepCells(&p.Steps[i], p.Events)...)...); err != nil {
			return err
		}
	}
	return nil
}

func stepCells(s *certificate.Step, events []certificate.Event) []string {
	cells := []string{s.ID, s.Kind, s.System, s.Account, s.Outcome, s.Sentence, strconv.FormatInt(s.Attempts, 10), s.EndedAt}
	for _, when := range []string{certificate.Before, certificate.After} {
		said, moment, digest := "", "", ""
		for _, p := range s.Probes {
			if p.When == when && moment == "" { // of several, what is looked at first says most
				said, moment, digest = Said(p), p.At, p.Digest
			}
		}
		cells = append(cells, said, moment, digest)
	}
	var applications []string
	for _, a := range s.Applications {
		text := a.Client + " " + a.Outcome
		if a.Until != "" {
			text += " until " + a.Until
		}
		applications = append(applications, text)
	}
	return append(cells, strings.Join(applications, "; "), eventNumbers(append(append([]certificate.Event(nil), events...), s.Events...)))
}

// Said says in words what a probe found.
func Said(p certificate.Probe) string {
	switch {
	case p.Sessions != nil && *p.Sessions == 0:
		return "no session"
	case p.Sessions != nil:
		text := strconv.Itoa(*p.Sessions) + " sessions"
		if *p.Sessions == 1 {
			text = "1 session"
		}
		if p.Offline != nil && *p.Offline > 0 {
			text += ", " + strconv.Itoa(*p.Offline) + " offline"
		}
		return text
	case p.Locked != nil && *p.Locked:
		return "locked"
	case p.Locked != nil:
		return "not locked"
	case p.Known != nil && !*p.Known:
		return "account not known"
	case p.Active != nil && *p.Active:
		return "account active"
	case p.Active != nil:
		return "account deactivated"
	case p.Alive != nil && *p.Alive:
		return "token alive"
	case p.Alive != nil:
		return "token not alive"
	}
	return ""
}

func eventNumbers(events []certificate.Event) string {
	words := make([]string, len(events))
	for i, ev := range events {
		words[i] = "#" + strconv.FormatInt(ev.Number, 10)
	}
	return strings.Join(words, " ")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
