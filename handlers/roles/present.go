package roles

import (
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/roles"
)

// AccessOptions says who looks at whose access, and where.
type AccessOptions struct {
	UserID     string // public id of the person
	Name       string // "" when the reader is the person
	Can        models.Permission
	Now        time.Time
	Limit      int  // 0: all roles
	ReadOnly   bool // no buttons, whatever the reader may do
	Plain      bool // for people who do not know roles by name: each with its sentence
	SourceName func(key string) string

	Applications map[string]string // names by key; a key without one stands for itself
}

// AccessModel makes the view model of what a person holds.
func AccessModel(held []access.HeldRole, o AccessOptions) roles.AccessModel {
	m := roles.AccessModel{All: len(held), Sentences: o.Plain, Now: o.Now, Empty: "You hold no role. Without one you can see only your own record."}
	if o.Name != "" {
		m.Empty = o.Name + " holds no role."
	}
	if o.Limit > 0 && len(held) > o.Limit {
		held = held[:o.Limit]
		m.AllHref = userHref(o.UserID) + "/access"
	}
	for _, h := range held {
		m.Roles = append(m.Roles, heldModel(h, o))
	}
	if o.ReadOnly {
		return m
	}
	if o.Can.Has(models.RolesAssign) {
		m.AssignHref = userHref(o.UserID) + "/roles/new"
	}
	if o.Can.Has(models.UsersRead) {
		m.EffectiveHref = userHref(o.UserID) + "/access"
	}
	return m
}

func heldModel(h access.HeldRole, o AccessOptions) roles.Held {
	v := roles.Held{
		Name: h.Role.Name, Application: o.application(h.Application), Sentence: h.Sentence, Privileged: h.Role.Privileged, More: h.MorePaths,
	}
	if o.Can.Has(models.RolesRead) {
		v.Href = roleHref(h.Role.Key)
	}
	for _, path := range h.Paths {
		v.Paths = append(v.Paths, pathModel(path, h.Role.Privileged, o))
	}
	return v
}

// pathModel offers what the reader may do about one path. The engine decides
// again when it is done.
func pathModel(path access.Path, privileged bool, o AccessOptions) roles.Path {
	v := roles.Path{
		Why: o.why(path), Reason: path.Reason, Since: since(path), Until: path.Until.Time(), State: string(path.State),
	}
	if o.ReadOnly || !o.Can.Has(models.RolesAssign) {
		return v
	}
	claim, mapped := path.Claim()
	switch {
	case len(path.Via) > 0:
		v.Owned = "Comes with " + path.Via[0].Name
	case mapped:
		v.Owned = "Managed in " + sourceName(o, claim.Provider)
	case privileged && !o.Can.Has(models.RolesAssignPrivileged):
		v.Owned = "Privileged: not yours to remove"
	case path.Removable:
		base := userHref(o.UserID) + "/roles/" + strconv.FormatInt(path.AssignmentID, 10)
		v.RemoveHref = base + "/remove"
		v.UntilHref = base + "/until"
	}
	return v
}

// since is when the path gives access from: for one that is given already, the
// moment it was given or began, whichever is later.
func since(path access.Path) time.Time {
	return max(path.From, path.CreatedAt).Time()
}

func (o AccessOptions) application(key string) string {
	if name := o.Applications[key]; name != "" {
		return name
	}
	return key
}

// why is the path in one line, with the provider's name in place of its key.
func (o AccessOptions) why(path access.Path) string {
	line := path.Why()
	if claim, mapped := path.Claim(); mapped {
		return strings.TrimSuffix(line, claim.Provider) + sourceName(o, claim.Provider)
	}
	return line
}

func sourceName(o AccessOptions, provider string) string {
	if o.SourceName == nil {
		return provider
	}
	return o.SourceName(provider)
}
