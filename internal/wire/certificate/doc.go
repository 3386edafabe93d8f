// Package certificate is the grammar of the signed statement about a cut-off:
// its fields, its canonical JSON, its signature, and the check that anybody can
// make with the file and the public key alone.
//
// A certificate is one JSON document, laid out so that it can be written and
// read line by line, however many people it is about:
//
//	{"certificate":{...},
//	"people":[
//	{...},
//	{...}
//	],
//	"totals":{...},
//	"signature":{"digest":"...","note":"..."}}
//
// Each object stands on one line in canonical form (RFC 8785). The digest is the
// SHA-256 of every byte above the line of the signature; the note (as in
// golang.org/x/mod/sumdb/note) signs that digest. Each person, step and decision
// carries a hash of itself, people are chained in their order, and every number
// of the totals follows from the people, so that what was changed is found by
// its place and not only by the signature.
//
// It knows no database and no clock, and decides nothing about people: package
// certify fills it in, the command line verifies it.
package certificate
