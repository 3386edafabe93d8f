package models

// ActorKind says what sort of thing acts.
type ActorKind string

// The kinds of actor.
const (
	ActorUser      ActorKind = "user"      // a signed-in person
	ActorAnonymous ActorKind = "anonymous" // somebody not (yet) known, at the sign-in door
	ActorSystem    ActorKind = "system"    // Rollcall itself: expiry, seed, migration
	ActorOperator  ActorKind = "operator"  // whoever holds the command line of the machine
)

// Via says through which door an act came.
type Via string

// The doors that exist.
const (
	ViaWeb    Via = "web"
	ViaCLI    Via = "cli"
	ViaSystem Via = "system"
	ViaSync   Via = "sync"   // read from a connected system by schedule
	ViaEvent  Via = "event"  // a connected system told us
	ViaSignal Via = "signal" // a provider's sign-out message
)

// Actor is who acts, where and through what. No write happens without one: the
// zero Actor is refused by store.Change. Tenant scopes every query below it.
type Actor struct {
	Tenant     int64
	Kind       ActorKind
	UserID     int64  // 0 unless Kind is ActorUser
	Name       string // as it is written into the log, so that it survives renaming
	Can        Permission
	Via        Via
	IP         string
	RequestID  string
	SessionKey string // public handle of the session, never its token
}

// SystemActor gives the actor of Rollcall itself in a tenant.
func SystemActor(tenant int64, name string) Actor {
	return Actor{Tenant: tenant, Kind: ActorSystem, Name: name, Can: AllPermissions, Via: ViaSystem}
}

// Valid reports whether the actor may write at all: it has a tenant, a kind and a name.
func (a Actor) Valid() bool { return a.Tenant > 0 && a.Kind != "" && a.Name != "" }
