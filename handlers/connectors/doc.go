// Package connectors answers the pages of connected systems: the list, and the
// steps of setting one up, each a page with its own address. It knows what the
// products people connect call things, so that a form can say where in that
// product a value is found. What may be stored is decided by package connector.
package connectors
