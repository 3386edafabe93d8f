package operation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// hashAtOnce is how many lines of a list are read at once.
const hashAtOnce = 5_000

// listHash is the SHA-256 over one line for each person acted upon, in order:
// position, public id, status and version as they stood, and a line feed. Two
// people who read the same short code look at the same list.
func listHash(ctx context.Context, r store.Reader, op int64) (string, error) {
	sum, after := sha256.New(), int64(0)
	for {
		lines, err := selectHashLines(ctx, r, op, after, hashAtOnce)
		if err != nil {
			return "", err
		}
		for _, l := range lines {
			_, _ = fmt.Fprintf(sum, "%d %s %s %d\n", l.Position, l.PublicID, l.StoodStatus, l.StoodVersion) // a hash takes everything
			after = l.Position
		}
		if len(lines) < hashAtOnce {
			return hex.EncodeToString(sum.Sum(nil)), nil
		}
	}
}

// keep writes effects and friction into the operation.
func keep(op *models.Operation, effects Effects, friction Friction) error {
	e, err := json.Marshal(effects)
	if err != nil {
		return fmt.Errorf("keep effects: %w", err)
	}
	f, err := json.Marshal(friction)
	if err != nil {
		return fmt.Errorf("keep friction: %w", err)
	}
	op.Effects, op.Friction = string(e), string(f)
	return nil
}

// EffectsOf reads what an operation does.
func EffectsOf(op models.Operation) (Effects, error) {
	var e Effects
	if err := json.Unmarshal([]byte(op.Effects), &e); err != nil {
		return e, fmt.Errorf("read effects: %w", err)
	}
	return e, nil
}

// FrictionOf reads what an operation needs, as it was when it was planned or asked for.
func FrictionOf(op models.Operation) (Friction, error) {
	var f Friction
	if err := json.Unmarshal([]byte(op.Friction), &f); err != nil {
		return f, fmt.Errorf("read friction: %w", err)
	}
	return f, nil
}
