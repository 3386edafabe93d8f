package keycloak

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
)

const (
	stepSessions    = "list the sessions of one person"
	stepEndSession  = "end a session of one person"
	stepEndSessions = "end the sessions of one person"
	stepRevoke      = "revoke what applications were granted by one person"
)

// ListSessions lists browser sessions, and the offline sessions that outlive them.
func (s *system) ListSessions(ctx context.Context, id string) ([]connector.Session, error) {
	path, err := s.account(id, stepSessions)
	if err != nil {
		return nil, err
	}
	var online []session
	if err := s.call(ctx, request{path: path + "/sessions", step: stepSessions, role: roleView}, &online); err != nil {
		return nil, err
	}
	out, err := s.readSessions(nil, online, id, false)
	if err != nil {
		return nil, err
	}
	granted, err := s.consents(ctx, path, stepSessions)
	if err != nil {
		return nil, err
	}
	for _, key := range offlineClients(granted) {
		var offline []session
		if err := s.call(ctx, request{path: path + "/offline-sessions/" + url.PathEscape(key), step: stepSessions, role: roleView}, &offline); err != nil {
			return nil, err
		}
		if out, err = s.readSessions(out, offline, id, true); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readSessions adds sessions to a list. An offline session that several
// applications share is listed once.
func (s *system) readSessions(list []connector.Session, found []session, id string, offline bool) ([]connector.Session, error) {
	for _, one := range found {
		if one.ID == "" || len(one.ID) > longID || one.UserID != "" && one.UserID != id {
			return nil, s.guard.Fail(connector.FailAnswer, stepSessions, s.name+" sent a session that is not one of this person. Nothing of it was used.", "Check that no proxy changes the answers of Keycloak.")
		}
		known := slices.IndexFunc(list, func(have connector.Session) bool { return have.ID == one.ID && have.Offline == offline })
		apps := slices.Sorted(maps.Values(one.Clients))
		if known >= 0 {
			list[known].Apps = distinct(append(list[known].Apps, apps...))
			continue
		}
		list = append(list, connector.Session{
			ID: one.ID, AccountID: id, IP: clean(one.IP), Offline: offline, StartedAt: millis(one.Start), SeenAt: millis(one.LastSeen), Apps: apps,
		})
	}
	return list, nil
}

func (s *system) consents(ctx context.Context, path, step string) ([]consent, error) {
	var granted []consent
	err := s.call(ctx, request{path: path + "/consents", step: step, role: roleView}, &granted)
	return granted, err
}

// offlineClients gives Keycloak's own ids of the applications that hold an
// offline token.
func offlineClients(granted []consent) []string {
	var keys []string
	for _, g := range granted {
		for _, further := range g.Further {
			if further.Client != "" && !slices.Contains(keys, further.Client) {
				keys = append(keys, further.Client)
			}
		}
	}
	return keys
}

// EndSessions ends one session, or all of them: browser sessions by signing the
// person out, which tells the applications that have a back-channel address and
// makes every token given before invalid, and offline sessions one by one.
func (s *system) EndSessions(ctx context.Context, id, which string) error {
	path, err := s.account(id, stepEndSessions)
	if err != nil {
		return err
	}
	if which == "" {
		err = s.call(ctx, request{method: http.MethodPost, path: path + "/logout", step: stepEndSessions, role: roleManage}, nil)
		if err != nil {
			return err
		}
	}
	// Only sessions of this person are ended, whatever id was named.
	living, err := s.ListSessions(ctx, id)
	if err != nil {
		return err
	}
	for _, one := range living {
		if which == "" || which == one.ID {
			if err := s.endSession(ctx, one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *system) endSession(ctx context.Context, one connector.Session) error {
	r := request{method: http.MethodDelete, path: "/sessions/" + url.PathEscape(one.ID), step: stepEndSession, role: roleManage}
	if one.Offline {
		r.query = url.Values{"isOffline": {"true"}}
	}
	return gone(s.call(ctx, r, nil))
}

// RevokeGrants takes back consents and offline tokens, and ends the sessions that
// refresh tokens live in: at Keycloak one cannot be had without the other.
func (s *system) RevokeGrants(ctx context.Context, id string) error {
	path, err := s.account(id, stepRevoke)
	if err != nil {
		return err
	}
	granted, err := s.consents(ctx, path, stepRevoke)
	if err != nil {
		return err
	}
	for _, g := range granted {
		if g.ClientID == "" || g.ClientID == "." || g.ClientID == ".." {
			return s.guard.Fail(connector.FailAnswer, stepRevoke, s.name+" sent a grant without an application. The grants before it were revoked.", "Check that no proxy changes the answers of Keycloak.")
		}
		err := gone(s.call(ctx, request{method: http.MethodDelete, path: path + "/consents/" + url.PathEscape(g.ClientID), step: stepRevoke, role: roleManage}, nil))
		if err != nil {
			return err
		}
	}
	return s.EndSessions(ctx, id, "")
}

// gone takes what is not there any more as done.
func gone(err error) error {
	var f *connector.Failure
	if errors.As(err, &f) && f.Kind == connector.FailNotFound {
		return nil
	}
	return err
}
