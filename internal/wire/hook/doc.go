// Package hook is the grammar of what an outside system posts to us when
// something happened there: the headers that prove who sent it, and the JSON
// of the events.
//
// A message is signed the way of the Standard Webhooks specification (version
// 1.0, symmetric signatures), so that senders find a library for it: HMAC-SHA256
// over id, timestamp and the raw body, see Verify. The body is read strictly by
// Parse: a key that stands twice, a value of the wrong kind, a text that is none
// or too long refuses the whole message; fields that are not known are ignored.
//
// The package spells and checks. Whether a message was seen before, who the
// secret belongs to and what an event means is decided elsewhere.
package hook
