package offboard

import (
	"context"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
)

// endSessions ends one session of an account, or all of them. Those that were
// there before are what counts: whoever signs in again meanwhile is let in or
// refused by other rules.
func (v *visit) endSessions(ctx context.Context) (finding, error) {
	ender, ok := v.system.(connector.SessionEnder)
	if !ok {
		return v.lacks(ctx, connector.CanEndSessions, "end sessions")
	}
	lister, ok := v.system.(connector.SessionLister)
	if !ok {
		return v.endUnseen(ctx, ender)
	}
	list, err := lister.ListSessions(ctx, v.Account)
	if unsupported(err) {
		return v.endUnseen(ctx, ender)
	}
	if unknown(err) {
		return nothing("%s does not know this account, so there is no session to end.", v.System)
	}
	if err != nil {
		return finding{}, err
	}
	if v.proof.Before == nil {
		v.proof.Before = readSessions(list, v.now(), v.concerned)
		v.proof.Apps = v.applications(ctx, list)
	}
	if err := v.asking(ctx); err != nil {
		return finding{}, err
	}
	if err := v.end(ctx, ender, list); err != nil && !unknown(err) {
		return finding{}, err
	}
	v.settle()
	return v.endedSessions(ctx, lister)
}

// concerned reports whether a session is one the step is about.
func (v *visit) concerned(s connector.Session) bool {
	if v.step.Kind == StepRevokeGrants {
		return s.Offline
	}
	return v.Session == "" || connector.Handle(s.ID) == v.Session
}

// end asks for the end of what the step is about and is still there.
func (v *visit) end(ctx context.Context, ender connector.SessionEnder, list []connector.Session) error {
	if v.Session == "" { // also with an empty list: it makes tokens of before worthless
		return ender.EndSessions(ctx, v.Account, "")
	}
	for _, s := range list {
		if v.concerned(s) {
			return ender.EndSessions(ctx, v.Account, s.ID)
		}
	}
	return nil
}

// endedSessions reads back.
func (v *visit) endedSessions(ctx context.Context, lister connector.SessionLister) (finding, error) {
	online, offline, err := v.left(ctx, lister)
	if err != nil {
		return finding{}, err
	}
	if offline > 0 && v.Session == "" && !v.CutOff {
		if online, offline, err = v.endOffline(ctx, lister); err != nil {
			return finding{}, err
		}
	}
	before := v.proof.Before
	all := *before.Listed
	switch {
	case all == 0 && v.Session != "":
		return nothing("This session had ended already at %s.", v.System)
	case all == 0:
		return nothing("Nothing to end: no session was open at %s.", v.System)
	case online > 0:
		return finding{}, v.contradicted(ctx, counted(online, "session is", "sessions are")+" still listed", "End them at "+v.System+" itself, then try this step again.")
	case offline > 0 && v.CutOff && before.count(false) == 0:
		return nothing("Nothing to end: only %s at %s, and the next step takes those back.", counted(offline, "offline session was open", "offline sessions were open"), v.System)
	case offline > 0 && v.CutOff:
		return confirmed("%s at %s: open before, gone when read back. %s left to the next step.",
			counted(before.count(false), "session ended", "sessions ended"), v.System, counted(offline, "offline session is", "offline sessions are"))
	case offline > 0:
		return finding{}, v.contradicted(ctx, counted(offline, "offline session is", "offline sessions are")+" still listed", "Take the access of applications back at "+v.System+" itself, then try this step again.")
	}
	return confirmed("%s at %s: open before, gone when read back.", counted(all, "session ended", "sessions ended"), v.System)
}

// left reads the list once more and counts what is left of before.
func (v *visit) left(ctx context.Context, lister connector.SessionLister) (online, offline int, err error) {
	list, err := lister.ListSessions(ctx, v.Account)
	if err != nil && !unknown(err) {
		return 0, 0, err
	}
	v.proof.After = readSessions(list, v.now(), v.concerned)
	online, offline = v.proof.Before.still(list)
	return online, offline, nil
}

// endOffline ends sessions that live on without a browser: they hang on what
// applications were granted.
func (v *visit) endOffline(ctx context.Context, lister connector.SessionLister) (online, offline int, err error) {
	revoker, ok := v.system.(connector.GrantRevoker)
	if !ok {
		return 0, 0, jobs.Permanent(errs.New(errs.Unavailable,
			"Sessions that live on without a browser are still open: %s cannot take back what applications were granted. Deactivate the account there to stop them.", v.System))
	}
	if err := revoker.RevokeGrants(ctx, v.Account); err != nil {
		return 0, 0, err
	}
	return v.left(ctx, lister)
}

