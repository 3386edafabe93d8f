// Package certificates draws what was issued about an operation, and a
// certificate as a page that can be printed.
//
// It draws models and decides nothing: what a certificate says comes from the
// certificate itself.
package certificates
