// Package sheet reads the tables and lists that people paste or upload: what
// spreadsheets, HR systems and mail programs write, in UTF-8, UTF-16 or
// Windows-1252, with commas, semicolons, tabs or bars between the cells.
//
// It is lenient about spelling and strict about size. It knows no noun of the
// product: what a column means is for whoever reads it.
package sheet
