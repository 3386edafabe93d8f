package operation

import (
	"context"
	"math"
	"sync"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

// survey is what is known beside the people: the connected systems with what
// they can do, and which roles are privileged.
type survey struct {
	systems    []SystemEffect
	unended    map[int64]bool // connectors that cannot end sessions
	privileged []int64        // roles
}

// survey asks every connected system what it can do. What each said lately is
// remembered by the connector engine, so this is cheap chunk after chunk.
func (e *Engine) survey(ctx context.Context, tenant int64) (survey, error) {
	s := survey{unended: map[int64]bool{}}
	var err error
	if s.privileged, err = e.Access.PrivilegedRoleIDs(ctx, tenant); err != nil || e.Systems == nil {
		return s, err
	}
	all, err := e.Systems.List(ctx, tenant)
	if err != nil {
		return s, err
	}
	var used []connector.Connector
	for _, c := range all {
		if c.State != models.ConnectorDraft {
			used = append(used, c)
		}
	}
	s.systems = make([]SystemEffect, len(used))
	var asking sync.WaitGroup
	for i, c := range used {
		asking.Go(func() { s.systems[i] = e.describe(ctx, c) })
	}
	asking.Wait()
	for _, effect := range s.systems {
		s.unended[effect.ConnectorID] = !effect.CanEnd
	}
	return s, nil
}

// lacking are the abilities a cut-off needs, and what their lack means.
var lacking = []struct {
	can  connector.Capability
	said string
}{
	{connector.CanSetEnabled, "Accounts there cannot be switched off from here: switch them off there."},
	{connector.CanEndSessions, "Sessions there cannot be ended from here: they last until they run out."},
	{connector.CanRevokeGrants, "Tokens there cannot be revoked from here: they last until they run out."},
}

// describe says what an operation can do at one system.
func (e *Engine) describe(ctx context.Context, c connector.Connector) SystemEffect {
	s := SystemEffect{ConnectorID: c.ID, Key: c.Key, Issuer: c.Settings.EffectiveIssuer(), Name: c.Name, Product: string(c.Kind), LastSuccess: max(c.LastRead, c.LastWrite)}
	what, err := e.Systems.Describe(ctx, c)
	if err != nil {
		s.Warning = c.Name + " does not say what it can do now. Its steps wait until it answers."
		// Nothing is promised that may not be kept, and nobody is named for what may be possible.
		s.CanDisable, s.CanEnd, s.CanRevoke = true, true, true
		return s
	}
	if what.Product != "" {
		s.Product = what.Product
	}
	s.CanDisable, s.CanEnd, s.CanRevoke = what.Can(connector.CanSetEnabled), what.Can(connector.CanEndSessions), what.Can(connector.CanRevokeGrants)
	for _, l := range lacking {
		if !what.Can(l.can) {
			s.Lacks = append(s.Lacks, l.said)
		}
	}
	apps, listed := e.Offboard.Lasting(ctx, c)
	s.TokensUnsaid = !listed
	s.lasting(apps)
	if c.State == models.ConnectorPaused {
		s.Warning = "This connector is paused: its steps wait until somebody resumes it."
	}
	return s
}

// lasting says how long access of before lives on in the applications of a system.
func (s *SystemEffect) lasting(apps []offboard.Lasting) {
	for i, app := range apps { // the longest first
		seconds := int64(math.Ceil(app.Life.Seconds()))
		if i == 0 {
			s.TokenSeconds, s.TokensUnsaid = seconds, seconds == 0
		}
		if app.Told {
			continue
		}
		if s.Untold.N++; s.Untold.N == 1 {
			s.Untold.Seconds = seconds
		}
		if len(s.Untold.Names) < untoldNamed {
			s.Untold.Names = append(s.Untold.Names, app.Name)
		}
	}
}
