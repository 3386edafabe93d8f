// Package attention answers the first page of admins and the helpdesk. It asks
// each source for what needs a person, puts the answers into one queue by
// urgency, and says of a source that fails that it failed, so that one broken
// source never looks like "nothing to do".
package attention
