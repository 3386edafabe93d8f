package signin

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// admission is one person at the door. run may be repeated: what it found out
// is found out anew each time.
type admission struct {
	*Flow
	provider *provider
	grant    *oidc.Grant
	callback Callback
	first    bool // this is the first admin the settings name, as far as anybody knows outside the transaction
	again    bool // no sign-in: the provider was asked again about somebody signed in

	user     models.User
	identity models.Identity
	created  bool
	roles    access.ClaimResult
	session  session.Begun
	refusal  *Refusal
}

// run lets the person in, or writes down why not. Both commit: a refused person
// may have been created, to wait.
func (a *admission) run(ctx context.Context, tx *store.Tx) error {
	a.user, a.identity, a.created = models.User{}, models.Identity{}, false
	a.roles, a.session, a.refusal = access.ClaimResult{}, session.Begun{}, nil
	if a.first {
		if err := tx.LockTenant(ctx); err != nil { // before any other row: two first admins wait here
			return err
		}
	}
	for _, step := range []func(context.Context, *store.Tx) error{
		a.find, a.judge, a.welcome, a.learn, a.assign, a.claimFirst, a.needRole, a.recall, a.begin,
	} {
		if err := step(ctx, tx); err != nil {
			return err
		}
		if a.refusal != nil {
			return a.recordRefusal(ctx, tx)
		}
	}
	return nil
}

// find gives the record of the identity, and if there is none, the one it was
// invited to or that the rule creates.
func (a *admission) find(ctx context.Context, tx *store.Tx) error {
	id := &a.grant.Identity
	user, identity, err := a.people.IdentityIn(ctx, tx, id.Issuer, id.Subject)
	if err == nil {
		a.identity = identity
		a.user, err = a.people.LockByID(ctx, tx, user.ID)
		return err
	}
	if !errs.Is(err, errs.NotFound) {
		return err
	}
	invited, err := a.invited(ctx, tx)
	if err != nil || invited {
		return err
	}
	return a.create(ctx, tx)
}

// invited links the identity to the record that waits for this e-mail address,
// under the conditions of the package's documentation (OIDC-36).
func (a *admission) invited(ctx context.Context, tx *store.Tx) (bool, error) {
	id := &a.grant.Identity
	if !id.EmailVerified || !a.provider.trusts(id.Email) {
		return false, nil
	}
	user, found, err := a.people.FindInvited(ctx, tx, directory.NormEmail(id.Email))
	if err != nil || !found {
		return false, err
	}
	linked, err := hasIdentity(ctx, tx, user.ID)
	if err != nil || linked {
		return false, err
	}
	tx.Actor = a.Flow.person(user, a.callback.Facts)
	link := a.newIdentity("invitation")
	link.UserID = user.ID
	a.identity, err = a.people.LinkIdentity(ctx, tx, link)
	if err != nil {
		return false, err
	}
	err = tx.Record(ctx, store.Event{
		Action: models.IdentityLink, Target: directory.Ref(user),
		Object: store.Ref{Kind: models.KindIdentity, ID: a.identity.ID, Name: a.provider.Name() + ": " + id.Subject},
		Detail: "invitation: the provider verified the address",
	})
	if err != nil {
		return false, err
	}
	a.user, err = a.people.LockByID(ctx, tx, user.ID)
	return true, err
}

