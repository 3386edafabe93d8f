// Package search draws what a search across the console finds: the thing an
// exact value names, then people, roles and applications. It is the whole page
// and the list below the search field of every page.
package search
