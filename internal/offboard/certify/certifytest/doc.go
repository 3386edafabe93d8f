// Package certifytest makes operations that have ended, as the engines leave
// them, for tests of what is said about them.
package certifytest
