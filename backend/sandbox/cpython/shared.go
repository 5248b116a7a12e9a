package cpython

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
)

// shared are the preparations in use. A second engine of the same process (tests and bench have many) then costs
// nothing: reading, hashing and loading a runtime takes a second, and 200 MB.
var shared struct {
	mu  sync.Mutex
	all map[string]*prepared
}

// identity names what a preparation is made of, without reading it: folders, and names, sizes and times of the files.
func identity(dir, cache string, plain bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n%v\n", dir, cache, plain)
	entries, _ := os.ReadDir(dir) // what is wrong with the folder is said by who reads it
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			fmt.Fprintf(&b, "%s %d %d\n", e.Name(), info.Size(), info.ModTime().UnixNano())
		}
	}
	return b.String()
}

// takeShared gives a preparation that another engine made and still holds, or nil.
func takeShared(id string) *prepared {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	p := shared.all[id]
	if p != nil {
		p.users++
	}
	return p
}

// share offers p to later engines.
func (p *prepared) share(id string) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	p.users = 1
	if shared.all[id] != nil {
		return // another engine was quicker; both are used
	}
	if shared.all == nil {
		shared.all = map[string]*prepared{}
	}
	p.id = id
	shared.all[id] = p
}

// close frees p when its last engine lets go of it.
func (p *prepared) close() {
	shared.mu.Lock()
	p.users--
	last := p.users <= 0
	if last && p.id != "" {
		delete(shared.all, p.id)
	}
	shared.mu.Unlock()
	if last {
		p.spares.close()
		p.rt.Close(context.Background())
		p.memory.Close()
	}
}
