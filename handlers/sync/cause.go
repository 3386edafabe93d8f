package sync

import (
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/sync"
)

// causesOf shows what went wrong in a run by its cause, each with what mends it.
func (p *Pages) causesOf(c *web.Call, run sync.RunView) []view.Cause {
	if len(run.Errors) == 0 && run.State == models.RunFailed { // it failed before causes were kept
		run.Errors = []sync.RunError{{Kind: models.ErrorKind(connector.FailAnswer), Sentence: run.Sentence, Times: max(int(run.Tries), 1)}}
	}
	all := make([]view.Cause, len(run.Errors))
	for i, e := range run.Errors {
		m := mends(e.Kind)
		all[i] = view.Cause{Count: e.Times, Sentence: e.Sentence, Fix: e.Fix, Examples: e.Examples, More: e.Kind.OfAccount() && e.Times > len(e.Examples)}
		if all[i].Fix == "" {
			all[i].Fix = m.fix
		}
		if m.link != "" && p.Connector != nil && c.Can(m.needs) {
			all[i].Href, all[i].Link = strings.TrimSuffix(p.Connector(run.Connector.PublicID)+"/"+m.path, "/"), m.link
		}
	}
	return all
}

// mend is where a cause is dealt with, below the page of a connector.
type mend struct {
	path, link, fix string
	needs           models.Permission
}

// mends gives what mends errors of one kind. fix is said where the system said
// nothing of its own.
func mends(kind models.ErrorKind) mend {
	read, edit := models.ConnectorsRead, models.ConnectorsEdit
	switch kind {
	case models.ErrorValue, models.ErrorKey:
		return mend{"mapping", "Open the mapping", "", read}
	case models.ErrorRest:
		return mend{"", "Open the connector", "Mend what stands above first.", read}
	}
	switch connector.FailureKind(kind) {
	case connector.FailRefused:
		return mend{"secrets", "Rotate the secrets", "", edit}
	case connector.FailAddress, connector.FailSettings:
		return mend{"edit", "Edit the connection", "", edit}
	case connector.FailBusy:
		return mend{"edit", "Edit the connection", "Rollcall waits and goes on. Ask less often when it happens each time: requests a second at most, under More settings.", edit}
	case connector.FailUnreachable, connector.FailBroken, connector.FailOpen:
		return mend{"test", "Test the connection", "Rollcall tries again by itself. When it goes on failing, test the connection: it says which step fails.", read}
	case connector.FailForbidden, connector.FailNotFound, connector.FailConflict, connector.FailInvalid, connector.FailAnswer, connector.FailUnsupported:
	}
	return mend{"test", "Test the connection", "Test the connection: it says which step fails and what to change.", read}
}
