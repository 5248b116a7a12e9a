package figure

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const minus = "\u2212"

// plainNumber writes a number with the digits that steps of this size need; step 0 for as many as it has, up to six.
func plainNumber(v, step float64) string {
	digits := 0
	if step > 0 {
		for d := step; digits < 12 && math.Abs(d-math.Round(d)) > 1e-6*math.Max(d, 1e-9); digits++ {
			d *= 10
		}
		text := strconv.FormatFloat(v, 'f', digits, 64)
		if digits > 0 {
			text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
		}
		return signed(text)
	}
	return signed(strconv.FormatFloat(roundTo(v, 6), 'f', -1, 64))
}

// roundTo keeps so many significant digits.
func roundTo(v float64, digits int) float64 {
	f, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return f
}

func signed(s string) string {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		if strings.Trim(rest, "0.") == "" {
			return rest
		}
		return minus + rest
	}
	return s
}

func exponential(v float64, mode string) string {
	s := strconv.FormatFloat(roundTo(v, 5), mode[0], -1, 64)
	head, e, _ := strings.Cut(s, mode)
	n, _ := strconv.Atoi(e)
	if n >= 0 {
		return signed(head) + mode + "+" + strconv.Itoa(n)
	}
	return signed(head) + mode + minus + strconv.Itoa(-n)
}

// prefixed writes 1500 as 1.5k.
func prefixed(v float64) string {
	if v == 0 {
		return "0"
	}
	e := int(math.Floor(math.Log10(math.Abs(v))/3+1e-9)) * 3
	if e < -15 || e > 12 {
		return exponential(v, "e")
	}
	unit := units[e]
	if e == 9 {
		unit = "G"
	}
	return plainNumber(roundTo(v/math.Pow(10, float64(e)), 6), 0) + unit
}

// units are the signs for powers of ten.
var units = map[int]string{-15: "f", -12: "p", -9: "n", -6: "μ", -3: "m", 0: "", 3: "k", 6: "M", 9: "B", 12: "T"}

var numberFormat = regexp.MustCompile(`^(?:(.)?([<>=^]))?([-+ (])?([$])?(0)?(\d{1,2})?(,)?(?:\.(\d{1,2}))?(~)?([a-zA-Z%])?$`)

// formatNumber writes a number by a format of d3: "[,][.2][f%degsrx]", with a sign, a currency and "~".
func formatNumber(v float64, format string) string {
	m := numberFormat.FindStringSubmatch(format)
	if m == nil {
		refuse("Use a format like \",.2f\", or texts of your own (ticktext).", "the number format %.40q is not known here", format)
	}
	sign, money, comma, kind := m[3], m[4], m[7] != "", m[10]
	digits := -1
	if m[8] != "" {
		digits, _ = strconv.Atoi(m[8])
	}
	usual := func(n int) int {
		if digits < 0 {
			return n
		}
		return digits
	}
	abs := math.Abs(v)
	text := ""
	switch kind {
	case "f":
		text = strconv.FormatFloat(abs, 'f', usual(6), 64)
	case "%":
		text = strconv.FormatFloat(abs*100, 'f', usual(6), 64)
	case "d":
		if abs != math.Trunc(abs) && math.Abs(abs-math.Round(abs)) > 1e-9 {
			return "" // d3 writes nothing for what is not whole
		}
		text = strconv.FormatFloat(math.Round(abs), 'f', 0, 64)
	case "e":
		text = strconv.FormatFloat(abs, 'e', usual(6), 64)
	case "r":
		text = strconv.FormatFloat(roundTo(abs, max(usual(6), 1)), 'f', -1, 64)
	case "s":
		text = prefixed(roundTo(abs, max(usual(6), 1)))
	case "", "g":
		if digits < 0 {
			digits = 12
		}
		text = strconv.FormatFloat(roundTo(abs, max(digits, 1)), 'f', -1, 64)
	default:
		refuse("Use a format like \",.2f\", or texts of your own (ticktext).", "the number format %.40q is not known here", format)
	}
	if m[9] != "" && strings.Contains(text, ".") && kind != "e" && kind != "s" {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if comma {
		text = thousands(text)
	}
	if kind == "%" {
		text += "%"
	}
	text = money + text
	switch {
	case v < 0 && strings.Trim(text, "$0.,%") != "":
		text = minus + text
	case sign == "+":
		text = "+" + text
	case sign == " ":
		text = " " + text
	}
	return text
}

func thousands(s string) string {
	whole, rest, dot := strings.Cut(s, ".")
	var out []byte
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, whole[i])
	}
	if dot {
		return string(out) + "." + rest
	}
	return string(out)
}

var dateLayouts = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'b': "Jan", 'h': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday", 'H': "15", 'I': "03",
	'M': "04", 'S': "05", 'p': "PM", 'f': "000000", 'L': "000", 'j': "002", 'F': "2006-01-02", 'T': "15:04:05", 'x': "01/02/2006", 'X': "15:04:05",
}

// formatDate writes a date by a format of d3 or strftime, which have these letters in common.
func formatDate(t time.Time, format string) string {
	var out strings.Builder
	for i := 0; i < len(format) && out.Len() < maxText; i++ {
		c := format[i]
		if c != '%' || i+1 == len(format) {
			out.WriteByte(c)
			continue
		}
		i++
		strip := false
		if (format[i] == '-' || format[i] == '_' || format[i] == '0') && i+1 < len(format) {
			strip = format[i] == '-'
			i++
		}
		text := ""
		switch c := format[i]; c {
		case '%':
			text = "%"
		case 'q':
			text = strconv.Itoa((int(t.Month()) + 2) / 3)
		case 'f', 'L':
			text = strconv.Itoa(t.Nanosecond()/1000 + 1000000)[1:]
			if c == 'L' {
				text = text[:3]
			}
		case 'U', 'W', 'V':
			_, week := t.ISOWeek()
			text = strconv.Itoa(week + 100)[1:]
		default:
			layout, ok := dateLayouts[c]
			if !ok {
				refuse("Use letters like %Y %m %d %b %H %M, or texts of your own (ticktext).", "the date format %.40q is not known here", format)
			}
			text = t.Format(layout)
		}
		if strip {
			if s := strings.TrimLeft(text, "0 "); s != "" {
				text = s
			} else {
				text = "0"
			}
		}
		out.WriteString(text)
	}
	return out.String()
}

var dateText = regexp.MustCompile(`^([+-]?\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$`)

// parseDate reads a date as plotly.js takes it, "2024-03-01 12:30:00.5", into milliseconds since 1970. A time zone is not
// minded: clocks are shown as they were written.
func parseDate(s string) (float64, bool) {
	if len(s) < 4 || len(s) > 40 {
		return 0, false
	}
	m := dateText.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	part := func(i, usual int) int {
		if m[i] == "" {
			return usual
		}
		n, _ := strconv.Atoi(m[i])
		return n
	}
	y, mo, d, h, mi, sec := part(1, 0), part(2, 1), part(3, 1), part(4, 0), part(5, 0), part(6, 0)
	t := time.Date(y, time.Month(mo), d, h, mi, sec, 0, time.UTC)
	if mo < 1 || mo > 12 || t.Day() != d || h > 23 || mi > 59 || sec > 59 {
		return 0, false
	}
	ms := float64(t.UnixMilli())
	if m[7] != "" {
		f, _ := strconv.ParseFloat(m[7], 64)
		ms += f * 1000
	}
	return ms, true
}
