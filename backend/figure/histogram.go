package figure

import (
	"math"
	"sort"
	"time"
)

func (t *trace) calcHistogram() {
	across, _ := t.ways()
	t.xs = t.across().calc(t.object.list(across))
}

// shareBins counts the values of histograms. Those on one axis have the same bins.
func (d *drawing) shareBins() {
	bins := map[*axis][]float64{}
	for _, t := range d.traces {
		if t.kind != "histogram" {
			continue
		}
		a := t.across()
		if a.kind == "log" {
			refuse("Compute the logarithms, and draw their histogram.", "histograms over a logarithmic axis are not drawn here")
		}
		if bins[a] == nil {
			var all []float64
			for _, o := range d.traces {
				if o.kind == "histogram" && o.across() == a {
					all = append(all, o.xs...)
				}
			}
			bins[a] = t.binsOf(sorted(all))
		}
		t.count(bins[a])
	}
}

// binsOf are the borders of the bins for these values.
func (t *trace) binsOf(values []float64) []float64 {
	a := t.across()
	across, _ := t.ways()
	if len(values) == 0 {
		return []float64{0, 1}
	}
	lo, hi := values[0], values[len(values)-1]
	if a.kind == "category" {
		var out []float64
		for i := range len(a.cats) + 1 {
			out = append(out, float64(i)-0.5)
		}
		return out
	}
	months, size := 0.0, 0.0
	start, end := math.NaN(), math.NaN()
	if o := t.object.obj(across + "bins"); o != nil {
		if s, isText := o.get("size").(string); isText && len(s) > 1 && s[0] == 'M' {
			months, _ = number(s[1:])
		} else {
			size = o.num("size", 0)
		}
		if v, ok := a.value(o.get("start")); ok {
			start = v
		}
		if v, ok := a.value(o.get("end")); ok {
			end = v
		}
	}
	if months < 1 && !(size > 0) {
		rough := binSize(values)
		if n := t.within("nbins"+across, 0, 0, 1e5); n >= 1 {
			rough = (hi - lo) / n
		}
		if !(rough > 0) || !finite(rough) {
			rough = map[bool]float64{true: day, false: 1}[a.kind == "date"]
		}
		if a.kind == "date" {
			months, size = dateStep(rough)
		} else {
			size = niceStep(rough)
		}
	}
	if months >= 1 {
		return monthBins(lo, hi, months)
	}
	if math.IsNaN(start) {
		start = math.Ceil(lo/size)*size - size
		if a.kind != "date" {
			start = shifted(values, start, size)
		}
	}
	last := hi
	if !math.IsNaN(end) {
		last = end - size*1e-9
	}
	n := math.Floor((last-start)/size) + 1
	if n > 100_000 {
		refuse("Choose larger bins.", "the histogram has %.0f bins", n)
	}
	out := []float64{start}
	for i := 1.0; i <= max(n, 1); i++ {
		out = append(out, start+i*size)
	}
	return out
}

// binSize is how large bins should be about (source: plotly.js, Axes.autoBin).
func binSize(values []float64) float64 {
	n := float64(len(values))
	mean, variance := 0.0, 0.0
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / n
	}
	size := 2 * math.Sqrt(variance) / math.Pow(n, 0.4)
	if near := least(values); near > 0 {
		base := math.Pow(10, math.Floor(math.Log10(near)))
		floor := base
		for _, f := range []float64{0.9, 1.9, 4.9, 9.9} {
			if near/base >= f {
				floor = base * f
			}
		}
		size = max(size, floor)
	}
	return size
}

// shifted moves the first border so that values do not lie on borders (source: plotly.js, autoShiftNumericBins).
func shifted(values []float64, start, size float64) float64 {
	near := func(v float64) bool { return math.Mod(1+(v-start)*100/size, 100) < 2 }
	edges, middles, whole := 0, 0, 0
	for _, v := range values {
		if v == math.Trunc(v) {
			whole++
		}
		if near(v) {
			edges++
		}
		if near(v + size/2) {
			middles++
		}
	}
	n, lo := len(values), values[0]
	switch {
	case whole == n && size < 1:
		return lo - size/2
	case whole == n:
		if start -= 0.5; start+size < lo {
			start += size
		}
	case float64(middles) < float64(n)*0.1 && (float64(edges) > float64(n)*0.3 || near(lo) || near(values[n-1])):
		if start+size/2 < lo {
			return start + size/2
		}
		return start - size/2
	}
	return start
}

func monthBins(lo, hi, months float64) []float64 {
	t := time.UnixMilli(int64(lo)).UTC()
	months = math.Floor(min(max(months, math.Ceil((hi-lo)/month/10_000)), 1e5))
	n := int(math.Floor(float64((t.Year()-2000)*12+int(t.Month())-1)/months)) * int(months)
	var out []float64
	for {
		v := float64(time.Date(2000, time.Month(1+n), 1, 0, 0, 0, 0, time.UTC).UnixMilli())
		out = append(out, v)
		if v > hi {
			return out
		}
		n += int(months)
	}
}

// count makes bars of how many values lie in each bin, or of what their y come to.
func (t *trace) count(bins []float64) {
	_, along := t.ways()
	weights := t.object.list(along)
	how := t.str("histfunc", "count")
	n := len(bins) - 1
	sums, counts := make([]float64, n), make([]float64, n)
	total := 0.0
	for i, v := range t.xs {
		if !finite(v) {
			continue
		}
		k := sort.SearchFloat64s(bins, v)
		if k == len(bins) || bins[k] != v {
			k--
		}
		if k < 0 || k >= n {
			continue
		}
		w := 1.0
		if how != "count" {
			var ok bool
			if w, ok = number(indexed(weights, i)); !ok {
				continue
			}
		}
		switch {
		case how == "min" && counts[k] > 0:
			sums[k] = min(sums[k], w)
		case how == "max" && counts[k] > 0:
			sums[k] = max(sums[k], w)
		default:
			sums[k] += w
		}
		counts[k]++
		total += w
	}
	running := 0.0
	for k := range n {
		width := bins[k+1] - bins[k]
		v := sums[k]
		if how == "avg" && counts[k] > 0 {
			v /= counts[k]
		}
		switch norm := t.str("histnorm", ""); norm {
		case "percent":
			v *= 100 / total
		case "probability":
			v /= total
		case "density":
			v /= width
		case "probability density":
			v /= total * width
		}
		if t.flag("cumulative.enabled", false) {
			running += v
			v = running
		}
		if counts[k] == 0 && (how == "avg" || how == "min" || how == "max") {
			v = math.NaN()
		}
		t.bars = append(t.bars, bar{at: bins[k] + width/2, width: width, value: v})
	}
}
