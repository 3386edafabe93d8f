package access

import (
	"context"

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
	came := map[int64]int64{from: 0}
	for queue := []int64{from}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == to {
			break
		}
		for _, child := range g.children[queue[0]] {
			if _, seen := came[child]; !seen {
				came[child] = queue[0]
				queue = append(queue, child)
			}
		}
	}
	if _, found := came[to]; !found {
		return nil
	}
	var back []RoleRef
	for id := to; id != 0; id = came[id] {
		back = append(back, g.nodes[id].ref())
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}
