// Package hook takes what outside systems post to us: it finds out who sent a
// message, that it is of now and not a copy, reads it (package wire/hook) and
// hands its events to whoever applies them.
//
// A message counts as taken only when its events are stored. They are stored
// before the message is written down, each once by its own id; so a copy that
// comes between the two, or after the process died there, changes nothing.
//
// It owns the table of messages. It opens no door itself and knows no HTTP; what
// an event means is not decided here.
package hook
