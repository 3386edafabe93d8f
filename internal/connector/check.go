package connector

import "time"

// CheckState says how one check of the connection test ended.
type CheckState string

// The states of a check.
const (
	CheckPassed  CheckState = "passed"
	CheckWarning CheckState = "warning" // works, and something should be changed
	CheckFailed  CheckState = "failed"
	CheckSkipped CheckState = "skipped" // could not run, because one before it failed
)

// Check is one result of the connection test.
type Check struct {
	Key      string // stable word: dns, tls, discovery, issuer, keys, token, roles, read-one, read-page ...
	Label    string // "Token by client credentials"
	State    CheckState
	Sentence string // what was found, naming the side and the step; never a secret
	Fix      string // what to do, with the page of the other system and the value to paste; "" when passed
	Took     time.Duration
}
