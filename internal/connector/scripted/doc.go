// Package scripted is a connected system for tests: accounts, sessions and
// applications in memory, that fails, lies or goes silent when a test says so,
// and tells what it was asked.
//
// It behaves as providers do where it matters: switching an account off ends
// nothing, switching it on brings back what was not ended, ending sessions says
// nothing of what applications did. Only tests import it.
package scripted
