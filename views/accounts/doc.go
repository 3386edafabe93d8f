// Package accounts draws what is known of a person at connected systems: whether
// they can sign in, their accounts and sessions there, and what came of acts on
// them. It decides nothing.
package accounts
