// Package audit draws the audit log: the explorer with its filters, one event
// with what changed, the export page, and the timeline on other pages.
//
// It shows lines as they come; who may see which, and what is masked, is decided
// before. Nothing here claims that the log is verified.
package audit
