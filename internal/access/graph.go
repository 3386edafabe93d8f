package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
)

// graph is a set of roles with everything they contain.
type graph struct {
	nodes    map[int64]nodeRow
	children map[int64][]int64 // by name
}

// loadGraph reads the roles that are or are contained in roots.
func loadGraph(ctx context.Context, r store.Reader, roots []int64) (graph, error) {
	nodes, edges, err := selectGraph(ctx, r, roots)
	if err != nil {
		return graph{}, err
	}
	g := graph{nodes: make(map[int64]nodeRow, len(nodes)), children: make(map[int64][]int64)}
	for _, n := range nodes {
		g.nodes[n.ID] = n
	}
	for _, e := range edges {
		g.children[e.ParentID] = append(g.children[e.ParentID], e.ChildID)
	}
	return g, nil
}

// ids gives all roles of the graph.
func (g graph) ids() []int64 {
	ids := make([]int64, 0, len(g.nodes))
	for id := range g.nodes {
		ids = append(ids, id)
	}
	return ids
}

// reach gives the roles that roots are or contain.
func (g graph) reach(roots ...int64) map[int64]bool {
	seen := make(map[int64]bool)
	for len(roots) > 0 {
		id := roots[len(roots)-1]
		roots = roots[:len(roots)-1]
		if seen[id] {
			continue
		}
		seen[id] = true
		roots = append(roots, g.children[id]...)
	}
	return seen
}

// chain gives the shortest way down from one role to another, both included;
// nil when there is none.
func (g graph) chain(from, to int64) []RoleRef {
	came, _ := g.tree(from)
	return g.way(came, to)
}

// tree walks down from a role, the nearest roles first: which were met in which
// order, and from where.
func (g graph) tree(from int64) (came map[int64]int64, order []int64) {
	came, order = map[int64]int64{from: 0}, []int64{from}
	for i := 0; i < len(order); i++ {
		for _, child := range g.children[order[i]] {
			if _, seen := came[child]; !seen {
				came[child] = order[i]
				order = append(order, child)
			}
		}
	}
	return came, order
}

// way gives the roles from the start of a tree to one of its roles.
func (g graph) way(came map[int64]int64, to int64) []RoleRef {
	if _, found := came[to]; !found {
		return nil
	}
	var back []RoleRef
	for id := to; id != 0; id = came[id] {
		back = append(back, g.nodes[id].ref())
	}
	slices.Reverse(back)
	return back
}
