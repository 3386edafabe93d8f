// Package operation carries a deactivation out as one operation, for one person
// or for a hundred thousand: planned as a frozen list, approved where that is
// needed, cut off here chunk by chunk, carried to every connected system by
// leased steps, probed again while it can be undone, and then either undone from
// what stood or finished by taking away what is left.
//
// The list is frozen with a hash when the operation is planned; whoever changed
// since is refused row by row, with the reason. Every phase notes how far it
// came in the transaction of the chunk itself: a process that dies anywhere
// loses nothing and doubles nothing, because the next holder of the lease goes
// on after the last chunk that was committed.
//
// What a step does at a system and what counts as proof is package offboard's;
// the signed statement about it is package certify's; who is chosen is a
// selection of package directory.
package operation
