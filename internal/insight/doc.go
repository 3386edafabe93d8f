// Package insight answers questions about one person by looking, now, at the
// connected systems and at what is known here: whether they can sign in and what
// keeps them out, which accounts they have and how those stand, and where they
// have sessions.
//
// It reads only. Each question to a system has a time limit of its own, so that
// one that does not answer costs a moment and one line; what could not be found
// out is said to be unknown, never guessed. It changes nothing (offboard does)
// and compares nothing over time (sync does).
package insight