// endUnseen ends sessions of a system that lists none: nobody can say what
// happened.
func (v *visit) endUnseen(ctx context.Context, ender connector.SessionEnder) (finding, error) {
	if v.Session != "" {
		return v.lacks(ctx, connector.CanListSessions, "list sessions, so this one cannot be found there")
	}
	if err := v.asking(ctx); err != nil {
		return finding{}, err
	}
	if err := ender.EndSessions(ctx, v.Account, ""); err != nil {
		return finding{}, err
	}
	return sent("%s accepted it. It cannot list sessions, so this is not proven.", v.System)
}

// revokeGrants takes back what applications were granted. What can be seen of
// that are sessions that live on without a browser.
func (v *visit) revokeGrants(ctx context.Context) (finding, error) {
	revoker, ok := v.system.(connector.GrantRevoker)
	if !ok {
		return v.lacks(ctx, connector.CanRevokeGrants, "take back what applications were granted")
	}
	lister, can := v.system.(connector.SessionLister)
	if can && v.proof.Before == nil {
		list, err := v.offline(ctx, lister)
		switch {
		case unsupported(err):
			can = false
		case err != nil:
			return finding{}, err
		default:
			v.proof.Before = list
		}
	}
	if err := v.asking(ctx); err != nil {
		return finding{}, err
	}
	if err := revoker.RevokeGrants(ctx, v.Account); err != nil && !unknown(err) {
		return finding{}, err
	}
	if !can {
		return sent("%s accepted it. It cannot list sessions, so this is not proven.", v.System)
	}
	return v.revokedGrants(ctx, lister)
}

// revokedGrants reads back.
func (v *visit) revokedGrants(ctx context.Context, lister connector.SessionLister) (finding, error) {
	_, left, err := v.left(ctx, lister)
	if err != nil {
		return finding{}, err
	}
	switch n := *v.proof.Before.Listed; {
	case n == 0:
		return nothing("Nothing to take back: no application held an offline session at %s.", v.System)
	case left > 0:
		return finding{}, v.contradicted(ctx, counted(left, "offline session is", "offline sessions are")+" still listed", "Take the access of applications back at "+v.System+" itself, then try this step again.")
	default:
		return confirmed("%s taken back at %s: open before, gone when read back.", counted(n, "offline session was", "offline sessions were"), v.System)
	}
}

// offline reads the sessions that live on without a browser.
func (v *visit) offline(ctx context.Context, lister connector.SessionLister) (*Reading, error) {
	list, err := lister.ListSessions(ctx, v.Account)
	if err != nil && !unknown(err) {
		return nil, err
	}
	return readSessions(list, v.now(), isOffline), nil
}

func isOffline(s connector.Session) bool { return s.Offline }

// heldScope is what revoking our own tokens cannot do (RFC 7009, TOK-03).
const heldScope = "Only the refresh tokens that Rollcall held for this person. Tokens that other applications hold end with the sessions and grants at the provider."

// revokeHeld revokes the refresh tokens that Rollcall itself holds.
func (v *visit) revokeHeld(ctx context.Context) (finding, error) {
	if v.Held == nil {
		return skipped("Rollcall keeps no refresh tokens any more.")
	}
	again := !v.proof.AskedAt.IsZero()
	if err := v.asking(ctx); err != nil {
		return finding{}, err
	}
	done, err := v.Held.Revoke(ctx, v.step.Tenant, v.step.UserID)
	if err != nil {
		return finding{}, err
	}
	v.proof.Tokens, v.proof.Scope = &done, heldScope
	tokens := counted(done.Tokens, "refresh token", "refresh tokens")
	switch {
	case done.Tokens == 0 && again: // an attempt before this one did, and could not keep what it saw
		return sent("Rollcall holds no refresh token any more: an attempt before this one took it back. What it saw is in the audit log, and is not proven here.")
	case done.Tokens == 0:
		return nothing("Nothing to revoke: Rollcall held no refresh token.")
	case done.Proven == done.Tokens:
		return confirmed("%s that Rollcall held: alive before, refused afterwards.%s", tokens, done.unseen())
	}
	return sent("%s that Rollcall held: the provider accepted the revocation, and it is not proven.%s", tokens, done.unseen())
}

// unseen says which looks prove nothing, because they never saw a token alive.
func (r Revoked) unseen() string {
	var blind []string
	for _, l := range r.Looks {
		if l.Proof != connector.TokenUnseen {
			continue
		}
		what := "the introspection of " + tokenWords[l.Token]
		if l.How == LookUse {
			what = "using " + tokenWords[l.Token]
		}
		if what += " at " + l.Provider; !slices.Contains(blind, what) {
			blind = append(blind, what)
		}
	}
	if len(blind) == 0 {
		return ""
	}
	return " A probe that cannot see, and proves nothing: " + strings.Join(blind, "; ") + "."
}

var tokenWords = map[string]string{"refresh_token": "the refresh token", "access_token": "the access token"}
