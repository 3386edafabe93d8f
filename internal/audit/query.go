package audit

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

const (
	pageRows = 50
	maxRows  = 100

	// TextRange is the longest time range that may be searched for words: no
	// index helps there, every event of the range is read.
	TextRange = 90 * 24 * time.Hour

	maxText = 200
)

// Query says which events. The zero value is all of them.
type Query struct {
	Actor     int64 // user id
	ActorKind models.ActorKind
	Target    Ref // Kind and ID count
	Object    Ref // Kind and ID count
	Actions   []models.Action
	Group     Group // widens to its actions; with Actions both must hold
	Result    models.Result
	Via       models.Via
	From, To  models.Instant // From <= at < To; 0: open
	Text      string         // in names and reasons; needs From, and at most TextRange
	Seq       int64          // one event by its number
	RequestID string
	Limit     int    // 0: 50; at most 100
	Cursor    string // Page.Older or Page.Newer

	own   int64 // only acts of this user: the scope of audit.read-own
	about thing // events this user or role has any part in: the timeline
}

// scope limits the query to what the actor may read.
func (q Query) scope(actor models.Actor) (Query, error) {
	switch {
	case actor.Can.Has(models.AuditRead):
	case actor.Can.Has(models.AuditReadOwn) && actor.UserID > 0:
		q.own = actor.UserID
	default:
		return q, errs.Denied(models.AuditRead.Key(), "You may not read the audit log.")
	}
	return q, nil
}

// check refuses what cannot be answered and fills in the page size.
func (q Query) check(now models.Instant) (Query, error) {
	if q.Limit <= 0 {
		q.Limit = pageRows
	}
	q.Limit = min(q.Limit, maxRows)
	q.Text = strings.TrimSpace(q.Text)
	var refused []errs.Field
	if utf8.RuneCountInString(q.Text) > maxText || !utf8.ValidString(q.Text) || strings.ContainsRune(q.Text, 0) {
		refused = append(refused, errs.Field{Name: "q", Message: "The text cannot be searched for. Use at most 200 ordinary characters."})
	}
	if q.From != 0 && q.To != 0 && q.To <= q.From {
		refused = append(refused, errs.Field{Name: "to", Message: "The end of the time range is not after its start. Choose a later end."})
	}
	if q.Text != "" && (q.From == 0 || q.until(now)-q.From > models.Instant(TextRange.Microseconds())) {
		refused = append(refused, errs.Field{Name: "q", Message: "Text is searched in at most 90 days at once. Choose a time range of 90 days or less."})
	}
	if q.Group != "" && len(actionsOf[q.Group]) == 0 {
		refused = append(refused, errs.Field{Name: "group", Message: "There is no such group of events. Choose one from the list."})
	}
	if len(refused) > 0 {
		return q, errs.Input(refused...)
	}
	return q, nil
}

func (q Query) until(now models.Instant) models.Instant {
	if q.To == 0 {
		return now
	}
	return q.To
}

// actions gives the actions that may match; nil means any, and none is false
// when the group and the single actions exclude each other.
func (q Query) actions() (actions []models.Action, some bool) {
	if q.Group == "" {
		return q.Actions, true
	}
	if len(q.Actions) == 0 {
		return actionsOf[q.Group], true
	}
	for _, a := range q.Actions {
		if GroupOf(a) == q.Group {
			actions = append(actions, a)
		}
	}
	return actions, len(actions) > 0
}

// outside gives the same query without its time range; some is false when that
// would mean reading the whole log.
func (q Query) outside() (wide Query, some bool) {
	if q.Text != "" || (q.From == 0 && q.To == 0) {
		return q, false
	}
	q.From, q.To, q.Cursor, q.Limit = 0, 0, "", 1
	return q, true
}
