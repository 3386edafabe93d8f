// Package bare is the page of people as a small program would write it: Gin,
// one Bun query and one templ component, without session, permission, layout or
// log. It is what our page is measured against, and nothing else uses it.
package bare
