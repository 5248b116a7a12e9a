package cpython

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"strings"

	"sandglass/backend/sandbox"
)

// Limits of what one step may display: a figure has some kilobytes, a large table some megabytes.
const (
	maxDisplayed      = 32 << 20  // bytes of one value
	maxDisplayedBytes = 128 << 20 // of all of them
	maxDisplayedCount = 100
)

// displayKinds names what is displayed, by media type: a word for the name of the artefact, and its extension.
var displayKinds = map[string][2]string{
	"application/vnd.plotly.v1+json": {"figure", "plotly.json"},
	"image/png":                      {"image", "png"},
	"image/jpeg":                     {"image", "jpg"},
	"image/gif":                      {"image", "gif"},
	"image/webp":                     {"image", "webp"},
	"image/svg+xml":                  {"image", "svg"},
	"text/html":                      {"page", "html"},
	"text/markdown":                  {"text", "md"},
	"text/plain":                     {"text", "txt"},
	"text/csv":                       {"table", "csv"},
}

func displayKind(mediaType string) (word, ext string) {
	if k, ok := displayKinds[mediaType]; ok {
		return k[0], k[1]
	}
	switch {
	case strings.HasPrefix(mediaType, "application/vnd.vegalite."):
		return "chart", "vl.json"
	case isJSON(mediaType):
		return "data", "json"
	}
	return "file", "bin"
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// display keeps a value that code shows: "<media type>\0<content>". The answer is 'v' and the name that it is kept under,
// or 'e' and why it is not. What comes may be anything: code can speak to the host past the driver.
func (r *run) display(data []byte) ([]byte, bool) {
	refuse := func(format string, args ...any) ([]byte, bool) {
		return append([]byte{'e'}, fmt.Sprintf(format, args...)...), true
	}
	head, content, ok := bytes.Cut(data, []byte{0})
	if !ok || r.step == 0 || len(head) > 100 {
		return refuse("this cannot be displayed")
	}
	mediaType, _, err := mime.ParseMediaType(string(head))
	if err != nil || strings.Count(mediaType, "/") != 1 {
		return refuse("%q is no media type", cut(strings.ToValidUTF8(string(head), "?"), 100))
	}
	total := int64(len(content))
	for _, d := range r.shown {
		total += int64(len(d.Data))
	}
	word, ext := displayKind(mediaType)
	switch {
	case len(content) > maxDisplayed:
		return refuse("this %s is too large to display: %.1f MB, the limit is %d MB; write it to a file, or show less of it", word, float64(len(content))/1e6, maxDisplayed>>20)
	case total > maxDisplayedBytes:
		return refuse("a step can display %d MB in all; write the rest to files", maxDisplayedBytes>>20)
	case len(r.shown) == maxDisplayedCount:
		return refuse("a step can display %d values", maxDisplayedCount)
	case isJSON(mediaType) && !json.Valid(content):
		return refuse("what shall be displayed as %s is not JSON", mediaType)
	}
	n := 1
	for _, d := range r.shown {
		if w, _ := displayKind(d.MediaType); w == word {
			n++
		}
	}
	name := fmt.Sprintf("displayed/step%d-%s%d.%s", r.step, word, n, ext)
	r.shown = append(r.shown, sandbox.Displayed{Name: name, MediaType: mediaType, Data: bytes.Clone(content)})
	return append([]byte{'v'}, name...), true
}

// checkDisplay holds a value to what was really displayed.
func (r *run) checkDisplay(name *string) {
	for _, d := range r.shown {
		if d.Name == *name {
			return
		}
	}
	*name = ""
}
