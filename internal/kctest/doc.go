// Package kctest gives a test a realm of its own at a real Keycloak.
//
// The server is started by scripts/with-keycloak, which names it in
// ROLLCALL_TEST_KEYCLOAK (http://admin:password@host:port). Without one a test is
// skipped, unless ROLLCALL_TESTDB=all or CI is set: then it fails.
//
// Everything here speaks to Keycloak by itself, as an administrator of its, and
// uses none of our adapter's code: what the adapter did is judged by somebody
// else. It stands in for nothing; there is no fake Keycloak.
//
// Only tests import this package.
package kctest
