// Command rollcall-bench measures Rollcall on a database of its own. It is for
// `make bench` and no part of the product; what it measures is in internal/bench.
package main
