// Package problem draws what a person sees when something did not work: the
// error page, and the same as a fragment inside a page. It decides nothing.
package problem
