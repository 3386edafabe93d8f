// Package certificate is the grammar of the signed statement about a cut-off:
// its fields, its canonical JSON, its signature, and the check that anybody can
// make with the file and the public key alone.
//
// It knows no database and no clock, and decides nothing about people: package
// certify fills it in, the command line verifies it.
package certificate
