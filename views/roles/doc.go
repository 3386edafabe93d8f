// Package roles draws the pages of roles, permissions, applications, and of who
// holds which role and why. Every page is a pure function of its view model.
//
// It decides nothing: what may be done is in the model as an address, and where
// there is no address there is no button. Only handlers/roles imports it.
package roles
