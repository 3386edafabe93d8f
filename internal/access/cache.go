package access

import (
	"sync"

	"github.com/rollcall/rollcall/models"
)

// grantCacheSize is how many people's grants each of the two generations keeps.
const grantCacheSize = 20_000

type grantKey struct{ tenant, user int64 }

// grantEntry is true for one state of the database, from one moment until another.
type grantEntry struct {
	epoch, version int64
	since, until   models.Instant
	grant          Grant
}

func (g grantEntry) fits(ask Ask) bool {
	return g.epoch == ask.Epoch && g.version == ask.Version && g.since <= ask.Now && ask.Now < g.until
}

// grantCache keeps grants in two generations: when the young one is full it
// becomes the old one, and what nobody asked for since is dropped with the next.
// That bounds memory like an LRU, without a list to keep in order.
type grantCache struct {
	mu         sync.Mutex
	size       int
	young, old map[grantKey]grantEntry
}

func newGrantCache(size int) *grantCache {
	return &grantCache{size: size, young: make(map[grantKey]grantEntry)}
}

func (c *grantCache) get(ask Ask) (Grant, bool) {
	key := grantKey{ask.Tenant, ask.UserID}
	c.mu.Lock()
	defer c.mu.Unlock()
	if entry, ok := c.young[key]; ok {
		return entry.grant, entry.fits(ask)
	}
	entry, ok := c.old[key]
	if !ok || !entry.fits(ask) {
		return Grant{}, false
	}
	c.keep(key, entry)
	return entry.grant, true
}

func (c *grantCache) put(ask Ask, entry grantEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(grantKey{ask.Tenant, ask.UserID}, entry)
}

func (c *grantCache) keep(key grantKey, entry grantEntry) {
	if len(c.young) >= c.size {
		c.old, c.young = c.young, make(map[grantKey]grantEntry, c.size)
	}
	c.young[key] = entry
}
