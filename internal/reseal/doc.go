// Package reseal changes the key that seals what lies in the database: it opens
// each sealed text with whichever key it was made and seals it with the first.
//
// Which columns there are is a closed list that the assembly hands in, one
// description from each package that owns a table. Rotate goes through them in
// small transactions that hold the rows they change, so it may run beside serve,
// be stopped at any moment and be started again: what is done already is told
// from what is not by the text itself. Check only counts.
//
// The package makes no keys and keeps none (see secret), and does not touch what
// no key of the keyring opens.
package reseal
