// Package connectors draws the pages of connected systems: the list, and the
// steps of setting one up, each a page with its own address. It draws models of
// its own and decides nothing; no model has room for a secret.
package connectors
