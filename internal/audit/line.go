package audit

import (
	"strings"

	"github.com/rollcall/rollcall/models"
)

// Ref names a thing: by its id inside, by Ref in addresses, and as it was called.
type Ref struct {
	Kind models.Kind
	ID   int64
	Ref  string // public id of a user, key of a role, "" for the rest
	Name string
}

// Line is one event as a reader may see it.
type Line struct {
	ID         int64
	At         models.Instant
	Action     models.Action
	Group      Group
	Result     models.Result
	Sentence   []Part
	Reason     string
	ActorKind  models.ActorKind
	Actor      Ref // Kind is user for a person and "" for everybody else
	Target     Ref
	Object     Ref
	Via        models.Via
	IP         string
	RequestID  string
	SessionKey string
	Changes    []Change
	Facts      string // machine reason or further facts
}

// Text gives the sentence without links.
func (l *Line) Text() string {
	var b strings.Builder
	for _, p := range l.Sentence {
		b.WriteString(p.Text)
	}
	return b.String()
}

func newLine(e *models.AuditEvent, known refs) Line {
	l := Line{
		ID: e.ID, At: e.At, Action: e.Action, Group: GroupOf(e.Action), Result: e.Result,
		Sentence: sentence(e, known), Reason: e.Reason,
		ActorKind: e.ActorKind, Actor: Ref{ID: e.ActorID, Name: e.ActorName},
		Target: Ref{Kind: e.TargetKind, ID: e.TargetID, Ref: known.of(e.TargetKind, e.TargetID), Name: e.TargetName},
		Object: Ref{Kind: e.ObjectKind, ID: e.ObjectID, Ref: known.of(e.ObjectKind, e.ObjectID), Name: e.ObjectName},
		Via:    e.Via, IP: e.IP, RequestID: e.RequestID, SessionKey: e.SessionKey, Facts: e.Detail,
		Changes: changes(e.Before, e.After, known),
	}
	if e.ActorKind == models.ActorUser {
		l.Actor.Kind = models.KindUser
		l.Actor.Ref = known.of(models.KindUser, e.ActorID)
	}
	return l
}
