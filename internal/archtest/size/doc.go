// Command size lists the files, functions and parameter lists that are longer
// than they should be. It only tells; archtest fails on the hard limits.
package main