// create makes a record when the rule allows it.
func (a *admission) create(ctx context.Context, tx *store.Tx) error {
	status, why, refusal := a.allowed()
	if refusal != nil {
		a.refusal = refusal
		return a.sameAddress(ctx, tx)
	}
	tx.Actor = a.byRule()
	wait, err := a.whyWait(ctx, tx)
	if err != nil {
		return err
	}
	if wait != "" {
		status = models.Invited
	}
	a.user, a.identity, err = a.people.CreateFromClaims(ctx, tx, directory.NewFromClaims{
		Identity: a.newIdentity(why), Claims: claims(a.provider, &a.grant.Identity), Shared: shared(a.provider.mapping),
		Status: status, Pending: status == models.Invited, Reason: "Created at the first sign-in: " + why + wait,
	})
	if err != nil {
		return err
	}
	a.created = true
	return tx.Record(ctx, store.Event{
		Action: models.UserCreateJIT, Target: directory.Ref(a.user),
		Object: store.Ref{Kind: models.KindIdentity, ID: a.identity.ID, Name: a.provider.Name() + ": " + a.identity.Subject},
		After:  map[string]any{"status": string(a.user.Status)}, Detail: why + wait,
	})
}

// byRule is the actor of what the provider's settings do now.
func (a *admission) byRule() models.Actor {
	if a.again {
		return models.Actor{Tenant: a.tenant, Kind: models.ActorSystem, Name: "Look at " + a.provider.Name(), Via: models.ViaSync}
	}
	return a.rule(a.provider, a.callback.Facts)
}

func (a *admission) newIdentity(how string) directory.NewIdentity {
	id := &a.grant.Identity
	return directory.NewIdentity{
		Provider: a.provider.Key(), Issuer: id.Issuer, Subject: id.Subject,
		Email: id.Email, EmailVerified: id.EmailVerified, Username: id.Username,
		How: how, By: "Sign-in at " + a.provider.Name(),
	}
}

// judge holds the person's standing against the door.
func (a *admission) judge(_ context.Context, tx *store.Tx) error {
	a.refusal = a.gate(a.provider, &a.user, tx.Now)
	return nil
}

// welcome makes an invited person Active.
func (a *admission) welcome(ctx context.Context, tx *store.Tx) error {
	tx.Actor = a.Flow.person(a.user, a.callback.Facts)
	if a.user.Status != models.Invited {
		return nil
	}
	_, after, err := a.people.SetStatus(ctx, tx, a.user.ID, directory.StatusChange{To: models.Active, Reason: "First sign-in after the invitation"})
	if err != nil {
		return err
	}
	a.user = after
	return tx.Record(ctx, store.Event{
		Action: models.UserActivate, Target: directory.Ref(after),
		Before: map[string]any{"status": string(models.Invited)}, After: map[string]any{"status": string(after.Status)},
	})
}

// learn takes over what the provider says about the person.
func (a *admission) learn(ctx context.Context, tx *store.Tx) error {
	if a.created {
		return nil
	}
	tx.Actor = a.byRule()
	if err := a.people.RefreshIdentity(ctx, tx, a.identity.ID, a.newIdentity("")); err != nil {
		return err
	}
	if a.provider.mapping != nil {
		return a.learnMapped(ctx, tx)
	}
	user, before, after, err := a.people.ApplyClaims(ctx, tx, a.user.ID, claims(a.provider, &a.grant.Identity), a.provider.Key())
	if err != nil {
		return err
	}
	a.user = user
	if len(before)+len(after) == 0 {
		return nil
	}
	return tx.Record(ctx, store.Event{Action: models.UserClaims, Target: directory.Ref(user), Before: before, After: after, Detail: a.provider.Key()})
}

// assign makes the roles from claims what the mapping says.
func (a *admission) assign(ctx context.Context, tx *store.Tx) error {
	tx.Actor = a.byRule()
	wanted, unknown := roles(a.provider, &a.grant.Identity)
	var err error
	a.roles, err = a.access.AssignFromClaims(ctx, tx, access.ClaimInput{
		UserID: a.user.ID, Provider: a.provider.Key(), Roles: wanted, Unknown: unknown,
	})
	return err
}

// claimFirst makes the person the settings name admin, while nobody is.
func (a *admission) claimFirst(ctx context.Context, tx *store.Tx) error {
	if !a.first {
		return nil
	}
	tx.Actor = a.Flow.person(a.user, a.callback.Facts)
	err := a.access.AssignFirstAdmin(ctx, tx, a.user.ID)
	if errs.Is(err, errs.Conflict) {
		return nil // somebody was first
	}
	return err
}

