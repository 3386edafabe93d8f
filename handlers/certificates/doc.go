// Package certificates answers what people and auditors do with certificates:
// issue one, take it away as it was signed, as a table or on paper, and read the
// public keys. It translates; the engine in internal/offboard/certify decides.
package certificates
