package directory

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
)

// namesBatch is how many names one query reads.
const namesBatch = 500

// Names gives who stands behind ids, such as managers of a page of people. Ids
// that nobody has are missing from the answer.
func (e *Engine) Names(ctx context.Context, tenant int64, ids []int64) (map[int64]PersonRef, error) {
	return namesIn(ctx, e.db.Read(tenant), ids)
}

func namesIn(ctx context.Context, r store.Reader, ids []int64) (map[int64]PersonRef, error) {
	wanted := slices.Clone(ids)
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	names := make(map[int64]PersonRef, len(wanted))
	for batch := range slices.Chunk(wanted, namesBatch) {
		found, err := readNames(ctx, r, batch)
		if err != nil {
			return nil, err
		}
		for _, n := range found {
			names[n.ID] = PersonRef{ID: n.ID, PublicID: n.PublicID, Name: n.DisplayName, Status: n.Status}
		}
	}
	return names, nil
}
