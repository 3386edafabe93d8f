// Package entry answers the addresses that belong to no noun: the start page,
// which leads each person to what waits for them, the health checks, and the
// choices of appearance.
package entry
