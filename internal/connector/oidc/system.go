package oidc

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// documentLife is how long the discovery document is believed.
const documentLife = time.Hour

// tenantMark stands in an issuer that serves many tenants. Discovery then lies
// at the alias that serves them all.
const (
	tenantMark  = "{tenantid}"
	tenantAlias = "organizations"
)

// System is one OpenID provider.
type System struct {
	name   string
	issuer string
	client oauth.Client // the method is chosen by what the provider offers
	guard  *guard.Client
	now    func() time.Time
	seen   *seen

	mu       sync.Mutex
	document *document
	fetched  time.Time
}

// New makes the adapter without touching the network. Of a provider people sign
// in with, the client they sign in through is the one whose tokens there are.
func New(s connector.Settings, secrets connector.Secrets, name string, now func() time.Time) (connector.System, error) {
	if now == nil {
		now = time.Now
	}
	asked := s
	asked.BaseURL = strings.ReplaceAll(s.EffectiveIssuer(), tenantMark, tenantAlias)
	g, err := guard.New(guard.Options{System: name, Settings: asked, Now: now})
	if err != nil {
		return nil, err
	}
	out := &System{name: name, issuer: s.EffectiveIssuer(), guard: g, now: now, seen: newSeen(now)}
	out.client = oauth.Client{ID: s.ClientID, Secret: secrets.Client}
	if s.ClientID == "" && s.SignIn != nil {
		out.client = oauth.Client{ID: s.SignIn.ClientID, Secret: secrets.SignIn}
	}
	return out, nil
}

// Close drops connections.
func (s *System) Close() { s.guard.Close() }

// document is the part of the discovery document that matters here.
type document struct {
	Issuer         string   `json:"issuer"`
	Authorization  string   `json:"authorization_endpoint"`
	Token          string   `json:"token_endpoint"`
	Keys           string   `json:"jwks_uri"`
	Revocation     string   `json:"revocation_endpoint"`
	Introspection  string   `json:"introspection_endpoint"`
	EndSession     string   `json:"end_session_endpoint"`
	Methods        []string `json:"token_endpoint_auth_methods_supported"`
	Challenges     []string `json:"code_challenge_methods_supported"`
	BackChannel    bool     `json:"backchannel_logout_supported"`
	BackChannelSID bool     `json:"backchannel_logout_session_supported"`
	IssParameter   bool     `json:"authorization_response_iss_parameter_supported"`
}

// address gives where the discovery document lies (Discovery section 4): one
// slash at the end of the issuer does not double.
func (s *System) address() string {
	issuer := strings.ReplaceAll(s.issuer, tenantMark, url.PathEscape(tenantAlias))
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

// fetch asks for the discovery document; look is told of the answer, whatever it is.
func (s *System) fetch(ctx context.Context, look func(*guard.Answer)) (*document, error) {
	d := new(document)
	a, err := s.guard.JSON(ctx, guard.Request{
		Method: http.MethodGet, URL: s.address(), Step: "give its discovery document", Header: http.Header{"Accept": {"application/json"}},
		Refine: func(f *connector.Failure, a *guard.Answer) {
			look(a)
			if f.Kind == connector.FailNotFound {
				f.Kind, f.Sentence = connector.FailSettings, s.name+" answered 404: there is no OpenID provider at "+s.issuer+"."
				f.Fix = "Enter the issuer exactly as the provider writes it: the address in front of /.well-known/openid-configuration."
			}
		},
	}, d)
	if err != nil {
		return nil, err
	}
	look(a)
	return d, nil
}

// discover gives the document, fetched when it is needed first. One that calls
// itself by another issuer is not believed.
func (s *System) discover(ctx context.Context) (*document, error) {
	s.mu.Lock()
	d, fresh := s.document, s.now().Sub(s.fetched) < documentLife
	s.mu.Unlock()
	if d != nil && fresh {
		return d, nil
	}
	d, err := s.fetch(ctx, func(*guard.Answer) {})
	if err != nil {
		return nil, err
	}
	if d.Issuer != s.issuer {
		return nil, s.guard.Fail(connector.FailSettings, "give its discovery document",
			s.name+" calls itself by another issuer than the settings here.", "Enter the issuer exactly as the provider writes it.")
	}
	s.mu.Lock()
	s.document, s.fetched = d, s.now()
	s.mu.Unlock()
	return d, nil
}

// post sends a form with our client's proof. An answer that is no success is
// given together with the failure it stands for.
func (s *System) post(ctx context.Context, d *document, r call) (*guard.Answer, error) {
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}}
	client := r.as
	client.Method = oauth.Choose(d.Methods, client.Secret)
	client.Sign(r.form, header)
	var refused *guard.Answer
	a, err := s.guard.Do(ctx, guard.Request{
		Method: http.MethodPost, URL: r.to, Step: r.step, Header: header, Body: []byte(r.form.Encode()),
		Refine: func(f *connector.Failure, a *guard.Answer) {
			refused = a
			if f.Kind == connector.FailRefused {
				f.Fix = "Check the client id and the secret of Rollcall at " + s.name + "."
			}
		},
	})
	if err != nil {
		return refused, err
	}
	return a, nil
}

// call is one form to send.
type call struct {
	to, step string
	form     url.Values
	as       oauth.Client
}
