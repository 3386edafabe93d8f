// Package selections answers the pages on which somebody chooses people to act
// upon: a pasted or uploaded list, its report, and who is in a selection. Ticks
// in the list of people are answered by package users.
package selections
