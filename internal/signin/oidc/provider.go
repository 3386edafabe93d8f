package oidc

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/outbound"
)

// Provider is one configured OpenID provider. It is safe for use by many
// goroutines, and never touches the network before it is asked to.
type Provider struct {
	config   Config
	client   *outbound.Client
	metadata *cached[*metadata]
	keys     *keySet
	health   *healthRecord
}

// New checks the settings and makes a provider. The error, an *errs.Error of
// kind Invalid, names every setting that is wrong and its fix.
func New(config Config) (*Provider, error) {
	config = config.defaulted()
	err := config.check()
	if err != nil {
		return nil, err
	}
	p := &Provider{
		config: config,
		health: &healthRecord{now: config.Now, failing: map[contact]*Refusal{}},
		client: outbound.New(outbound.Options{
			AllowPrivate: config.AllowPrivate,
			DevLoopback:  config.DevLoopback,
			Ports:        append(slices.Clone(config.Ports), portOf(config.Issuer)),
			Roots:        config.Roots,
		}),
	}
	p.metadata = &cached[*metadata]{
		load: p.loadMetadata, now: config.Now,
		ttl: metadataLife, grace: metadataGrace, final: finalMetadata,
	}
	p.keys = newKeySet(p.loadKeys, config.Now, config.Name)
	return p, nil
}

// Key gives the provider's word in addresses.
func (p *Provider) Key() string { return p.config.Key }

// Name gives the provider's name for people.
func (p *Provider) Name() string { return p.config.Name }

// Issuer gives the configured issuer.
func (p *Provider) Issuer() string { return p.config.Issuer }

// Check talks to the provider now: metadata, then keys. It is for a ticker, a
// start-up in the background and the connection test; sign-in does not need it.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.metadata.reload(ctx)
	if err != nil {
		return err
	}
	return p.keys.reload(ctx)
}

func (p *Provider) now() time.Time { return p.config.Now() }

// refuse makes a refusal that names this provider.
func (p *Provider) refuse(reason Reason) *Refusal { return Refuse(reason, p.config.Name) }

// get fetches one document as JSON and notes how the contact went.
func (p *Provider) get(ctx context.Context, part contact, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, p.health.note(part, p.refuse(ReasonAnswerMalformed).because(err))
	}
	r.Header.Set("Accept", "application/json")
	answer, err := p.send(part, r)
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusOK {
		reason := ReasonAnswerMalformed
		if answer.Status >= 500 || answer.Status == http.StatusTooManyRequests {
			reason = ReasonProviderUnreachable
		}
		return nil, p.health.note(part, p.refuse(reason).detail("status %d from %s", answer.Status, part))
	}
	err = answer.JSON()
	if err != nil {
		return nil, p.health.note(part, p.unreachable(err))
	}
	return answer.Body, nil
}

// send asks the provider and notes an outage. A visitor who went away is none.
func (p *Provider) send(part contact, r *http.Request) (*outbound.Answer, error) {
	answer, err := p.client.Do(r)
	if err == nil {
		return answer, nil
	}
	refusal := p.unreachable(err)
	if errors.Is(r.Context().Err(), context.Canceled) {
		return nil, refusal
	}
	return nil, p.health.note(part, refusal)
}

// portOf gives the port an address is served on; 443 when it does not say.
func portOf(address string) int {
	u, err := url.Parse(address)
	if err != nil {
		return 443
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return 443
	}
	return port
}
