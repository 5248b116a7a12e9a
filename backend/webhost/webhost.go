// Package webhost serves the window's own bundle to a browser on this computer: the same interface, driven through
// the same workbench. Calls are POSTs, events one ordered stream (SSE). It is for people without a desktop and for
// the end-to-end tests.
//
// What guards it: it listens on loopback; the address that is printed holds a token that works once and buys a
// session cookie (HttpOnly, SameSite=Strict); every request must name the host's own address (DNS rebinding) and
// come from its own pages (cross-site calls).
package webhost

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"path"
	"reflect"
	"strings"
	"sync"

	"sandglass/backend/fault"
	"sandglass/backend/workbench"
)

//go:embed shim.js
var shim []byte

// Desk is what the host serves.
type Desk interface {
	workbench.Desk
	// Subscribe gives the stream of events until stop is called.
	Subscribe() (events <-chan workbench.Message, stop func())
	// KeepUpload stores a file that a browser sent and looks at it.
	KeepUpload(name string, r interface{ Read([]byte) (int, error) }) (workbench.FileInfo, error)
}

// maxCall bounds the JSON of a call, maxUpload a file from the browser.
const (
	maxCall   = 4 << 20
	maxUpload = 2 << 30
)

// Host is an http.Handler for one address.
type Host struct {
	desk    Desk
	methods map[string]reflect.Value
	mux     *http.ServeMux
	addr    string // host:port that requests must name

	mu       sync.Mutex
	token    string // works once; "" when used
	sessions map[string]bool
}

// New makes a host of the bundle in assets for a listener's address. URL is where to open it.
func New(assets fs.FS, desk Desk, addr net.Addr) (*Host, error) {
	index, err := fs.ReadFile(assets, "index.html")
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "The interface was not built into this program", "", "Build it with `make build`.")
	}
	h := &Host{
		desk: desk, addr: addr.String(), token: rand.Text(), sessions: map[string]bool{},
		methods: map[string]reflect.Value{}, mux: http.NewServeMux(),
	}
	v, api := reflect.ValueOf(desk), reflect.TypeFor[workbench.Desk]()
	for i := range api.NumMethod() {
		name := api.Method(i).Name
		h.methods[name] = v.MethodByName(name)
	}
	files := http.FileServerFS(assets)
	page := bytes.Replace(index, []byte("<head>"), []byte(`<head><script src="/api/shim.js"></script>`), 1)
	h.mux.HandleFunc("GET /api/shim.js", h.serveShim)
	h.mux.HandleFunc("POST /api/call/{name}", h.serveCall)
	h.mux.HandleFunc("GET /api/events", h.serveEvents)
	h.mux.HandleFunc("POST /upload", h.serveUpload)
	h.mux.HandleFunc("GET /artefact/{run}/{name...}", h.serveArtefact)
	h.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	h.mux.Handle("GET /", files)
	return h, nil
}

// URL is the address to open, once.
func (h *Host) URL() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return "http://" + h.addr + "/?token=" + h.token
}

// ServeHTTP guards, then serves.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	workbench.SecureHeaders(w.Header())
	if r.Host != h.addr && r.Host != localName(h.addr) {
		http.Error(w, "Wrong address: open the one that `sandglass serve` printed.", http.StatusForbidden)
		return
	}
	if o := r.Header.Get("Origin"); o != "" && o != "http://"+r.Host {
		http.Error(w, "Calls from other sites are refused.", http.StatusForbidden)
		return
	}
	if t := r.URL.Query().Get("token"); t != "" && r.URL.Path == "/" {
		h.logIn(w, r, t)
		return
	}
	if c, err := r.Cookie(cookieName); err != nil || !h.known(c.Value) {
		http.Error(w, "Open the address that `sandglass serve` printed: it holds a token that works once. Start it again for a new one.", http.StatusUnauthorized)
		return
	}
	h.mux.ServeHTTP(w, r)
}

const cookieName = "sandglass"

