// Package sync keeps the directory true to the systems it is fed from.
//
// It reads connected systems (package connector) in three ways: by runs on a
// schedule, full or only what changed; when a person signs in or somebody asks;
// and when a system tells of an event. Whatever the way, the same thing happens:
// the account is read, stored as it was read, compared with the person here, and
// what the mapping gives to the source is taken over. An event never carries a
// value into the directory; it only causes a read, and the newest read wins.
//
// An account belongs to a person by (issuer, subject) alone. An e-mail address
// that is the same makes a suggestion, never a link (OIDC-35, OIDC-36).
//
// What a read would take away from people, an account that is gone, one switched
// off, a role by rule, is counted before it is applied. When it is too much for
// the window of the source, nothing is, and a person decides (SCIMC-07).
//
// Where both sides differ and nobody's rule settles it, the difference is a
// drift: kept with its likely cause until both agree, or a person takes the
// source's value, pushes ours, or ignores it. What is written to a system is
// read back; only what the read shows is confirmed (SCIMC-08).
//
// The package reaches systems only through the interfaces of package connector,
// and never inside a transaction. It decides nothing about who may be in: an
// account switched off there is a difference here, not an act. It owns the
// tables of sources, runs, losses, events and drifts, and writes accounts.
package sync
