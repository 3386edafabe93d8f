// Package link decides that two records are one human: it suggests, asks for
// proof, links, merges, and takes apart again.
//
// Suggestions come from evidence the directory holds, looked for by walking
// indexes and never by comparing everybody with everybody. Evidence has words,
// no score, and stands on both sides: for and against. An equal e-mail address
// alone never links anything (OIDC-36).
//
// A merge is prepared in a draft, frozen with everything that was compared, and
// carried out only when it is proved that both are one human: the person signs
// in with both, or a second admin approves. It never gives the person who stays
// a role nobody chose. What it changed is kept for 30 days, from which it can be
// taken apart: what changed since stays with the survivor and is said.
//
// The package owns the tables link_*, and writes who an account belongs to. The
// records, identities, roles and sessions themselves belong to directory,
// access and session, whose functions for transactions it calls. It closes no
// account at another system and knows no page.
package link