func (h *Host) logIn(w http.ResponseWriter, r *http.Request, token string) {
	h.mu.Lock()
	ok := h.token != "" && subtle.ConstantTimeCompare([]byte(token), []byte(h.token)) == 1
	session := rand.Text()
	if ok {
		h.token = ""
		h.sessions[session] = true
	}
	h.mu.Unlock()
	if !ok {
		if c, err := r.Cookie(cookieName); err == nil && h.known(c.Value) { // a reload of the first address
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		http.Error(w, "This token is wrong or was used before. Start `sandglass serve` again for a new one.", http.StatusUnauthorized)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (h *Host) known(session string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sessions[session]
}

func localName(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return net.JoinHostPort("localhost", port)
}

func (h *Host) serveShim(w http.ResponseWriter, r *http.Request) {
	var names []string
	for name := range h.methods {
		names = append(names, name)
	}
	list, err := json.Marshal(names)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	fmt.Fprintf(w, "globalThis.__sandglassMethods=%s;\n%s", list, shim)
}

// serveCall answers {"result":…} or {"error":{code,message,why,do}}.
func (h *Host) serveCall(w http.ResponseWriter, r *http.Request) {
	result, err := h.call(r.PathValue("name"), http.MaxBytesReader(w, r.Body, maxCall))
	h.answer(w, result, err)
}

func (h *Host) answer(w http.ResponseWriter, result any, err error) {
	out := map[string]any{"result": result}
	if err != nil {
		out = map[string]any{"error": fault.Of(err)}
	}
	data, err := json.Marshal(out)
	if err != nil {
		data, _ = json.Marshal(map[string]any{"error": fault.Of(err)})
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data)
}

func (h *Host) call(name string, body interface{ Read([]byte) (int, error) }) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Newf(fault.Internal, "%s failed: %v", name, p)
		}
	}()
	m, ok := h.methods[name]
	if !ok {
		return nil, fault.Newf(fault.NotFound, "There is no method %q", name)
	}
	var raw []json.RawMessage
	if err := json.NewDecoder(body).Decode(&raw); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The call could not be read", err.Error(), "")
	}
	if len(raw) != m.Type().NumIn() {
		return nil, fault.Newf(fault.Invalid, "%s takes %d arguments, not %d", name, m.Type().NumIn(), len(raw))
	}
	in := make([]reflect.Value, len(raw))
	for i := range raw {
		p := reflect.New(m.Type().In(i))
		if err := json.Unmarshal(raw[i], p.Interface()); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, fmt.Sprintf("Argument %d of %s could not be read", i+1, name), err.Error(), "")
		}
		in[i] = p.Elem()
	}
	for _, o := range m.Call(in) {
		if o.Type() != reflect.TypeFor[error]() {
			result = o.Interface()
		} else if !o.IsNil() {
			err = o.Interface().(error)
		}
	}
	return result, err
}

func (h *Host) serveEvents(w http.ResponseWriter, r *http.Request) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "streaming is not possible here", http.StatusInternalServerError)
		return
	}
	events, stop := h.desk.Subscribe()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	fmt.Fprint(w, ": open\n\n")
	flusher.Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case m, ok := <-events:
			if !ok {
				return
			}
			data, err := json.Marshal(m)
			if err != nil {
				continue
			}
			if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
				return
			}
			flusher.Flush()
		}
	}
}

func (h *Host) serveUpload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		h.reply(w, http.StatusBadRequest, fault.Wrap(err, fault.Invalid, "No file came", err.Error(), ""))
		return
	}
	var infos []workbench.FileInfo
	for {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		if part.FileName() == "" {
			continue
		}
		info, err := h.desk.KeepUpload(path.Base(part.FileName()), part)
		if err != nil {
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				err = fault.New(fault.Invalid, part.FileName()+" is too large", "files from a browser may have 2 GB", "Use the window or the command line: they read the file where it lies.")
			}
			h.reply(w, http.StatusUnprocessableEntity, fault.Of(err))
			return
		}
		infos = append(infos, info)
	}
	h.reply(w, http.StatusOK, infos)
}

func (h *Host) reply(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// serveArtefact is always a download: a page that an agent wrote must not run with this origin's rights.
func (h *Host) serveArtefact(w http.ResponseWriter, r *http.Request) {
	workbench.ServeArtefact(h.desk, w, r.PathValue("run"), strings.TrimPrefix(r.PathValue("name"), "/"))
}
