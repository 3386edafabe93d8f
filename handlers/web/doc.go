// Package web is the kit every page is made with: routes as data, who is
// calling, binding forms, drawing pages and fragments, and turning errors into
// pages that say what happened.
//
// It is not a place for rules of the product or for the pages of a noun; those
// live in internal/ and in handlers/<noun>. It knows gin and templ so that a
// page's handler needs little of either. It never touches the database: what it
// must know about the caller comes through Doorkeeper.
package web
