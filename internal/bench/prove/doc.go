// Package prove shows with a real Keycloak that disabled means out.
//
// Its test makes a realm with people who are signed in everywhere, lets the product
// cut them off, and has package keeper, which shares nothing with the product, try
// every token that was ever given: before, after, and once more when the accounts
// are switched on again. What the product called confirmed and the keeper finds
// alive is a false green; one is a failure. scripts/prove runs it for as many
// people as one likes, and docs/performance.md says what its lines mean.
//
// It measures too, but what is slow is never wrong here.
package prove
