package directory

// WithBounds sets when a list starts from a condition instead of walking an
// index, so that a small directory goes both ways.
func WithBounds(small, medium, walk int) Option {
	return func(e *Engine) { e.bounds = bounds{small: small, medium: medium, glance: walk / 2, walk: walk} }
}
