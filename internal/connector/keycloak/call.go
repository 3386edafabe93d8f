package keycloak

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// request is one call of the admin API.
type request struct {
	method string // GET when empty
	path   string // behind the realm's name
	query  url.Values
	body   any
	step   string // as in guard.Request
	role   string // that the call takes
}

// call asks the admin API and reads its answer into a value, if there is one. A
// token that was refused is replaced once: Keycloak may have been restarted, or
// its sessions ended.
func (s *system) call(ctx context.Context, r request, into any) error {
	t, err := s.token(ctx)
	if err != nil {
		return err
	}
	err = s.callWith(ctx, t, r, into)
	var f *connector.Failure
	if !errors.As(err, &f) || f.Kind != connector.FailRefused {
		return err
	}
	s.forget(ctx, t)
	if t, err = s.token(ctx); err != nil {
		return err
	}
	return s.callWith(ctx, t, r, into)
}

func (s *system) callWith(ctx context.Context, t *token, r request, into any) error {
	out := guard.Request{
		Method: r.method, URL: s.base + "/admin/realms/" + url.PathEscape(s.realm) + r.path, Step: r.step,
		Header: http.Header{"Authorization": {"Bearer " + t.text}, "Accept": {"application/json"}},
		Refine: func(f *connector.Failure, a *guard.Answer) { s.refine(f, a, r.role) },
	}
	if out.Method == "" {
		out.Method = http.MethodGet
	}
	if len(r.query) > 0 {
		out.URL += "?" + r.query.Encode()
	}
	if r.body != nil {
		body, err := json.Marshal(r.body)
		if err != nil {
			return connector.Fail(connector.Failure{
				Kind: connector.FailInvalid, System: s.name, Step: r.step,
				Sentence: "Rollcall could not spell what " + s.name + " was to be sent. Nothing was changed.", Fix: "Check the values for broken characters.",
			}, err)
		}
		out.Body = body
		out.Header.Set("Content-Type", "application/json")
	}
	var err error
	if into == nil {
		_, err = s.guard.Do(ctx, out)
	} else {
		_, err = s.guard.JSON(ctx, out, into)
	}
	return err
}

// sees refuses an answer that Keycloak may have thinned out: for want of a role it
// leaves out what the role would show, and says nothing.
func (s *system) sees(ctx context.Context, step, role string) error {
	t, err := s.token(ctx)
	if err != nil {
		return err
	}
	if held, said := t.roles(s.management()); said && !holds(held, role) {
		return s.guard.Fail(connector.FailForbidden, step,
			s.name+" does not show all that it was asked for to "+step+": the service account "+s.client+" lacks the role "+role+".", s.fixRole(role))
	}
	return nil
}

// refine puts what only Keycloak's admin knows into a failure.
func (s *system) refine(f *connector.Failure, a *guard.Answer, role string) {
	said := readComplaint(a)
	switch f.Kind {
	case connector.FailForbidden:
		f.Sentence = s.name + " answered 403 when asked to " + f.Step + ": the service account " + s.client + " lacks the role " + role + "."
		f.Fix = s.fixRole(role)
	case connector.FailRefused:
		f.Sentence = s.name + " answered 401 when asked to " + f.Step + ": it does not accept the token it gave."
		f.Fix = "It is tried again by itself. If this stays, check that the address of Keycloak is the same from everywhere (option hostname)."
	case connector.FailNotFound:
		if strings.HasPrefix(said.Error, "Realm not found") {
			f.Kind, f.Sentence = connector.FailSettings, s.name+" answered 404: it has no realm called "+s.realm+"."
			f.Fix = "Enter the realm's name as it stands in its address, behind /realms/."
		}
	case connector.FailConflict:
		if said.Message != "" {
			f.Sentence = s.name + " answered 409 when asked to " + f.Step + ": " + said.Message + ". Nothing was changed."
		}
	case connector.FailInvalid:
		s.refineInvalid(f, said)
	case connector.FailUnreachable, connector.FailAddress, connector.FailBusy, connector.FailBroken, connector.FailAnswer,
		connector.FailOpen, connector.FailUnsupported, connector.FailSettings:
	}
}

// fixRole says where a role is given.
func (s *system) fixRole(role string) string {
	return "In Keycloak open Clients > " + s.client + " > Service account roles > Assign role > Client roles, and assign " + role + " of " + s.management() + "."
}

func (s *system) refineInvalid(f *connector.Failure, said complaint) {
	why := said.Message
	if why == "" {
		why = said.Description
	}
	field := said.Field
	if field == "" && len(said.Errors) > 0 {
		field, why = said.Errors[0].Field, said.Errors[0].Message
	}
	switch {
	case field != "" && why == "error-user-attribute-read-only":
		f.Sentence = s.name + " does not let " + clean(field) + " be changed. Nothing was changed."
		f.Fix = "In Keycloak let administrators edit it: Realm settings > User profile, for the username also Realm settings > Login > Edit username. Or keep it managed there."
	case field != "":
		f.Sentence = s.name + " does not accept the new value of " + clean(field) + " (" + clean(why) + "). Nothing was changed."
		f.Fix = "Change the value here, or its validation in Keycloak under Realm settings > User profile."
	case why != "":
		f.Sentence = s.name + " did not accept what was sent to " + f.Step + ": " + why + ". Nothing was changed."
	}
}

// complaint is the body of a refusal, in one of Keycloak's three shapes.
type complaint struct {
	Error       string      `json:"error"`
	Description string      `json:"error_description"`
	Message     string      `json:"errorMessage"`
	Field       string      `json:"field"`
	Errors      []complaint `json:"errors"`
}

func readComplaint(a *guard.Answer) complaint {
	var c complaint
	if json.Unmarshal(a.Body, &c) != nil {
		return complaint{} // a proxy's page: the status says enough
	}
	c.Error, c.Description, c.Message = clean(c.Error), clean(c.Description), clean(c.Message)
	return c
}

func (c complaint) is(word, description string) bool {
	return c.Error == word && strings.HasPrefix(c.Description, description)
}

// clean cuts foreign text to what can stand in a sentence.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	if runes := []rune(text); len(runes) > 120 {
		text = string(runes[:120]) + "..."
	}
	return strings.TrimRight(text, ". ")
}
