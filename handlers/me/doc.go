// Package me answers what everybody may see of themselves: the own record, the
// own access with its why, the own activity, and the own sessions, which they
// may end. No permission is needed, and nobody else's data can be reached.
package me
