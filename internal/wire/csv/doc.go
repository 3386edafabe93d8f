// Package csv writes comma-separated files that are safe to open in a
// spreadsheet and that say whether they are complete.
//
// Every cell passes Safe, so that a name beginning with "=" is never run as a
// formula. The last line of a file is either "# complete" with the number of
// rows and the SHA-256 of all bytes before it, or "# incomplete" with the
// reason: a download that broke off carries neither.
//
// It knows no noun of the product and reads nothing.
package csv
