package connectors

import (
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/views/connectors"
)

// pasteValues are the addresses of ours that a product asks for. They hold the
// key, so they are right only for this one connector.
func (p *Pages) pasteValues(of product, key string, signIn bool, c *connector.Connector) connectors.PasteModel {
	m := connectors.PasteModel{Product: of.name}
	add := func(label, where string, path ...string) {
		if where != "" {
			m.Values = append(m.Values, connectors.PasteValue{Label: label, Value: p.Public.JoinPath(path...).String(), Where: where})
		}
	}
	if signIn && key != "" {
		add("Redirect address", of.paste.redirect, "auth", key, "callback")
		add("Address after signing out", of.paste.signedOut, "signed-out")
		add("Back-channel logout address", of.paste.backchannel, "auth", key, "backchannel-logout")
	}
	if c != nil {
		add("Webhook address", of.paste.hook, "hooks", c.PublicID)
	}
	return m
}
