package llmtest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Registry serves the models of s for other servers to pull, with a pause after each 8 KiB of a large file. A model
// x is pulled as Registry + "/library/x:latest".
func Registry(t testing.TB, s *Server, pause time.Duration) (url string) {
	t.Helper()
	models := filepath.Join(s.dir, "models")
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// /v2/library/NAME/manifests/TAG and /v2/library/NAME/blobs/DIGEST
		p := strings.Split(strings.TrimPrefix(r.URL.Path, "/v2/"), "/")
		if len(p) != 4 {
			http.NotFound(w, r)
			return
		}
		file := filepath.Join(models, "manifests", "registry.ollama.ai", p[0], p[1], p[3])
		if p[2] == "blobs" {
			file = filepath.Join(models, "blobs", strings.Replace(p[3], ":", "-", 1))
			// Ollama wants to be sent on to another host, as the real registry sends it to its storage.
			if r.Method == http.MethodGet && strings.HasPrefix(r.Host, "127.0.0.1:") {
				http.Redirect(w, r, "http://"+strings.Replace(r.Host, "127.0.0.1", "localhost", 1)+r.URL.Path, http.StatusTemporaryRedirect)
				return
			}
			if st, err := os.Stat(file); err == nil && st.Size() > 100_000 && r.Method == http.MethodGet {
				w = slow{w, pause}
			}
		}
		http.ServeFile(w, r, file)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// slow writes in small bites.
type slow struct {
	http.ResponseWriter
	pause time.Duration
}

func (s slow) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		k := min(len(b), 8<<10)
		m, err := s.ResponseWriter.Write(b[:k])
		n += m
		if err != nil {
			return n, err
		}
		s.ResponseWriter.(http.Flusher).Flush()
		b = b[k:]
		time.Sleep(s.pause)
	}
	return n, nil
}
