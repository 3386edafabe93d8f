package offboard

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// applications says what is known of each application that takes part in the
// sessions a step is about to end. A system answers 204 also when the address
// of an application is dead, so none is ever confirmed by it; only the console
// knows of itself, because its sessions ended with the act.
func (v *visit) applications(ctx context.Context, list []connector.Session) []Told {
	var clients []string
	for _, s := range list {
		if v.concerned(s) {
			clients = append(clients, s.Apps...)
		}
	}
	slices.Sort(clients)
	clients = slices.Compact(clients)
	if len(clients) == 0 {
		return nil
	}
	known := v.catalogue.of(ctx, place{v.step.Tenant, v.step.ConnectorID}, v.system, v.now())
	told := make([]Told, 0, len(clients))
	for _, client := range clients {
		told = append(told, v.told(client, known[client]))
	}
	return told
}

// told says it of one application.
func (v *visit) told(client string, app connector.App) Told {
	t := Told{Client: client, Name: app.Name, Outcome: models.OutcomeNeverTold, Seconds: int(math.Ceil(app.TokenLifetime.Seconds()))}
	switch {
	case client == v.console():
		t.Outcome, t.Seconds = models.OutcomeConfirmed, 0
	case app.ClientID == "": // the system does not say what it knows of it
		t.Outcome = models.OutcomeSent
	case app.SignOutURL != "":
		t.Outcome = models.OutcomeSent
	}
	return t
}

// settle counts the last second of access: a token may have been issued until
// the sessions ended, which is now at the latest.
func (v *visit) settle() {
	for i := range v.proof.Apps {
		if t := &v.proof.Apps[i]; t.Seconds > 0 {
			t.Until = v.now().Add(time.Duration(t.Seconds)*time.Second + time.Second - time.Nanosecond).Truncate(time.Second)
		}
	}
}

// console gives our own client id at the system.
func (v *visit) console() string {
	if v.Console != "" {
		return v.Console
	}
	if v.Engine.Console == nil {
		return ""
	}
	return v.Engine.Console(v.Provider, v.Issuer)
}

// Sentence says what is known of the application, for people.
func (t Told) Sentence() string {
	switch t.Outcome {
	case models.OutcomeConfirmed:
		return "Ended here with the change."
	case models.OutcomeNeverTold:
		if t.Until.IsZero() {
			return "It has no sign-out address. How long a token it holds still works is not known."
		}
		return "It has no sign-out address: ends by " + clock(t.Until) + " when its token expires."
	}
	if t.Until.IsZero() {
		return "Told at its sign-out address, if it has one. What it did is not known, nor how long a token it holds still works."
	}
	return "Told at its sign-out address. What it did is not known; a token it holds works until " + clock(t.Until) + " at the latest."
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05") + " UTC" }

// catalogue remembers for a short time which applications a system has: many
// steps at one system ask the same.
type catalogue struct {
	mu   sync.Mutex
	kept map[place]listing
}

type place struct{ tenant, connector int64 }

type listing struct {
	apps map[string]connector.App // nil: it could not be had
	at   time.Time
}

// How long a list of applications is good for, and that there is none: who plans
// for many people asks again and again.
const (
	catalogueTime = time.Minute
	noneTime      = 10 * time.Second
)

func (l listing) good(now time.Time) bool {
	age, limit := now.Sub(l.at), catalogueTime
	if l.apps == nil {
		limit = noneTime
	}
	return age >= 0 && age < limit
}

// of gives the applications of a system by client id; what it does not list is
// not known.
func (c *catalogue) of(ctx context.Context, at place, system connector.System, now time.Time) map[string]connector.App {
	c.mu.Lock()
	one, ok := c.kept[at]
	c.mu.Unlock()
	if ok && one.good(now) {
		return one.apps
	}
	lister, ok := system.(connector.AppLister)
	if !ok {
		return nil
	}
	apps := listed(ctx, lister)
	if ctx.Err() != nil { // it was not the system that failed
		return apps
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[place]listing{}
	}
	c.kept[at] = listing{apps, now}
	return apps
}

// listed asks a system for its applications; nil is that it cannot say, and then
// each of them counts as unknown.
func listed(ctx context.Context, lister connector.AppLister) map[string]connector.App {
	list, err := lister.ListApps(ctx)
	if err != nil {
		return nil
	}
	apps := make(map[string]connector.App, len(list))
	for _, app := range list {
		apps[app.ClientID] = app
	}
	return apps
}

// counted writes a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
