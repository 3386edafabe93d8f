// Package audit answers the pages of the audit log: the explorer, one event, the
// export, and a person's activity. It also draws timelines for the pages of
// others, who get them through package app.
//
// What a reader may see, and that their look is recorded, is the log's business;
// here addresses become queries and lines become sentences with links.
package audit
