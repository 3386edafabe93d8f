// Package connectortest is the suite that every adapter of package connector
// passes.
//
// Run tests each capability that Describe claims, against a real system that the
// Fixture reaches without the adapter: people are made, changed, signed in and
// removed there by its own means, and the adapter must see and do what it says.
// A capability that is claimed and that the Fixture cannot put to the test fails.
// A capability that is lacked must have its sentence, and must not be there.
//
// It asks nothing about speed, and nothing that only one system has.
package connectortest
