// Package demo draws the pages of the provider that the demo brings along:
// choosing whom to sign in as, signing out, and notices. They have no script.
package demo
