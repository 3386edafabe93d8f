// Package users draws the people: the list, one person's page, the forms that
// create and edit, and the pages on which a status changes.
//
// Every component takes one model that handlers/users filled; nothing here
// decides who may see or do what.
package users
