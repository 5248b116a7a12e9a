package figure

import (
	"regexp"
	"strings"
)

var placeholder = regexp.MustCompile(`%\{([^{}:|]+)(?:([:|])([^{}]*))?\}`)

// fillTemplate puts values into a text like "%{y:.1f} %".
func fillTemplate(template string, value func(name string) (any, bool)) string {
	if len(template) > maxText {
		template = template[:maxText]
	}
	return placeholder.ReplaceAllStringFunc(template, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		v, ok := value(strings.TrimSpace(m[1]))
		if !ok {
			refuse("Use %{x}, %{y}, %{z}, %{text}, %{label}, %{value} and %{percent}.", "the placeholder %.40q is not known here", found)
		}
		switch v := v.(type) {
		case float64:
			if m[2] == ":" {
				return formatNumber(v, m[3])
			}
			if m[1] == "percent" {
				return plainNumber(roundTo(100*v, 3), 0) + "%"
			}
			return plainNumber(v, 0)
		case string:
			if ms, isDate := parseDate(v); m[2] == "|" && isDate {
				return dateLabel(ms, 0, m[3], false)
			}
			return v
		}
		return ""
	})
}
