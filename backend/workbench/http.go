package workbench

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/http"
	"os"
	"path"

	"sandglass/backend/event"
	"sandglass/backend/fault"
)

// policy is what the interface's pages may do: nothing but the bundle itself, and pictures that it makes of data.
// Without it any frame in the window could call the bound methods.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// SecureHeaders sets what guards a page of the interface, in the window and in a browser.
func SecureHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// Secured is SecureHeaders as a middleware.
func Secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		SecureHeaders(w.Header())
		next.ServeHTTP(w, r)
	})
}

// ServeArtefact sends a file that a run wrote, always as a download: a page that an agent wrote must not run with
// the interface's rights.
func ServeArtefact(d Desk, w http.ResponseWriter, run, name string) {
	data, err := d.Artefact(event.RunID(run), name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	content, err := base64.StdEncoding.DecodeString(data.Base64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(name)}))
	_, _ = w.Write(content)
}

// WriteFile writes a file for the user; a failure says what to do.
func WriteFile(name string, content []byte) error {
	if err := os.WriteFile(name, content, 0o644); err != nil {
		return fault.Wrap(err, fault.Invalid, fmt.Sprintf("The file %s could not be written", name), err.Error(), "Choose another folder.")
	}
	return nil
}
