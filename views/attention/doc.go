// Package attention draws the first page of admins and the helpdesk: what needs
// a person, most urgent first, and how far a new installation has come.
//
// There are sentences and rows, no tiles and no charts: a number that leads
// nowhere does not stand here.
package attention
