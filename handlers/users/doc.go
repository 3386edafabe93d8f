// Package users answers /users, /users/{id} and what changes one person: create,
// edit, suspend, deactivate, end sessions, reveal, export; and the definitions of
// local attributes.
//
// It translates between addresses and forms on one side and the engines on the
// other. Rules live in internal/directory, internal/offboard and internal/access.
package users
