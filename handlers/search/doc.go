// Package search answers the field in the header of every page: paste anything,
// or type a name. What an exact value names is opened at once; everything else
// is a page with a few people, roles and applications, and the way to all of them.
//
// It searches through the engines of the nouns and keeps no index of its own.
package search
