package oidc

import (
	"crypto/rand"
	"encoding/base64"
	"time"
)

// Life is how long a transaction may wait for its callback (OIDC-14).
const Life = 10 * time.Minute

// Ask is what one sign-in demands beyond the ordinary.
type Ask struct {
	// MaxAge is the longest time since the person proved themselves at the
	// provider; nil means any, zero means not before this transaction began,
	// however long they take there. It makes auth_time obligatory.
	MaxAge *time.Duration `json:"max_age,omitempty"`
	// ACR are authentication classes of which the token must name one.
	ACR []string `json:"acr,omitempty"`
	// AMR are authentication methods of which the token must name one.
	AMR []string `json:"amr,omitempty"`
	// Prompt is "login", "select_account", "consent", "none" or empty.
	Prompt string `json:"prompt,omitempty"`
	// LoginHint fills in the name at the provider.
	LoginHint string `json:"login_hint,omitempty"`
}

// Transaction is one sign-in between its request and its callback. The caller
// keeps it on the server, binds it to the browser, and gives it to Exchange
// once. Its three secrets must not reach a log.
type Transaction struct {
	Provider string    `json:"provider"` // Config.Key
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"` // PKCE
	Begun    time.Time `json:"begun"`
	Ends     time.Time `json:"ends"`
	Ask      Ask       `json:"ask"`
}

// String hides the secrets.
func (t Transaction) String() string { return "transaction at " + t.Provider }

// GoString hides the secrets from %#v.
func (t Transaction) GoString() string { return t.String() }

// NewTransaction begins a sign-in with fresh secrets of 256 bits each.
func (p *Provider) NewTransaction(ask Ask) Transaction {
	now := p.now()
	return Transaction{
		Provider: p.config.Key,
		State:    random(),
		Nonce:    random(),
		Verifier: random(),
		Begun:    now,
		Ends:     now.Add(Life),
		Ask:      ask,
	}
}

// random gives 256 bits as 43 characters, which also is a PKCE verifier of the
// recommended form (RFC 7636 section 4.1). crypto/rand ends the program rather
// than return weak bytes.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
