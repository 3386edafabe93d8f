// Package links draws the pages of linked accounts: likely duplicates with their
// evidence, the four steps of a merge, its receipt, and taking it apart again.
//
// It draws models and decides nothing: who may do what, and what is suggested,
// comes from the handlers.
package links
