// Package links answers the pages of linked accounts: the list of likely
// duplicates, one case with its evidence and its decision, the four steps of a
// merge, taking a merge apart, and the identities of a person.
//
// It translates between forms and the engine, which decides everything.
package links
