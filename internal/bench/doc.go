// Package bench measures what people do most, each act beside the least that a
// program written by hand would have to do for the same answer, in the same run,
// over the same connections, with the same inputs.
//
// The bare side is in the rows files: one statement, or as few as the answer
// needs, with the same columns, rows and indexes, scanned by hand. Every answer
// of ours is compared with the bare one, so that a figure is never that of
// something else. For the page of people the bare side is package bench/bare: a
// page of Gin, templ and Bun without session, permission or layout.
//
// It is not part of the product: only cmd/rollcall-bench imports it, and no test
// depends on how fast anything is.
package bench
