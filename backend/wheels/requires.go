package wheels

import (
	"regexp"
	"strconv"
	"strings"
)

// python is what the sandbox looks like to a requirement's conditions.
var python = map[string]string{
	"python_version": "3.13", "python_full_version": "3.13.5", "sys_platform": "wasi", "platform_system": "", "os_name": "posix",
	"platform_machine": "wasm32", "implementation_name": "cpython", "platform_python_implementation": "CPython",
}

// known are packages that are imported, or listed by the runtime, under another name than their own.
var known = map[string]string{
	"beautifulsoup4": "bs4", "pyyaml": "yaml", "python-dateutil": "dateutil", "html5lib-modern": "html5lib", "tzdata": "zoneinfo",
	"soupsieve": "bs4", "webencodings": "html5lib", "et-xmlfile": "openpyxl", "idna": "requests", "certifi": "requests",
	"markupsafe": "jinja2", "attrs": "jsonschema", "pyrsistent": "jsonschema", "tenacity": "plotly", "packaging": "plotly",
	"typing-extensions": "altair", "toolz": "altair",
}

var requirementName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*`)

// Missing are the requirements that nothing in here meets, as METADATA writes them. here are names of packages or of what
// is imported. Versions are not compared: what is here is all that there can be.
func Missing(requires, here []string) []string {
	have := map[string]bool{"zoneinfo": true}
	for _, name := range here {
		have[Normal(name)] = true
	}
	var out []string
	for _, r := range requires {
		name := Normal(requirementName.FindString(r))
		if name == "" || !applies(markerOf(r)) || have[name] || have[known[name]] {
			continue
		}
		out = append(out, r)
	}
	return out
}

// markerOf is the condition of a requirement, "" if there is none.
func markerOf(requirement string) string {
	_, marker, _ := strings.Cut(requirement, ";")
	return strings.TrimSpace(marker)
}

var comparison = regexp.MustCompile(`^\(*\s*([a-z_.]+)\s*(==|!=|<=|>=|<|>)\s*["']([^"']*)["']\s*\)*$`)

// applies says whether a condition may hold here. One that is not understood may.
func applies(marker string) bool {
	if marker == "" || strings.Contains(marker, " or ") {
		return true
	}
	for _, part := range strings.Split(marker, " and ") {
		m := comparison.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			continue
		}
		value, ok := python[m[1]]
		if !ok {
			continue
		}
		c := strings.Compare(value, m[3])
		if strings.HasPrefix(m[1], "python_") {
			c = compareVersions(value, m[3])
		}
		holds := map[string]bool{"==": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[m[2]]
		if !holds {
			return false
		}
	}
	return true
}

func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < len(x) || i < len(y); i++ {
		var n, m int
		if i < len(x) {
			n, _ = strconv.Atoi(x[i])
		}
		if i < len(y) {
			m, _ = strconv.Atoi(y[i])
		}
		if n != m {
			return n - m
		}
	}
	return 0
}
