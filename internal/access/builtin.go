package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// builtIn is a role that comes with the product. They cannot be edited, so that
// the documentation of what a helpdesk may do is true everywhere.
type builtIn struct {
	key, name, sentence string
	privileged          bool
	mask                models.Permission
}

// builtIns are the five. Helpdesk sees masked fields only by asking, and changes
// no role. The auditor reads and exports and changes nothing at all: who checks
// does not act (AUD-09). The employee needs no permission to see own access.
var builtIns = []builtIn{
	{
		key: models.RoleAdmin, name: "Admin", privileged: true, mask: models.AllPermissions,
		sentence: "Do everything in Rollcall: people, roles, settings and the log",
	},
	{
		key: models.RoleHelpdesk, name: "Helpdesk",
		sentence: "Find people, see why they cannot sign in, unlock and suspend them, end their sessions",
		mask: models.AttentionRead | models.UsersRead | models.UsersSuspend | models.SessionsEnd | models.AccountsUnlock |
			models.RolesRead | models.AuditRead | models.OperationsRead,
	},
	{
		key: models.RoleManager, name: "Manager", mask: models.TeamRead | models.AuditReadOwn,
		sentence: "See own reports, their access, and the log of own acts",
	},
	{
		key: models.RoleAuditor, name: "Auditor",
		sentence: "Read and export people, roles and the log, and change nothing",
		mask: models.UsersRead | models.UsersExport | models.RolesRead | models.AuditRead | models.AuditExport |
			models.ConnectorsRead | models.LinksRead | models.SyncRead | models.OperationsRead,
	},
	{
		key: models.RoleEmployee, name: "Employee",
		sentence: "See own access and end own sessions",
	},
}

// EnsureBuiltIns puts the console's application, its permissions and the
// built-in roles in place, and makes them what this version of the program says.
// It may run at every start, and on several replicas at once.
func (e *Engine) EnsureBuiltIns(ctx context.Context, tenant int64) error {
	missing, err := compareBuiltIns(ctx, e.db.Read(tenant))
	if err != nil || missing.none() {
		return err
	}
	actor := models.SystemActor(tenant, "Rollcall")
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		missing, err := compareBuiltIns(ctx, tx.Reader)
		if err != nil {
			return err
		}
		if missing.none() { // another replica was faster
			return errUnchanged
		}
		return missing.write(ctx, tx)
	})
	return unlessUnchanged(err)
}

// builtInChange is what is to be done to have the built-ins in place.
type builtInChange struct {
	application  models.Application // with ID 0 when it is missing
	permissions  []models.PermissionInfo
	sentences    []models.PermissionInfo // whose sentence is an older one
	roles        []builtIn
	texts        []models.Role // whose name, sentence or mark is an older one
	storedRoles  map[string]models.Role
	storedByRole map[string]models.Permission
}

func (c builtInChange) none() bool {
	return c.application.ID != 0 && len(c.permissions)+len(c.sentences)+len(c.roles)+len(c.texts) == 0 && len(c.wrong()) == 0
}

// wrong gives the built-in roles that are there but do not hold what they should.
func (c builtInChange) wrong() []builtIn {
	return slices.DeleteFunc(slices.Clone(builtIns), func(b builtIn) bool {
		_, there := c.storedRoles[b.key]
		return !there || c.storedByRole[b.key] == b.mask
	})
}

func compareBuiltIns(ctx context.Context, r store.Reader) (builtInChange, error) {
	var c builtInChange
	var err error
	if c.application, err = findConsole(ctx, r); err != nil {
		return c, err
	}
	stored, err := selectPermissions(ctx, r, models.ConsoleApplication)
	if err != nil {
		return c, err
	}
	sentences := make(map[string]string, len(stored))
	for _, p := range stored {
		sentences[p.Key] = p.Sentence
	}
	for _, info := range models.Permissions {
		switch sentence, there := sentences[info.Key]; {
		case !there:
			c.permissions = append(c.permissions, info)
		case sentence != info.Sentence:
			c.sentences = append(c.sentences, info)
		}
	}
	return c, c.compareRoles(ctx, r)
}

func (c *builtInChange) compareRoles(ctx context.Context, r store.Reader) error {
	var wanted []string
	for _, b := range builtIns {
		wanted = append(wanted, b.key)
	}
	var err error
	if c.storedRoles, err = selectRolesByKey(ctx, r, wanted); err != nil {
		return err
	}
	c.storedByRole = make(map[string]models.Permission)
	for _, b := range builtIns {
		role, there := c.storedRoles[b.key]
		if !there {
			c.roles = append(c.roles, b)
			continue
		}
		if role.Name != b.name || role.Sentence != b.sentence || role.Privileged != b.privileged {
			role.Name, role.Sentence, role.Privileged = b.name, b.sentence, b.privileged
			c.texts = append(c.texts, role)
		}
		held, err := selectOwnPermissions(ctx, r, role.ID)
		if err != nil {
			return err
		}
		c.storedByRole[b.key] = consoleMask(held)
	}
	return nil
}
