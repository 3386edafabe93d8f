package seed

import (
	"math"
	"sort"
	"strings"
)

// culture is a language's stock of names, most frequent first.
type culture struct {
	weight int // share among all people
	given  string
	family string
	// rare surnames are put together from a beginning and an end; without them
	// two surnames are joined by a hyphen.
	begin, end string
}

// stock is a culture made ready for drawing.
type stock struct {
	given, family weighted
	begin, end    []string
	double        bool // both parents' surnames, as in Spanish
}

// weighted draws the first of its words most often.
type weighted struct {
	words []string
	upto  []float64 // cumulated share, ends in 1
}

// zipf weighs the word at place k (from 1) by 1/k^steep.
func zipf(list string, steep float64) weighted {
	w := weighted{words: strings.Split(list, ", ")}
	var sum float64
	for k := range w.words {
		sum += math.Pow(float64(k+1), -steep)
		w.upto = append(w.upto, sum)
	}
	for k := range w.upto {
		w.upto[k] /= sum
	}
	return w
}

// at gives the word at a point between 0 and 1.
func (w weighted) at(point float64) string {
	i := sort.SearchFloat64s(w.upto, point)
	return w.words[min(i, len(w.words)-1)]
}

// How steeply names fall off. Given names are crowded, surnames less so.
const (
	givenSteep  = 0.62
	familySteep = 0.45
)

type atlas struct {
	stocks []stock
	upto   []float64
}

var world = func() atlas {
	var a atlas
	var sum float64
	for _, c := range cultures {
		s := stock{given: zipf(c.given, givenSteep), family: zipf(c.family, familySteep), double: c.begin == "+"}
		if c.begin != "" && c.begin != "+" {
			s.begin, s.end = strings.Split(c.begin, ", "), strings.Split(c.end, ", ")
		}
		a.stocks = append(a.stocks, s)
		sum += float64(c.weight)
		a.upto = append(a.upto, sum)
	}
	for i := range a.upto {
		a.upto[i] /= sum
	}
	return a
}()

// cultures of the whole world, as far as an international company employs it.
var cultures = append(append(append([]culture{}, western...), eastern...), southern...)
