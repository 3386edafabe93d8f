package web

import "github.com/a-h/templ"

// Component is a drawn part of a page. Handlers of one noun hand it to those of
// another (the roles of a person to the page of the person) through package app,
// so that neither imports the other.
type Component = templ.Component
