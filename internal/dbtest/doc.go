// Package dbtest runs a test on every database.
//
// Each gives a test a fresh, migrated database of its own on SQLite, PostgreSQL
// and MariaDB, with one tenant and a clock that the test sets. The servers are
// started by scripts/with-databases, which names them in
// ROLLCALL_TEST_POSTGRES and ROLLCALL_TEST_MARIADB. A server that is not named
// skips its part, unless ROLLCALL_TESTDB=all: then it fails the test.
//
// DB.Faults makes chosen statements fail; Broken gives a store of which every
// statement does.
//
// Only tests import this package.
package dbtest
