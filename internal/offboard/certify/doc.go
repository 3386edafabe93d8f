// Package certify issues certificates: it reads what an operation did and
// proved, puts it into the form of package certificate, and signs it with a key
// of the organisation. It owns the tables of signing keys and certificates.
//
// It acts on nobody and proves nothing itself: what is not in the steps'
// evidence is not in a certificate.
package certify
