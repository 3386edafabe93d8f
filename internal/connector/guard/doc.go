// Package guard is what every adapter sends through: one Client for each
// connected system, on top of package outbound.
//
// It asks no faster than the system may be asked (a token bucket), stops asking
// a system that only fails (a circuit breaker with a probe), stays away as long
// as the system wants (Retry-After), and turns whatever comes back into one
// *connector.Failure with a sentence that names the side, the step and the fix.
//
// It retries nothing: whether a step is tried again is decided by who runs it.
// It knows no system's grammar: an adapter adds what only it can know, such as
// the role that is missing.
package guard
