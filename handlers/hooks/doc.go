// Package hooks is the door at which outside systems post what happened there:
// POST /hooks/{public id of the connector}. It answers in JSON, to machines; it
// knows no cookie and draws no page. Who sent a message and what becomes of it
// is decided by package hook.
package hooks
