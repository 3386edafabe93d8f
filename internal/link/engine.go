package link

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	// SplitTime is how long a merge can be taken apart.
	SplitTime = 30 * 24 * time.Hour
	// ProofTime is how long a proof or a second admin is waited for.
	ProofTime = 7 * 24 * time.Hour
	// DraftTime is how long a merge may be prepared.
	DraftTime = 24 * time.Hour

	minReason = 10
	maxReason = 1_000
)

// Engine answers and changes everything about linked records. It is safe for
// concurrent use.
type Engine struct {
	db       *store.Store
	people   *directory.Engine
	access   *access.Engine
	sessions *session.Manager
}

// New makes the engine.
func New(db *store.Store, people *directory.Engine, access *access.Engine, sessions *session.Manager) *Engine {
	return &Engine{db: db, people: people, access: access, sessions: sessions}
}

// permit refuses an actor who lacks the permission of an act.
func permit(actor models.Actor) error {
	if actor.Can.Has(models.LinksEdit) {
		return nil
	}
	key := models.LinksEdit.Key()
	return errs.Denied(key, "You may not link, merge or split people: it needs the permission %s. Nothing was changed.", key)
}

// notOneself refuses an act about the actor's own record: somebody else decides.
func notOneself(actor models.Actor, users ...int64) error {
	for _, id := range users {
		if actor.Kind == models.ActorUser && id != 0 && id == actor.UserID {
			return errs.Denied("", "This is about yourself. Another admin has to do it. Nothing was changed.")
		}
	}
	return nil
}

// checkReason gives a reason in one line, or refuses it.
func checkReason(text string) (string, error) {
	clean := strings.Join(strings.Fields(text), " ")
	n := utf8.RuneCountInString(clean)
	switch {
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl):
		return "", errs.Input(errs.Field{Name: "reason", Message: "The reason holds characters that are no text. Type it again."})
	case n < minReason:
		return "", errs.Input(errs.Field{Name: "reason", Message: "Write a reason of at least 10 characters. It is kept in the audit log."})
	case n > maxReason:
		return "", errs.Input(errs.Field{Name: "reason", Message: "The reason is longer than 1,000 characters. Nothing was saved."})
	}
	return clean, nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make a public id: %w", err)
	}
	return id.String(), nil
}

// day gives a moment for sentences.
func day(at models.Instant) string { return at.Time().Format("Mon 2 Jan 2006, 15:04 UTC") }
