package oidc

import (
	"context"
	"errors"
)

// discover gives the provider's metadata, fetched when it is needed first.
func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	m, err := p.metadata.get(ctx)
	if err != nil {
		return nil, p.refused(err)
	}
	return m, nil
}

// refused makes sure that what leaves the package is a refusal.
func (p *Provider) refused(err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return p.refuse(ReasonProviderUnreachable).because(err)
}
