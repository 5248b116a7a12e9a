package figure

import (
	"math"
	"time"
)

// tick is a mark on an axis.
type tick struct {
	at    float64 // place on the axis
	label string
}

const maxTicks = 1000

// mark finds the ticks of an axis that has its range and its length.
func (a *axis) mark() {
	a.ticks = nil
	switch {
	case !a.visible():
	case a.str("tickmode", "") == "array" || a.list("tickvals") != nil && a.str("tickmode", "array") == "array":
		a.given()
	case a.kind == "category":
		a.names()
	case a.kind == "date":
		a.dates()
	case a.kind == "log":
		a.powers()
	default:
		a.steps()
	}
	prefix, suffix := a.str("tickprefix", ""), a.str("ticksuffix", "")
	if prefix+suffix != "" {
		for i := range a.ticks {
			a.ticks[i].label = prefix + a.ticks[i].label + suffix
		}
	}
}

func (a *axis) span() (float64, float64) { return min(a.lo, a.hi), max(a.lo, a.hi) }

// inside says whether a place is within the range, by a hair.
func (a *axis) inside(v float64) bool {
	lo, hi := a.span()
	slack := (hi - lo) * 1e-6
	return v >= lo-slack && v <= hi+slack
}

func (a *axis) add(at float64, label string) {
	if len(a.ticks) < maxTicks && a.inside(at) {
		a.ticks = append(a.ticks, tick{at, label})
	}
}

func (a *axis) given() {
	texts := a.list("ticktext")
	lo, hi := a.span()
	for i, v := range a.list("tickvals") {
		at, ok := a.value(v)
		if f, isNumber := number(v); !ok && a.kind == "category" && isNumber {
			at, ok = f, true
		} else if isNumber && a.kind == "category" {
			at = f // positions, as well as names
			if s, isText := v.(string); isText {
				at = float64(a.category(s))
			}
		}
		if !ok {
			continue
		}
		label := ""
		if i < len(texts) {
			label = object{"t": texts[i]}.str("t", "")
		} else if a.kind == "category" {
			label, _ = categoryOf(v)
		} else if a.kind == "date" {
			label = dateLabel(at, (hi-lo)/6, a.str("tickformat", ""), i == 0)
		} else {
			f, _ := number(v)
			label = a.number(f, 0)
		}
		a.add(at, label)
	}
}

func (a *axis) names() {
	step := 1
	room := a.length() / math.Abs(a.hi-a.lo) // pixels for each
	if d := a.num("dtick", 0); d >= 1 {
		step = int(min(d, 1e6))
	} else {
		need := a.style.size * 1.2
		for float64(step)*room < need && step < len(a.cats) {
			step++
		}
	}
	for i := 0; i < len(a.cats); i += step {
		a.add(float64(i), a.cats[i])
	}
}

// howMany ticks an axis has about.
func (a *axis) howMany() float64 {
	if n := a.within("nticks", 0, 0, maxTicks); n >= 1 {
		return n
	}
	size := 80.0
	if !a.horizontal() {
		size = 40
	}
	return min(max(a.length()/size, 4), 9) + 1
}

// roundUp is the first of some factors that is larger than v.
func roundUp(v float64, factors ...float64) float64 {
	for _, f := range factors {
		if v <= f*(1+1e-9) {
			return f
		}
	}
	return factors[len(factors)-1]
}

func niceStep(rough float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(rough)))
	return base * roundUp(rough/base, 2, 5, 10)
}

func (a *axis) steps() {
	lo, hi := a.span()
	step := a.num("dtick", 0)
	if step <= 0 || (hi-lo)/step > maxTicks {
		step = niceStep((hi - lo) / a.howMany())
	}
	if !(step > 0) || !finite(step) {
		return
	}
	if a.str("tickformat", "") == ",d" || a.str("tickformat", "") == "d" {
		step = max(step, 1) // whole numbers, and each once
	}
	start := a.num("tick0", 0)
	first := math.Ceil((lo-start)/step - 1e-6)
	for i := range maxTicks {
		v := start + (first+float64(i))*step
		if v > hi+step*1e-6 {
			break
		}
		if math.Abs(v) < step*1e-6 {
			v = 0
		}
		a.add(v, a.number(v, step))
	}
}

func (a *axis) powers() {
	lo, hi := a.span()
	decades := hi - lo
	rough := decades / a.howMany()
	asked, _ := a.get("dtick").(float64)
	digits := []float64{}
	switch {
	case asked >= 1 || rough > 0.7:
	case decades < 1: // hardly logarithmic: steps of the numbers themselves
		from, to := math.Pow(10, lo), math.Pow(10, hi)
		size := niceStep((to - from) / a.howMany())
		for v, i := math.Ceil(from/size)*size, 0; v <= to && i < maxTicks; v, i = v+size, i+1 {
			a.add(math.Log10(v), a.number(v, size))
		}
		return
	case rough > 0.3:
		digits = []float64{2, 5}
	default:
		digits = []float64{2, 3, 4, 5, 6, 7, 8, 9}
	}
	step := max(1, math.Ceil(rough-0.05), math.Floor(asked), math.Ceil(decades/maxTicks))
	for e := math.Floor(lo); e <= hi+1e-9; e++ {
		if math.Mod(e, step) == 0 {
			a.add(e, a.power(e))
		}
		for _, m := range digits {
			a.add(e+math.Log10(m), `<span style="font-size:`+plainNumber(math.Round(a.style.size*0.75), 0)+`px">`+plainNumber(m, 0)+"</span>")
		}
	}
}

