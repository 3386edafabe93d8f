// Package ops answers what people do about a deactivation of many before it runs
// and beside it: what it would do, whom it leaves out, who becomes the manager of
// those who stay, the request, and the word of a second person. It translates;
// the engine in internal/offboard/operation decides.
package ops
