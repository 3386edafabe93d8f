// Package keycloak is the adapter to Keycloak's admin API, through a service
// account with the least roles that do.
//
// What Keycloak does not do by itself, and how it is met here:
//
//   - It pages by offset only, and a list that people join or leave while it is
//     read shifts under the reader. ListPeople reads pages that overlap and goes
//     on behind the last person it knows: see place.
//   - It answers a list it may not show with an empty one. An empty list is
//     believed only when the count is zero too.
//   - A PUT that names attributes removes everything it does not name, the
//     e-mail address included. SetEnabled and WriteFields name what they must.
//   - Attributes outside the user profile are dropped without a word. WriteFields
//     refuses them first.
//   - Disabling ends no session, and enabling brings old tokens back to life:
//     EndSessions and RevokeGrants are acts of their own.
//   - Events may be switched off, cleared or expired: ListChanges says when its
//     answer may not be whole, and why.
//
// It compares nothing with our people and decides nothing.
package keycloak
