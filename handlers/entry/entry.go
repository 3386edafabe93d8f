package entry

import (
	"context"
	"net/http"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// readyTime is how long the database may take to answer a health check.
const readyTime = 2 * time.Second

// Pages answers the routes of this package.
type Pages struct {
	ping func(context.Context) error
}

// New makes the pages; ping asks the database for a sign of life.
func New(ping func(context.Context) error) *Pages { return &Pages{ping: ping} }

// Routes lists what this package answers.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: "/", Door: web.SignedIn, Summary: "Lead each person to what waits for them", Handler: p.Start},
		{Method: http.MethodPost, Path: "/me/preferences", Door: web.SignedIn, Summary: "Keep choices of appearance", Handler: web.SavePreferences},
		{Method: http.MethodGet, Path: "/healthz", Door: web.Public, Anonymous: true, Summary: "The process is alive", Handler: p.Healthy},
		{Method: http.MethodGet, Path: "/readyz", Door: web.Public, Anonymous: true, Summary: "The process and its database can answer", Handler: p.Ready},
	}
}

// Start leads to the first page that has something for this person.
func (p *Pages) Start(c *web.Call) error {
	switch {
	case c.Can(models.AttentionRead):
		return c.Redirect("/attention")
	case c.Can(models.TeamRead):
		return c.Redirect("/team")
	case c.Can(models.AuditRead):
		return c.Redirect("/audit")
	}
	return c.Redirect("/me")
}

// Healthy answers while the process runs.
func (p *Pages) Healthy(c *web.Call) error {
	c.String(http.StatusOK, "ok\n")
	return nil
}

// Ready answers while the database does too.
func (p *Pages) Ready(c *web.Call) error {
	ctx, cancel := context.WithTimeout(c.Ctx(), readyTime)
	defer cancel()
	if err := p.ping(ctx); err != nil {
		c.Log().Error("not ready", "kind", errs.KindOf(err).String(), "error", err.Error())
		c.String(http.StatusServiceUnavailable, "the database does not answer\n")
		return nil
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}
