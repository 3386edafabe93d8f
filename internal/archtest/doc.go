// Package archtest keeps the house in order: which room may import which, what
// stays behind which wall, and a few habits no linter knows.
//
// The rules are data (rules.go). The checks read the module with go list and
// the Go parser, and a violation is one sentence that names the package, the
// import and the rule. The command in size lists files and functions that grow
// too long. Only tests import this package; it decides nothing at run time.
package archtest
