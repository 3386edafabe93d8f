// Package outside is the outside system of the demo: an identity provider's
// people, sessions and events, kept in this process and read and written by the
// console through the very interfaces it uses for every other system (package
// connector). What is switched off here cannot sign in at the provider of the
// demo; what is changed here is what a sync finds.
//
// It is a journal: everything that ever was said of an account, a session or a
// fault is one line of a file, and opening it again tells the same story. It
// imitates no product and decides nothing; a fault can be put in, because a
// system that never fails shows nobody what a safety stop is for.
package outside
