// Package jobs does work that reaches outside: one table of steps, inserted in
// the transaction of the change that needs them, done after it by whichever
// replica is free.
//
// A step is claimed under a lease with a fresh token; only the holder of that
// token may write its result, and what the result changes here is written in the
// same transaction. A process that dies leaves a lease that runs out, and the
// step is claimed again: so every handler must be able to do its work twice.
// Failures that may pass are tried again, later and later.
//
// It knows no system, no person and no page: packages of verbs register a
// handler for each kind of step. It is not a scheduler: what runs by the clock
// adds its steps itself.
package jobs
