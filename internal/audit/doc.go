// Package audit reads the audit log: it finds events, tells each as one
// sentence, and writes them out.
//
// It does not write events. Every engine records its own with store.Tx.Record,
// in the transaction of the change. The only events from here are the two about
// the log itself: somebody searched it, somebody exported it (AUD-02).
//
// A reader sees what the actor's permissions allow, checked here and not only at
// the door: all events, or only those of own acts, and masked fields only with
// users.unmask. Nothing in this package claims that the log is verified.
package audit
