package roles

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// Roles is what the pages ask about roles and applications.
type Roles interface {
	ListRoles(ctx context.Context, tenant int64, f access.RoleFilter) (access.RolePage, error)
	Role(ctx context.Context, tenant int64, key string) (access.RoleDetail, error)
	Holders(ctx context.Context, tenant int64, key string, f access.HolderFilter) (access.HolderPage, error)
	CreateRole(ctx context.Context, actor models.Actor, in access.RoleInput) (access.RoleDetail, error)
	EditRole(ctx context.Context, actor models.Actor, key string, in access.RoleInput) (access.RoleDetail, error)
	RemoveRole(ctx context.Context, actor models.Actor, key, reason string) error
	Matrix(ctx context.Context, tenant int64, f access.MatrixFilter) (access.Matrix, error)
	PreviewMatrix(ctx context.Context, actor models.Actor, in access.MatrixInput) (access.MatrixPreview, error)
	EditMatrix(ctx context.Context, actor models.Actor, in access.MatrixInput) (int, error)
	Applications(ctx context.Context, tenant int64) ([]access.ApplicationRow, error)
	Permissions(ctx context.Context, tenant int64, application string) ([]access.PermissionRef, error)
	CreateApplication(ctx context.Context, actor models.Actor, in access.ApplicationInput) (models.Application, error)
	AddPermission(ctx context.Context, actor models.Actor, in access.PermissionInput) (access.PermissionRef, error)
}

// Assignments is what the pages ask about who holds what.
type Assignments interface {
	Held(ctx context.Context, tenant, userID int64) ([]access.HeldRole, error)
	Effective(ctx context.Context, tenant, userID int64) ([]access.EffectivePermission, error)
	Assignment(ctx context.Context, tenant, id int64) (access.AssignmentView, error)
	AfterRemoval(ctx context.Context, tenant, id int64) (access.Remains, error)
	Assign(ctx context.Context, actor models.Actor, in access.AssignInput) (access.AssignmentView, error)
	Unassign(ctx context.Context, actor models.Actor, id int64, reason string) (access.Remains, error)
	ChangeUntil(ctx context.Context, actor models.Actor, in access.UntilInput) (access.AssignmentView, error)
}

// People finds the person of an address.
type People interface {
	Get(ctx context.Context, tenant int64, publicID string) (directory.Person, error)
	SourceName(key string) string
}

// Deps is what the pages need.
type Deps struct {
	Roles       Roles
	Assignments Assignments
	People      People
	// History draws what happened to a role. It is asked only for readers of the
	// audit log; nil leaves the section out.
	History func(c *web.Call, roleID int64, key string) (web.Component, error)
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	read, edit, give := models.RolesRead, models.RolesEdit, models.RolesAssign
	routes := []web.Route{
		{Path: "/roles", Allow: read, Summary: "List roles", Handler: p.List, Nav: &web.Nav{Section: "Directory", Label: "Roles"}},
		{Path: matrixPath, Allow: read, Summary: "See what roles give beside each other", Handler: p.Matrix},
		{Path: comparePath, Allow: read, Summary: "Choose two roles to compare", Handler: p.Compare},
		{Path: editPath, Allow: edit, Summary: "Tick what roles give", Handler: p.EditMatrix},
		{Path: reviewPath, Allow: edit, Summary: "See what changes of several roles would do", Handler: p.ReviewMatrix},
		{Path: "/roles/:key", Allow: read, Summary: "See a role, who holds it and its history", Handler: p.Show},
		{Path: "/roles/new", Allow: edit, Summary: "Form of a new role", Handler: p.New},
		{Path: "/roles/:key/edit", Allow: edit, Summary: "Form to edit a role", Handler: p.Edit},
		{Path: "/roles/:key/remove", Allow: edit, Summary: "What removing a role does", Handler: p.Remove},
		{Path: "/applications/new", Allow: edit, Summary: "Form of a new application", Handler: p.NewApplication},
		{Path: "/permissions/new", Allow: edit, Summary: "Form of a new permission of an application", Handler: p.NewPermission},
		{Path: "/users/:id/access", Allow: models.UsersRead, Summary: "See a person's roles and effective permissions", Handler: p.Effective},
		{Path: "/users/:id/roles/new", Allow: give, Summary: "Choose a role to give to a person", Handler: p.ChooseRole},
		{Path: "/users/:id/roles/:assignment/remove", Allow: give, Summary: "What removing a role from a person does", Handler: p.AskUnassign},
		{Path: "/users/:id/roles/:assignment/until", Allow: give, Summary: "Form to change the end of an assignment", Handler: p.AskUntil},
	}
	for i := range routes {
		routes[i].Method = http.MethodGet
	}
	for _, r := range []web.Route{
		{Path: "/roles/new", Allow: edit, Summary: "Create a role", StepUpWhen: "it is privileged, contains a privileged role or gives a permission of admins", Handler: p.Create},
		{Path: editPath, Allow: edit, Summary: "Take ticks and lead on; changes nothing", Handler: p.CollectMatrix},
		{Path: reviewPath, Allow: edit, Summary: "Change what several roles give", StepUp: true, Handler: p.SaveMatrix},
		{Path: "/roles/:key/edit", Allow: edit, Summary: "Edit a role", StepUpWhen: "the role is or becomes privileged, or gains a permission of admins", Handler: p.Save},
		{Path: "/roles/:key/remove", Allow: edit, Summary: "Remove a role nobody holds", StepUpWhen: "the role is privileged", Handler: p.DoRemove},
		{Path: "/applications/new", Allow: edit, Summary: "Create an application", Handler: p.CreateApplication},
		{Path: "/permissions/new", Allow: edit, Summary: "Add a permission to an application", Handler: p.AddPermission},
		{Path: "/users/:id/roles/new", Allow: give, Summary: "Give a role to a person", StepUpWhen: "the role is privileged", Handler: p.Assign},
		{Path: "/users/:id/roles/:assignment/remove", Allow: give, Summary: "Remove a role from a person", StepUpWhen: "the role is privileged", Handler: p.Unassign},
		{Path: "/users/:id/roles/:assignment/until", Allow: give, Summary: "Change the end of an assignment", StepUpWhen: "the role is privileged", Handler: p.ChangeUntil},
	} {
		r.Method = http.MethodPost
		routes = append(routes, r)
	}
	return routes
}
