// Package synctest is a source for tests: a system in memory with as many people
// as a test wants, that changes, loses, lies and fails as it is told.
//
// It implements every interface of package connector that syncing uses. People
// are made of their number when they are asked for, so that a million of them
// cost nothing; only what a test changes is kept. Only tests import this package.
package synctest
