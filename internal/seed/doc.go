// Package seed makes people who do not exist: their names, and whole
// directories of them for `rollcall seed --users N`, for benchmarks and for the
// demo.
//
// Names are drawn from some thirty languages with the skew that real
// directories have: a few given names are borne by one or two people in a
// hundred, most surnames by very few, and some by one person only. The same
// seed gives the same people on every machine.
//
// The package writes through the engines' Load and knows no page.
package seed
