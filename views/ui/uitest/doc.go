// Package uitest compares drawn components with the files they are known to give.
//
// Go test with -update writes the files anew; the diff is then read like any other change. The package is for tests
// of views only, and it judges bytes, not meaning: what must hold for every page has a test of its own.
package uitest
