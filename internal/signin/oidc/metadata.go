package oidc

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/outbound"
)

// metadata is what we use of the provider's discovery document.
type metadata struct {
	authorization, token, userInfo, jwks, endSession string
	revocation, introspection                        string // "": it has none
	authMethods                                      []string
	issParameter                                     bool // RFC 9207
}

const (
	metadataLife  = time.Hour
	metadataGrace = 24 * time.Hour
)

// finalMetadata tells a provider that must be refused from one that is down.
func finalMetadata(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && (r.Reason == ReasonMetadataMismatch || r.Reason == ReasonMetadataInsecure)
}

// discoveryAddress follows Discovery section 4: one slash at the end of the
// issuer does not double.
func (c Config) discoveryAddress() string {
	issuer := strings.Replace(c.Issuer, TenantMark, url.PathEscape(c.TenantAlias), 1)
	return strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
}

func (p *Provider) loadMetadata(ctx context.Context) (*metadata, error) {
	body, err := p.get(ctx, toDiscovery, p.config.discoveryAddress())
	if err != nil {
		return nil, err
	}
	m, refusal := p.readMetadata(body)
	if refusal != nil {
		return nil, p.health.note(toDiscovery, refusal)
	}
	_ = p.health.note(toDiscovery, nil) // nothing to hand through
	return m, nil
}

func (p *Provider) readMetadata(body []byte) (*metadata, *Refusal) {
	doc, err := decodeObject(body)
	if err != nil {
		return nil, p.refuse(ReasonAnswerMalformed).because(err).detail("metadata")
	}
	issuer, _ := doc["issuer"].(string)
	if issuer != p.config.Issuer {
		return nil, p.refuse(ReasonMetadataMismatch).detail("configured %q, metadata %.200q", p.config.Issuer, issuer)
	}
	refusal := p.secureMetadata(doc)
	if refusal != nil {
		return nil, refusal
	}
	m := &metadata{
		authorization: text(doc, "authorization_endpoint"),
		token:         text(doc, "token_endpoint"),
		userInfo:      text(doc, "userinfo_endpoint"),
		jwks:          text(doc, "jwks_uri"),
		endSession:    text(doc, "end_session_endpoint"),
		revocation:    text(doc, "revocation_endpoint"),
		introspection: text(doc, "introspection_endpoint"),
		issParameter:  doc["authorization_response_iss_parameter_supported"] == true,
	}
	m.authMethods, _ = texts(doc["token_endpoint_auth_methods_supported"])
	for name, value := range map[string]string{
		"authorization_endpoint": m.authorization, "token_endpoint": m.token, "jwks_uri": m.jwks,
	} {
		if value == "" {
			return nil, p.refuse(ReasonAnswerMalformed).detail("metadata without %s", name)
		}
	}
	if p.config.UserInfo && m.userInfo == "" {
		return nil, p.refuse(ReasonAnswerMalformed).detail("metadata without userinfo_endpoint")
	}
	return m, nil
}

// secureMetadata refuses a document in which any endpoint, used by us or not,
// is not https: who serves one of them in the clear cannot be trusted with the
// others (OIDC-02).
func (p *Provider) secureMetadata(doc map[string]any) *Refusal {
	for name, value := range doc {
		if name != "jwks_uri" && name != "check_session_iframe" && !strings.HasSuffix(name, "_endpoint") {
			continue
		}
		address, _ := value.(string)
		u, err := url.Parse(address)
		if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || !p.config.secure(u) {
			return p.refuse(ReasonMetadataInsecure).detail("%s %.200q", name, address)
		}
	}
	return nil
}

// unreachable tells apart the ways in which no usable answer came.
func (p *Provider) unreachable(err error) *Refusal {
	reason := ReasonProviderUnreachable
	switch {
	case errors.Is(err, outbound.ErrAddress), errors.Is(err, outbound.ErrScheme):
		reason = ReasonAddressRefused
	case errors.Is(err, outbound.ErrRedirect), errors.Is(err, outbound.ErrTooLarge), errors.Is(err, outbound.ErrType):
		reason = ReasonAnswerMalformed
	}
	return p.refuse(reason).because(err)
}
