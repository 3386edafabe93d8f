package certificate

import (
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// blockLevel is the height of a block of the tree over the people, and Block how
// many people it holds: a file can be kept in such blocks, each with its root,
// and one person's place still be proven from two of them.
const (
	blockLevel = 6
	Block      = 1 << blockLevel
)

// leaf is the hash of a person's line in the tree.
func leaf(line []byte) tlog.Hash { return tlog.RecordHash(line) }

// tree is the hash tree of RFC 6962 over lines, as they come.
type tree struct {
	n     int
	stack []tlog.Hash // roots of the complete parts, the largest first
}

func (t *tree) add(h tlog.Hash) {
	t.stack = append(t.stack, h)
	for i := t.n; i&1 == 1; i >>= 1 {
		last := len(t.stack) - 1
		t.stack = append(t.stack[:last-1], tlog.NodeHash(t.stack[last-1], t.stack[last]))
	}
	t.n++
}

func (t *tree) root() string {
	if len(t.stack) == 0 {
		return ""
	}
	last := len(t.stack) - 1
	h := t.stack[last]
	for i := last - 1; i >= 0; i-- {
		h = tlog.NodeHash(t.stack[i], h)
	}
	return hex.EncodeToString(h[:])
}

// BlockRoot gives the root over the lines of a block.
func BlockRoot(lines [][]byte) string {
	var t tree
	for _, line := range lines {
		t.add(leaf(line))
	}
	return t.root()
}

// Blocks is a whole certificate as its blocks: what a proof is made from.
type Blocks struct {
	People int
	Roots  []string                          // of all blocks that are full, in order
	Lines  func(block int) ([][]byte, error) // the lines of one
}

// Prove gives the path from the person at a position to the root.
func (b Blocks) Prove(position int) (root string, path []string, err error) {
	r := &reader{Blocks: b, leaves: map[int][]tlog.Hash{}}
	proof, err := tlog.ProveRecord(int64(b.People), int64(position-1), r)
	if err != nil {
		return "", nil, fmt.Errorf("prove a place in a certificate: %w", err)
	}
	whole, err := tlog.TreeHash(int64(b.People), r)
	if err != nil {
		return "", nil, fmt.Errorf("prove a place in a certificate: %w", err)
	}
	path = make([]string, len(proof))
	for i, h := range proof {
		path[i] = hex.EncodeToString(h[:])
	}
	return hex.EncodeToString(whole[:]), path, nil
}

type reader struct {
	Blocks

	leaves map[int][]tlog.Hash
}

// ReadHashes gives the hashes of complete parts of the tree.
func (r *reader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		h, err := r.at(level, int(n))
		if err != nil {
			return nil, err
		}
		out[i] = h
	}
	return out, nil
}

var errBlocks = errors.New("the blocks of the certificate do not fit it")

// at gives the root of the nth complete part of 2^level lines.
func (r *reader) at(level, n int) (tlog.Hash, error) {
	if level >= blockLevel {
		width := 1 << (level - blockLevel)
		if (n+1)*width > len(r.Roots) {
			return tlog.Hash{}, errBlocks
		}
		roots := make([]tlog.Hash, width)
		for i := range roots {
			h, err := parseHash(r.Roots[n*width+i])
			if err != nil {
				return tlog.Hash{}, err
			}
			roots[i] = h
		}
		return merge(roots), nil
	}
	width := 1 << level
	block := n * width / Block
	leaves, err := r.of(block)
	if err != nil {
		return tlog.Hash{}, err
	}
	from := n*width - block*Block
	if from+width > len(leaves) {
		return tlog.Hash{}, errBlocks
	}
	return merge(append([]tlog.Hash(nil), leaves[from:from+width]...)), nil
}

func (r *reader) of(block int) ([]tlog.Hash, error) {
	if known, ok := r.leaves[block]; ok {
		return known, nil
	}
	lines, err := r.Lines(block)
	if err != nil {
		return nil, err
	}
	leaves := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		leaves[i] = leaf(line)
	}
	r.leaves[block] = leaves
	return leaves, nil
}

// merge gives the root over a power of two of hashes; it uses up the slice.
func merge(level []tlog.Hash) tlog.Hash {
	for len(level) > 1 {
		for i := 0; i < len(level); i += 2 {
			level[i/2] = tlog.NodeHash(level[i], level[i+1])
		}
		level = level[:len(level)/2]
	}
	return level[0]
}

func parseHash(text string) (h tlog.Hash, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(h) || hex.EncodeToString(b) != text {
		return h, errBlocks
	}
	copy(h[:], b)
	return h, nil
}

// placed reports whether a line stands where an inclusion says.
func placed(line []byte, in Inclusion) bool {
	root, err := parseHash(in.Root)
	if err != nil || in.Position < 1 || in.Position > in.People {
		return false
	}
	proof := make(tlog.RecordProof, len(in.Path))
	for i, text := range in.Path {
		if proof[i], err = parseHash(text); err != nil {
			return false
		}
	}
	return tlog.CheckRecord(proof, int64(in.People), root, int64(in.Position-1), leaf(line)) == nil
}
