package ui

// Icon paths are from Lucide (https://lucide.dev), ISC License, Copyright (c) 2026 Lucide Icons and Contributors:
// permission to use, copy, modify and distribute for any purpose is granted, provided that this notice appears in
// all copies; the software is provided "as is", without warranty.
//
// Icons stand only for copying, closing, opening, sorting, searching and leaving the site, never alone without a name.
var icons = map[string][]string{
	// One path: a long list has one of these in each row.
	"copy":     {"M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H10a2 2 0 0 1-2-2V10a2 2 0 0 1 2-2zM4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"},
	"close":    {"M18 6 6 18", "m6 6 12 12"},
	"expand":   {"m6 9 6 6 6-6"},
	"sort":     {"m7 15 5 5 5-5", "m7 9 5-5 5 5"},
	"up":       {"m5 12 7-7 7 7", "M12 19V5"},
	"down":     {"M12 5v14", "m19 12-7 7-7-7"},
	"search":   {"m21 21-4.34-4.34", "M11 3a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"},
	"external": {"M15 3h6v6", "M10 14 21 3", "M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6"},
	"check":    {"M20 6 9 17l-5-5"},
}
