package connectortest

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// attempts use each capability, if its interface is there.
var attempts = map[connector.Capability]func(ctx context.Context, s connector.System, id string) (there bool, err error){
	connector.CanListPeople: attempt(func(ctx context.Context, x connector.PeopleLister, _ string) error {
		_, err := x.ListPeople(ctx, "", 10)
		return err
	}),
	connector.CanListChanges: attempt(func(ctx context.Context, x connector.ChangeLister, _ string) error {
		_, err := x.ListChanges(ctx, "")
		return err
	}),
	connector.CanReadPerson: attempt(func(ctx context.Context, x connector.PersonReader, id string) error {
		_, err := x.ReadPerson(ctx, id)
		return err
	}),
	connector.CanFindPerson: attempt(func(ctx context.Context, x connector.PersonFinder, _ string) error {
		_, err := x.FindPerson(ctx, "somebody")
		return err
	}),
	connector.CanSetEnabled: attempt(func(ctx context.Context, x connector.Switcher, id string) error {
		return x.SetEnabled(ctx, id, false)
	}),
	connector.CanListSessions: attempt(func(ctx context.Context, x connector.SessionLister, id string) error {
		_, err := x.ListSessions(ctx, id)
		return err
	}),
	connector.CanEndSessions: attempt(func(ctx context.Context, x connector.SessionEnder, id string) error {
		return x.EndSessions(ctx, id, "")
	}),
	connector.CanRevokeGrants: attempt(func(ctx context.Context, x connector.GrantRevoker, id string) error {
		return x.RevokeGrants(ctx, id)
	}),
	connector.CanWriteField: attempt(func(ctx context.Context, x connector.FieldWriter, id string) error {
		return x.WriteFields(ctx, id, map[string]string{"given_name": "Other"})
	}),
	connector.CanReadRoles: attempt(func(ctx context.Context, x connector.AccessReader, id string) error {
		_, _, err := x.ReadAccess(ctx, id)
		return err
	}),
	connector.CanListEvents: attempt(func(ctx context.Context, x connector.EventLister, _ string) error {
		_, _, err := x.ListEvents(ctx, "")
		return err
	}),
	connector.CanListApps: attempt(func(ctx context.Context, x connector.AppLister, _ string) error {
		_, err := x.ListApps(ctx)
		return err
	}),
	connector.CanReadLock: attempt(func(ctx context.Context, x connector.LockReader, id string) error {
		_, err := x.ReadLock(ctx, id)
		return err
	}),
	connector.CanUnlock: attempt(func(ctx context.Context, x connector.Unlocker, id string) error {
		return x.Unlock(ctx, id)
	}),
	connector.CanReadFactors: attempt(func(ctx context.Context, x connector.FactorReader, id string) error {
		_, err := x.ReadFactors(ctx, id)
		return err
	}),
	connector.CanReadHistory: attempt(func(ctx context.Context, x connector.HistoryReader, id string) error {
		_, err := x.ReadHistory(ctx, id, 5)
		return err
	}),
	connector.CanRevokeToken: attempt(func(ctx context.Context, x connector.TokenRevoker, _ string) error {
		_, err := x.RevokeToken(ctx, noToken)
		return err
	}),
	connector.CanIntrospectToken: attempt(func(ctx context.Context, x connector.TokenIntrospector, _ string) error {
		_, err := x.IntrospectToken(ctx, noToken)
		return err
	}),
}

// noToken is a token nobody gave.
var noToken = connector.Token{Value: "no-token-of-anybodys", Kind: oauth.RefreshToken}

func attempt[T any](use func(context.Context, T, string) error) func(context.Context, connector.System, string) (bool, error) {
	return func(ctx context.Context, s connector.System, id string) (bool, error) {
		x, there := s.(T)
		if !there {
			return false, nil
		}
		return true, use(ctx, x, id)
	}
}
