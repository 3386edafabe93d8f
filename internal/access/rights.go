package access

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// roleFacts is what a role means to the question who may give it.
type roleFacts struct {
	role       models.Role
	mask       models.Permission // console permissions, contained roles included
	privileged bool              // itself or by a contained role
}

func factsOf(ctx context.Context, r store.Reader, role models.Role) (roleFacts, error) {
	mask, privileged, err := selectFacts(ctx, r, []int64{role.ID})
	return roleFacts{role: role, mask: mask, privileged: privileged}, err
}

// refuse says why somebody who may do can may not give or take the role; nil when they may.
func (f roleFacts) refuse(can models.Permission) error {
	if !can.Has(models.RolesAssign) {
		return errs.Denied(models.RolesAssign.Key(), "You may not assign or remove roles.")
	}
	if lacking := f.mask &^ can; lacking != 0 {
		info := firstOf(lacking)
		return errs.Denied(info.Key, "%s lets a person do what you may not do yourself: %s. Nobody gives or takes more than they hold.",
			f.role.Name, lowerFirst(info.Sentence))
	}
	if f.privileged && !can.Has(models.RolesAssignPrivileged) {
		return errs.Denied(models.RolesAssignPrivileged.Key(), "%s is privileged. You may not assign or remove privileged roles.", f.role.Name)
	}
	return nil
}

// firstOf gives the first permission of a mask, in the order they are listed.
func firstOf(mask models.Permission) models.PermissionInfo {
	for _, info := range models.Permissions {
		if mask.Has(info.Permission) {
			return info
		}
	}
	return models.PermissionInfo{Key: "unknown", Sentence: "Something this version does not know"}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// denial is a refusal that is written into the log although nothing else is.
type denial struct {
	refusal error
	event   store.Event
}

func (d *denial) Error() string { return d.refusal.Error() }
func (d *denial) Unwrap() error { return d.refusal }

// deny makes a refusal that is recorded.
func deny(refusal error, target, object store.Ref, reason string) error {
	detail := ""
	if e, ok := errs.As(refusal); ok {
		detail = e.Safe
	}
	return &denial{refusal: refusal, event: store.Event{
		Action: models.RoleAssignDenied, Result: models.ResultRefused,
		Target: target, Object: object, Reason: reason, Detail: detail,
	}}
}

// change runs fn in a transaction. A denial undoes all of it and is then
// recorded by itself, so that the attempt is known.
func (e *Engine) change(ctx context.Context, actor models.Actor, fn func(context.Context, *store.Tx) error) error {
	err := e.db.Change(ctx, actor, fn)
	d, ok := errors.AsType[*denial](err)
	if !ok {
		return err
	}
	recorded := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error { return tx.Record(ctx, d.event) })
	if recorded != nil {
		return fmt.Errorf("record a refusal: %w", recorded)
	}
	return d.refusal
}

// errUnchanged ends a change that has nothing to write; it never leaves the package.
var errUnchanged = errors.New("access: nothing to change")

func unlessUnchanged(err error) error {
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

func roleTarget(r models.Role) store.Ref {
	return store.Ref{Kind: models.KindRole, ID: r.ID, Name: r.Name}
}

func refTarget(r RoleRef) store.Ref {
	return store.Ref{Kind: models.KindRole, ID: r.ID, Name: r.Name}
}

func userTarget(u UserRef) store.Ref {
	return store.Ref{Kind: models.KindUser, ID: u.ID, Name: u.Name}
}

// span gives the facts of an assignment as the log keeps them.
func span(a models.Assignment) map[string]any {
	m := map[string]any{"source": string(a.Source), "from": moment(a.FromAt), "until": moment(a.UntilAt)}
	if a.SourceRef != "" {
		m["source_ref"] = a.SourceRef
	}
	return m
}

// moment gives an instant as the log and refusals write it.
func moment(i models.Instant) string {
	if i >= models.Forever {
		return "no end"
	}
	return i.Time().Format("2006-01-02T15:04:05Z07:00")
}

// day gives an instant for sentences.
func day(i models.Instant) string { return i.Time().Format("Mon 2 Jan 2006, 15:04 UTC") }
