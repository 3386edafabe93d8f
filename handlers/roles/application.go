package roles

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
)

type applicationForm struct {
	Name string `form:"name" label:"Name" validate:"required,max=120"`
	Key  string `form:"key" label:"Key" validate:"required,max=60"`
}

var applicationPage = web.Page{Title: "New application", Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: "New application"}}}

// NewApplication answers GET /applications/new.
func (p *Pages) NewApplication(c *web.Call) error {
	return c.Render(applicationPage, roles.Application(roles.ApplicationModel{}))
}

// CreateApplication answers POST /applications/new.
func (p *Pages) CreateApplication(c *web.Call) error {
	var f applicationForm
	err := c.Bind(&f)
	if err == nil {
		_, err = p.Roles.CreateApplication(c.Ctx(), c.Actor(), access.ApplicationInput{Key: f.Key, Name: f.Name})
	}
	if err == nil {
		return c.Redirect("/roles?ok=application")
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	page := applicationPage
	page.Code = w.code
	return c.Render(page, roles.Application(roles.ApplicationModel{Name: f.Name, Key: f.Key, Errors: w.fields, Problems: w.problems}))
}

type permissionForm struct {
	Application string `form:"application" label:"Application" validate:"required,max=120"`
	Key         string `form:"key" label:"Key" validate:"required,max=120"`
	Sentence    string `form:"sentence" label:"What it lets a person do" validate:"required,max=300"`
}

// NewPermission answers GET /permissions/new.
func (p *Pages) NewPermission(c *web.Call) error {
	return p.permissionPage(c, permissionForm{Application: c.Query("application")}, nil)
}

// AddPermission answers POST /permissions/new.
func (p *Pages) AddPermission(c *web.Call) error {
	var f permissionForm
	err := c.Bind(&f)
	if err == nil {
		_, err = p.Roles.AddPermission(c.Ctx(), c.Actor(), access.PermissionInput{Application: f.Application, Key: f.Key, Sentence: f.Sentence})
	}
	if err == nil {
		return c.Redirect("/roles?ok=permission")
	}
	return p.permissionPage(c, f, err)
}

// permissionPage draws the form, again when it was refused. The console's own
// permissions come with Rollcall, so its application is not offered.
func (p *Pages) permissionPage(c *web.Call, f permissionForm, refused error) error {
	page := web.Page{Title: "New permission", Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: "New permission"}}}
	m := roles.PermissionModel{Key: f.Key, Sentence: f.Sentence}
	if refused != nil {
		w, again := refusal(refused)
		if !again {
			return refused
		}
		m.Errors, m.Problems, page.Code = w.fields, w.problems, w.code
	}
	all, err := p.Roles.Applications(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	var others []access.ApplicationRow
	for _, a := range all {
		if a.Key != models.ConsoleApplication {
			others = append(others, a)
		}
	}
	m.Applications = applicationOptions(others, f.Application, "Choose an application")
	return c.Render(page, roles.NewPermission(m))
}
