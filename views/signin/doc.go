// Package signin draws the pages before a session: choosing a provider, why a
// sign-in did not work, and having signed out. It decides nothing.
package signin
