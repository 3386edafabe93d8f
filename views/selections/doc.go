// Package selections draws the pages on which somebody chooses people to act
// upon: how to choose, what a list was found to be, and who is selected.
package selections
