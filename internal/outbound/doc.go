// Package outbound is the guarded HTTP client: the only way a request leaves
// for an address that a setting, an administrator or another system named.
//
// It holds four limits that the caller cannot forget: a total time, a body
// size, no redirects, and an address check at the moment of dialling, so that
// a name which resolves to an inner address is refused however often it
// changes its answer (WEB-20, OIDC-03). No proxy setting of the environment
// is honoured.
//
// It is not a retry policy and knows nothing of any protocol: callers decide
// what an answer means. Any package above errs may use it.
package outbound