// needRole refuses whoever has nothing to do here.
func (a *admission) needRole(ctx context.Context, tx *store.Tx) error {
	held, err := hasRole(ctx, tx, a.user.ID)
	if err != nil || held {
		return err
	}
	a.refusal = a.refuse(a.provider, ReasonNoRole, "You signed in at "+a.provider.Name()+", but have no role in Rollcall.", a.ask(" for a role"))
	return nil
}

// begin opens the session and records the sign-in.
func (a *admission) begin(ctx context.Context, tx *store.Tx) error {
	id, facts := &a.grant.Identity, a.callback.Facts
	tx.Actor = a.Flow.person(a.user, facts)
	if err := a.people.TouchSignIn(ctx, tx, a.user.ID, a.identity.ID); err != nil {
		return err
	}
	start := session.Start{
		UserID: a.user.ID, UserName: a.user.DisplayName, IdentityID: a.identity.ID,
		Provider: a.provider.Key(), Issuer: id.Issuer, Subject: id.Subject, SID: id.SID,
		IDToken: a.grant.Tokens.ID.Reveal(), Methods: id.AMR, AuthTime: id.AuthTime,
		IP: facts.IP, UserAgent: facts.UserAgent, Replaces: a.callback.Replaces,
	}
	if age := a.provider.config.MaxAuthAge; age > 0 {
		start.Until = models.At(id.AuthTime.Add(age)) // SES-02; auth_time is there, it was asked for
	}
	var err error
	a.session, err = a.sessions.Begin(ctx, tx, start)
	if err != nil {
		return err
	}
	tx.Actor.SessionKey = a.session.PublicID
	of := holder{provider: a.provider, user: a.user.ID, identity: a.identity.ID, session: a.session.PublicID}
	if err := a.keepGrant(ctx, tx, a.grant, of); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.SignInDone, Target: directory.Ref(a.user),
		Object: store.Ref{Kind: models.KindSession, Name: a.session.PublicID},
		Detail: strings.TrimSpace(a.provider.Key() + " " + strings.Join(id.AMR, " ")),
	})
}

// recordRefusal writes the refusal down, with the person when they are known.
func (a *admission) recordRefusal(ctx context.Context, tx *store.Tx) error {
	tx.Actor = a.stranger(a.callback.Facts)
	e := store.Event{
		Action: models.SignInRefused, Result: models.ResultRefused, Detail: a.refusal.detail(),
		Object: store.Ref{Kind: models.KindIdentity, ID: a.identity.ID, Name: a.who()},
	}
	if a.user.ID != 0 {
		e.Target = directory.Ref(a.user)
	}
	return tx.Record(ctx, e)
}

// who names the identity for whoever reads the log.
func (a *admission) who() string {
	id := &a.grant.Identity
	for _, name := range []string{id.Email, id.Username} {
		if name != "" {
			return a.provider.Name() + ": " + name
		}
	}
	return a.provider.Name() + ": " + id.Subject
}

// warn logs what an operator should know about the mapping.
func (a *admission) warn(ctx context.Context) {
	if _, unknown := roles(a.provider, &a.grant.Identity); unknown {
		a.log.WarnContext(ctx, "the provider holds claims back: roles from claims stay as they were", "provider", a.provider.Key(), "claims", a.grant.Identity.Unknown)
	}
	if a.provider.config.Refresh && !a.again && a.grant.Tokens.Refresh == "" {
		a.log.WarnContext(ctx, "the provider gave no refresh token: this session is not looked at again in the background; set offline_access if the provider wants it", "provider", a.provider.Key())
	}
	if len(a.roles.UnknownRoles) > 0 {
		a.log.WarnContext(ctx, "the role mapping names roles that do not exist", "provider", a.provider.Key(), "roles", a.roles.UnknownRoles)
	}
}
