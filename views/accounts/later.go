package accounts

import (
	"context"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/ui"
)

// later lets a section ask for itself as soon as the page is there.
func later(ctx context.Context, m SignIn) templ.Attributes {
	if !m.Later {
		return nil
	}

	return ui.HX(ctx, ui.Request{Get: m.Path, Target: "#signin", Swap: "outerHTML", Trigger: "load"})
}

// laterSessions waits until somebody scrolls there.
func laterSessions(ctx context.Context, m Sessions) templ.Attributes {
	if !m.Later {
		return nil
	}

	return ui.HX(ctx, ui.Request{Get: m.Path, Target: "#system-sessions", Swap: "outerHTML", Trigger: "revealed"})
}

// reload asks for a section again in its place; on a page of its own the link does.
func reload(alone bool, path, target string) ui.Request {
	if alone {
		return ui.Request{}
	}

	return ui.Request{Get: path, Target: target, Swap: "outerHTML"}
}

// poll asks again while something goes on.
func poll(ctx context.Context, m Outcomes) templ.Attributes {
	if !m.Open || !m.Live {
		return nil
	}

	return ui.HX(ctx, ui.Request{Get: m.Refresh, Target: "#" + m.ID, Swap: "outerHTML", Trigger: "every 2s"})
}
