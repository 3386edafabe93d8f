// Package connector reaches the outside systems that people have accounts in:
// what such a system can do for us, how it is asked, and what went wrong when it
// was. It owns the table of connectors.
//
// A System is what one kind of adapter (package keycloak, package oidc ...)
// gives. It implements the small interfaces of the capabilities it has, and
// Describe says which it lacks and why: what a system cannot do is stated, never
// faked. Every adapter passes the suite of package connectortest.
//
// The package decides nothing about people: what is read is compared and applied
// by package sync, who is cut off is decided by package offboard. It sends
// through package outbound only.
package connector
