package audit

import "time"

// Tests say what a search finds, not how fast a busy machine finds it.
func init() { searchTimeout, countTimeout = time.Minute, time.Minute }
