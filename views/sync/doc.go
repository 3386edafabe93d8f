// Package sync draws what people see of the connection to outside systems: the
// sources and how they do, one reading of a source and what it would take away,
// the differences between both sides, and who stands on one side alone.
//
// It draws sentences and values it is given. Which way of resolving is offered,
// what a reader may see and what is suggested was decided before.
package sync