// power labels a power of ten.
func (a *axis) power(e float64) string {
	if f := a.str("tickformat", ""); f != "" {
		return formatNumber(math.Pow(10, e), f)
	}
	if mode := a.str("exponentformat", "B"); mode == "power" || mode != "none" && math.Abs(e) > 9 {
		return "10<sup>" + plainNumber(e, 0) + "</sup>"
	}
	return a.number(math.Pow(10, e), 0)
}

// number labels a number; step is the distance of the ticks, 0 if there is none.
func (a *axis) number(v, step float64) string {
	if f := a.str("tickformat", ""); f != "" {
		return formatNumber(v, f)
	}
	lo, hi := a.span()
	largest := max(math.Abs(lo), math.Abs(hi))
	if a.kind == "log" || step == 0 {
		largest = math.Abs(v)
	}
	// All labels of an axis have the same power (source: plotly.js, autoTickRound).
	e := math.Floor(math.Log10(max(largest, 1e-300)) + 0.01)
	mode := a.str("exponentformat", "B")
	switch {
	case mode == "none" || math.Abs(e) <= 3 || v == 0:
		return plainNumber(v, step)
	case mode == "e" || mode == "E":
		return exponential(v, mode)
	case mode == "power":
		size := math.Pow(10, e)
		return plainNumber(v/size, step/size) + "×10<sup>" + plainNumber(e, 0) + "</sup>"
	}
	e = 3 * math.Round((e-1)/3)
	size := math.Pow(10, e)
	unit, ok := units[int(e)]
	if !ok {
		return exponential(v, "e")
	}
	if mode == "SI" && e == 9 {
		unit = "G"
	}
	return plainNumber(v/size, step/size) + unit
}

// ---- dates
const (
	second = 1000.0
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	month  = 2629800000.0
	year   = 31557600000.0

	maxDate = 8.64e15 // milliseconds: what JavaScript has dates for
)

func (a *axis) dates() {
	lo, hi := a.span()
	lo, hi = max(lo, -maxDate), min(hi, maxDate)
	format := a.str("tickformat", "")
	months, size := 0.0, 0.0
	if text, ok := a.get("dtick").(string); ok && len(text) > 1 && text[0] == 'M' {
		months, _ = number(text[1:])
	} else if size = a.num("dtick", 0); size <= 0 || (hi-lo)/size > maxTicks {
		months, size = dateStep((hi - lo) / a.howMany())
	}
	if months >= 1 {
		months = math.Floor(min(max(months, math.Ceil((hi-lo)/month/maxTicks)), 1e5))
		t := time.UnixMilli(int64(lo)).UTC()
		n := math.Ceil(float64((t.Year()-2000)*12+int(t.Month())-1) / months)
		for i := range maxTicks {
			m := int((n + float64(i)) * months)
			at := float64(time.Date(2000, time.Month(1+m), 1, 0, 0, 0, 0, time.UTC).UnixMilli())
			if at > hi {
				break
			}
			if a.inside(at) {
				a.add(at, dateLabel(at, months*month, format, len(a.ticks) == 0))
			}
		}
		return
	}
	start := 946684800000.0 // 2000-01-01
	if math.Mod(size, 7*day) == 0 {
		start += day // a Sunday
	}
	for i, n := 0, math.Ceil((lo-start)/size-1e-9); i < maxTicks; i++ {
		at := start + (n+float64(i))*size
		if at > hi {
			break
		}
		if a.inside(at) {
			a.add(at, dateLabel(at, size, format, len(a.ticks) == 0))
		}
	}
}

// dateStep is a round distance between two dates: in months, or in milliseconds.
func dateStep(rough float64) (months, size float64) {
	switch twice := 2 * rough; { // (source: plotly.js, Axes.autoTicks)
	case twice > year:
		if rough <= year {
			return 12, 0
		}
		return 12 * niceStep(rough/year), 0
	case twice > month:
		return roundUp(rough/month, 1, 2, 3, 6), 0
	case twice > day:
		return 0, day * roundUp(rough/day, 1, 2, 3, 7, 14)
	case twice > hour:
		return 0, hour * roundUp(rough/hour, 1, 2, 3, 6, 12)
	case twice > minute:
		return 0, minute * roundUp(rough/minute, 1, 2, 5, 10, 15, 30)
	case twice > second:
		return 0, second * roundUp(rough/second, 1, 2, 5, 10, 15, 30)
	}
	return 0, max(niceStep(max(rough, 1e-3)), 1e-3)
}

// dateLabel is the label of a date as plotly.js writes it: as exact as the distance of the ticks wants, and in a second line
// what is larger, where it changes.
func dateLabel(at, step float64, format string, first bool) string {
	t := time.UnixMilli(int64(math.Round(at))).UTC()
	if format != "" {
		return formatDate(t, format)
	}
	midnight := math.Mod(at, day) == 0
	switch {
	case step >= 0.99*year:
		return t.Format("2006")
	case step >= 0.9*month:
		return t.Format("Jan 2006")
	case step >= day:
		if first || t.YearDay() <= int(math.Round(step/day)) {
			return t.Format("Jan 2<br>2006")
		}
		return t.Format("Jan 2")
	case step >= minute:
		if first || midnight {
			return t.Format("15:04<br>Jan 2, 2006")
		}
		return t.Format("15:04")
	case step >= second:
		if first || midnight {
			return t.Format("15:04:05<br>Jan 2, 2006")
		}
		return t.Format("15:04:05")
	}
	if first {
		return t.Format("15:04:05.000<br>Jan 2, 2006")
	}
	return t.Format("15:04:05.000")
}
