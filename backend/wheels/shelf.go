package wheels

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"sandglass/backend/fault"
)

// Package is a wheel that was added. Adding it is the approval: the person chose the file.
type Package struct {
	About
	Everyone bool   `json:"everyone"` // every agent may import it; otherwise those that name it among their imports
	Added    int64  `json:"added"`    // milliseconds since 1970
	SHA256   string `json:"sha256"`   // of the file, hexadecimal
}

// Shelf is the folder of the wheels that were added: for each one NAME.whl and NAME.json. It is safe for concurrent use,
// also by several processes: files are replaced whole.
type Shelf struct {
	dir string
	mu  sync.Mutex
}

// Open gives the shelf in dir, which need not exist yet.
func Open(dir string) *Shelf { return &Shelf{dir: dir} }

// List gives the packages by name. One whose description is unreadable is left out; its file can be added again.
func (s *Shelf) List() ([]Package, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unusable(s.dir, err)
	}
	var out []Package
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			if p, err := s.read(name); err == nil {
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(a, b Package) int { return strings.Compare(Normal(a.Name), Normal(b.Name)) })
	return out, nil
}

func (s *Shelf) read(name string) (p Package, err error) {
	b, err := os.ReadFile(filepath.Join(s.dir, name+".json"))
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err == nil && Normal(p.Name) != name {
		err = errors.New("it describes another package")
	}
	return p, err
}

// Add checks the wheel at file and keeps a copy, in place of another version. taken are modules that it must not bring,
// because the runtime has them and would go before it. Faults: NotFound, Invalid, Denied (the folder cannot be written).
func (s *Shelf) Add(file string, everyone bool, taken []string, now time.Time) (Package, error) {
	data, err := readWheel(file)
	if err != nil {
		return Package{}, err
	}
	about, err := Inspect(data)
	if err != nil {
		return Package{}, err
	}
	for _, m := range about.Modules {
		if slices.Contains(taken, m) {
			return Package{}, refuse("it brings "+m+", which the runtime has and which would go before it", "")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	others, err := s.List()
	if err != nil {
		return Package{}, err
	}
	for _, o := range others {
		for _, m := range about.Modules {
			if Normal(o.Name) != Normal(about.Name) && slices.Contains(o.Modules, m) {
				return Package{}, refuse("it brings "+m+", and so does "+o.Name, "Remove "+o.Name+" first.")
			}
		}
	}
	sum := sha256.Sum256(data)
	p := Package{About: about, Everyone: everyone, Added: now.UnixMilli(), SHA256: hex.EncodeToString(sum[:])}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return Package{}, unusable(s.dir, err)
	}
	if err := s.write(Normal(about.Name)+".whl", data); err != nil {
		return Package{}, err
	}
	return p, s.describe(p)
}

// SetEveryone says whether every agent may import a package.
func (s *Shelf) SetEveryone(name string, everyone bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.find(name)
	if err != nil {
		return err
	}
	p.Everyone = everyone
	return s.describe(p)
}

// Remove deletes a package. Sessions that have it open keep it until they end.
func (s *Shelf) Remove(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.find(name)
	if err != nil {
		return err
	}
	base := filepath.Join(s.dir, Normal(p.Name))
	if err := errors.Join(os.Remove(base+".json"), os.Remove(base+".whl")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unusable(s.dir, err)
	}
	return nil
}

// Load reads the file of a package, as it was when it was added. Fault: Invalid (it was changed or is gone).
func (s *Shelf) Load(p Package) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, Normal(p.Name)+".whl"))
	if err == nil {
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) == p.SHA256 {
			return data, nil
		}
		err = errors.New("its file was changed after it was added")
	}
	return nil, fault.Wrap(err, fault.Invalid, "The Python package "+p.Name+" cannot be used", err.Error(), "Remove it, or add its wheel again.")
}

func (s *Shelf) find(name string) (Package, error) {
	if distName.MatchString(name) {
		if p, err := s.read(Normal(name)); err == nil {
			return p, nil
		}
	}
	return Package{}, fault.New(fault.NotFound, "There is no added package "+name, "", "See `sandglass packages list`.")
}

func (s *Shelf) describe(p Package) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return s.write(Normal(p.Name)+".json", b)
}

// write replaces a file at once, so that another process never reads half of it.
func (s *Shelf) write(name string, data []byte) error {
	f, err := os.CreateTemp(s.dir, name+".new-*")
	if err != nil {
		return unusable(s.dir, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(s.dir, name))
	}
	if err != nil {
		return unusable(s.dir, err)
	}
	return nil
}

func unusable(dir string, err error) error {
	return fault.Wrap(err, fault.Denied, "The folder of added packages cannot be used", err.Error(), "Check the permissions of "+dir+".")
}

func readWheel(file string) ([]byte, error) {
	st, err := os.Stat(file)
	if err != nil || !st.Mode().IsRegular() {
		if err == nil {
			err = errors.New("it is no file")
		}
		return nil, fault.Wrap(err, fault.NotFound, "The file "+file+" cannot be read", err.Error(), "Choose a file that ends with .whl.")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.Wrap(err, fault.Denied, "The file "+file+" cannot be read", err.Error(), "Check its permissions.")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Denied, "The file "+file+" cannot be read", err.Error(), "")
	}
	return data, nil
}
