package keycloak

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

const stepHistory = "read the sign-ins of one person"

// told are the acts of people that are worth knowing, beside those that change
// something: everything but the exchange of one token for another.
var told = slices.Concat([]string{
	"LOGIN", "LOGIN_ERROR", "LOGOUT", "IDENTITY_PROVIDER_LOGIN_ERROR", "IMPERSONATE",
	"UPDATE_CREDENTIAL", "REMOVE_CREDENTIAL", "UPDATE_TOTP", "REMOVE_TOTP", "RESET_PASSWORD", "RESET_PASSWORD_ERROR",
	"GRANT_CONSENT", "REVOKE_GRANT", "USER_DISABLED_BY_TEMPORARY_LOCKOUT",
}, changing)

// firstLook is how far back events are read without a point.
const firstLook = time.Hour

// ListEvents lists what people and administrators did, the oldest first. Within
// some seconds of the point an event may be given once more, with the same id:
// Keycloak shows an event only when what caused it is done, so that an older one
// can follow a newer.
func (s *system) ListEvents(ctx context.Context, since string) (events []connector.Event, next string, err error) {
	records, err := s.recording(ctx)
	if err != nil {
		return nil, "", err
	}
	if !records.People && !records.Admins {
		return nil, "", s.recordsNothing(stepEvents)
	}
	from, ok := readPoint(since)
	if !ok {
		now, err := s.theirNow(ctx)
		if err != nil {
			return nil, "", err
		}
		begin := mark{Since: now.Add(-firstLook).UnixMilli()}
		from = point{Admins: begin, People: begin}
	}
	from.Made = s.now().UnixMilli()
	types, _ := records.kept(told)
	if records.People && len(types) > 0 {
		if events, err = s.take(ctx, feed{path: "events", step: stepEvents, types: types}, &from.People, events); err != nil {
			return nil, "", err
		}
	}
	if records.Admins {
		if events, err = s.take(ctx, feed{path: "admin-events", step: stepAdminEvents}, &from.Admins, events); err != nil {
			return nil, "", err
		}
	}
	slices.SortStableFunc(events, func(a, b connector.Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return events, from.spell(), nil
}

// take adds what a list holds behind a mark, and moves the mark.
func (s *system) take(ctx context.Context, f feed, from *mark, events []connector.Event) ([]connector.Event, error) {
	b, err := s.readFeed(ctx, f, *from)
	if err != nil {
		return nil, err
	}
	*from = b.next
	for _, one := range b.records {
		if e, worth := one.event(); worth {
			events = append(events, e)
		}
	}
	return events, nil
}

func (s *system) recordsNothing(step string) error {
	return s.guard.Fail(connector.FailSettings, step, s.name+" records no events.",
		"In Keycloak open Realm settings > Events, and switch Save events on under User events settings and under Admin events settings.")
}

// ReadHistory reads the newest sign-ins of one account, and those refused.
func (s *system) ReadHistory(ctx context.Context, id string, limit int) ([]connector.Event, error) {
	if _, err := s.account(id, stepHistory); err != nil {
		return nil, err
	}
	limit = max(1, min(limit, eventPage))
	page, err := s.events(ctx, feed{path: "events", step: stepHistory, types: []string{"LOGIN", "LOGIN_ERROR"}},
		url.Values{"user": {id}, "direction": {"desc"}, "first": {"0"}, "max": {strconv.Itoa(limit)}})
	if err != nil {
		return nil, err
	}
	if len(page) == 0 {
		records, err := s.recording(ctx)
		if err != nil {
			return nil, err
		}
		if !records.People {
			return nil, s.recordsNothing(stepHistory)
		}
	}
	events := make([]connector.Event, 0, len(page))
	for _, one := range page {
		e, _ := one.event()
		events = append(events, e)
	}
	return events, nil
}

// event turns a record into ours, if it is about an account.
func (one record) event() (connector.Event, bool) {
	e := connector.Event{ID: one.ID, At: millis(one.Time), Kind: connector.EventOther}
	if one.Resource == "" {
		e.AccountID, e.Session, e.App, e.IP = one.User, one.Session, clean(one.Client), clean(one.IP)
		e.Kind, e.Reason = kindOf(one), clean(one.Error)
		if e.Reason == "" && e.Kind != connector.EventSignedIn && e.Kind != connector.EventSignedOut {
			e.Reason = clean(one.Type)
		}
		return e, true
	}
	id, rest := aboutPerson(one.Path)
	if id == "" {
		return e, false
	}
	e.AccountID, e.IP, e.Reason = id, clean(one.By.IP), clean(one.Act+" "+one.Resource)
	e.Kind = connector.EventChanged
	if one.Act == "DELETE" && rest == "" {
		e.Kind = connector.EventRemoved
	}
	if one.By.RealmID == one.RealmID { // an administrator from another realm is nobody we know
		e.Actor = one.By.User
	}
	return e, true
}

func kindOf(one record) connector.EventKind {
	switch {
	case one.Type == "LOGIN":
		return connector.EventSignedIn
	case one.Type == "LOGIN_ERROR", one.Type == "IDENTITY_PROVIDER_LOGIN_ERROR":
		return connector.EventSignInFailed
	case one.Type == "LOGOUT":
		return connector.EventSignedOut
	case one.Type == "DELETE_ACCOUNT" && one.Error == "":
		return connector.EventRemoved
	case slices.Contains(changing, one.Type):
		return connector.EventChanged
	}
	return connector.EventOther
}

// sorted gives the words of a set in order.
func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// unique keeps the first of equal sentences.
func unique(sentences []string) []string {
	var out []string
	for _, one := range sentences {
		if !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}
