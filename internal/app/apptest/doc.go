// Package apptest starts the whole product on a test's own database and gives
// browsers that are signed in, each as one built-in role.
//
// Sessions are opened directly, so that a test of pages need not walk through a
// provider; tests of sign-in itself must not use that. Only tests import it.
package apptest
