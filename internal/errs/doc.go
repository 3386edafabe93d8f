// Package errs is the one error type that crosses package borders.
//
// An engine says what kind of thing went wrong and one safe sentence for the
// person; a door (HTML, CSV, health check) decides what that looks like. The
// cause stays for the log. There is no HTTP here, and nothing of ours is
// imported: every package may use it.
package errs
