package guard

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// retryAfter reads the header of that name: seconds or a date (RFC 9110 section
// 10.2.3). What is past, unreadable or absurdly far away counts as little.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		return bound(seconds)
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(0, at.Sub(now)), longAway)
}

func bound(seconds int64) time.Duration {
	if seconds <= 0 {
		return 0
	}
	return time.Duration(min(seconds, int64(longAway/time.Second))) * time.Second
}
