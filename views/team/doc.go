// Package team draws a manager's own people: the list of direct reports, and
// one report with their access. Nothing can be changed from here.
package team
