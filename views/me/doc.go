// Package me draws what everybody sees of themselves: the own record and where
// each field comes from, the own access and why, and the own sessions.
package me
