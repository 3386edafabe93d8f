// Package team answers a manager's pages: the people who report to them, and one
// of those with their access. Whoever is not a direct report is not found here,
// whatever else exists.
package team
