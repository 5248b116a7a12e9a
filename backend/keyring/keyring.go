// Package keyring keeps the keys of model providers: in the keyring of the operating system, or, where there is
// none (a server, a container, a desktop without the Secret Service), in a file that only the user can read. Keys
// are never in the database, in logs or in error messages.
package keyring

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	system "github.com/zalando/go-keyring"

	"sandglass/backend/fault"
)

// The kinds of places.
const (
	System = "system"
	File   = "file"
)

const (
	service      = "sandglass" // under which the system files the keys
	fileName     = "keys.json"
	probeLimit   = 5 * time.Second  // D-Bus can hang for ever when nobody answers behind it
	requestLimit = 60 * time.Second // a person may have to unlock the keyring first
)

// Keyring is safe for concurrent use.
type Keyring struct {
	path  string
	probe func() error // nil if the system has a keyring that answers

	once   sync.Once
	kind   string
	detail string

	mu sync.Mutex // guards the file
}

// Open names the place of the file; it touches neither file nor system until the first use, because asking the
// system can take seconds.
func Open(dir string) *Keyring {
	return &Keyring{path: filepath.Join(dir, fileName), probe: probe}
}

// probe asks the system for a key that does not exist.
func probe() error {
	_, err := within(probeLimit, func() (string, error) { return system.Get(service, "probe") })
	if errors.Is(err, system.ErrNotFound) {
		return nil
	}
	return err
}

// within bounds a call that knows no context. A call that never ends keeps its goroutine; there are few of them.
func within(limit time.Duration, f func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := f()
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		return a.text, a.err
	case <-time.After(limit):
		return "", fault.New(fault.Timeout, "The system's keyring does not answer",
			fmt.Sprintf("it was asked %s ago", limit), "Unlock the keyring, then try again")
	}
}

// Kind says where keys are kept: System or File; detail is for the user: the file's path and why the system's
// keyring is not used.
func (k *Keyring) Kind() (kind, detail string) {
	k.once.Do(func() {
		k.kind = System
		if err := k.probe(); err != nil {
			k.kind = File
			k.detail = fmt.Sprintf("Keys are in %s, readable by you only and not encrypted: the system's keyring cannot be used (%v)", k.path, err)
		}
	})
	return k.kind, k.detail
}

func (k *Keyring) system() bool {
	kind, _ := k.Kind()
	return kind == System
}

// Get gives the key of a provider, "" if there is none. A key from a time when the system had no keyring is found in
// the file still.
func (k *Keyring) Get(provider string) (string, error) {
	if k.system() {
		key, err := within(requestLimit, func() (string, error) { return system.Get(service, provider) })
		if err == nil {
			return key, nil
		}
		if !errors.Is(err, system.ErrNotFound) {
			return "", failed("read", provider, err)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	keys, err := k.load()
	return keys[provider], err
}

// Set keeps the key of a provider; "" deletes it.
func (k *Keyring) Set(provider, key string) error {
	if provider == "" {
		return fault.Newf(fault.Invalid, "A key needs the name of its provider")
	}
	if key == "" {
		return k.Delete(provider)
	}
	if !k.system() {
		return k.change(func(keys map[string]string) { keys[provider] = key })
	}
	_, err := within(requestLimit, func() (string, error) { return "", system.Set(service, provider, key) })
	if errors.Is(err, system.ErrSetDataTooBig) {
		return fault.Wrap(err, fault.Invalid, "The key is too long for the system's keyring", "", "Check that you pasted the key only")
	}
	if err != nil {
		return failed("saved", provider, err)
	}
	return k.change(func(keys map[string]string) { delete(keys, provider) }) // an older one must not come back
}

// Delete forgets the key of a provider; that there is none is no error.
func (k *Keyring) Delete(provider string) error {
	if k.system() {
		_, err := within(requestLimit, func() (string, error) { return "", system.Delete(service, provider) })
		if err != nil && !errors.Is(err, system.ErrNotFound) {
			return failed("deleted", provider, err)
		}
	}
	return k.change(func(keys map[string]string) { delete(keys, provider) })
}

func failed(what, provider string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	return fault.Wrap(err, fault.Denied, fmt.Sprintf("The key of %s could not be %s", provider, what), err.Error(), "Unlock the system's keyring, then try again")
}

func (k *Keyring) load() (map[string]string, error) {
	keys := map[string]string{}
	data, err := os.ReadFile(k.path)
	if errors.Is(err, fs.ErrNotExist) {
		return keys, nil
	}
	if err != nil {
		return keys, fault.Wrap(err, fault.Denied, "The file of the keys cannot be read", err.Error(), "Give yourself permission to read it")
	}
	// Somebody may have opened it to others, by restoring a backup for example. Best effort: it may be another
	// user's file.
	if info, err := os.Stat(k.path); err == nil && info.Mode().Perm()&0o077 != 0 {
		_ = os.Chmod(k.path, 0o600)
	}
	if err := json.Unmarshal(data, &keys); err != nil {
		// The cause stays out: it could quote what is in the file.
		return map[string]string{}, fault.New(fault.Invalid, "The file of the keys is damaged", k.path+" is not JSON", "Mend or delete it, then enter the keys again")
	}
	if keys == nil { // the file said null
		keys = map[string]string{}
	}
	return keys, nil
}

// change rewrites the file, so that a crash leaves the old or the new one. Without keys there is no file.
func (k *Keyring) change(f func(map[string]string)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	keys, err := k.load()
	if err != nil {
		return err
	}
	before := len(keys)
	f(keys)
	if len(keys) == 0 {
		if before == 0 {
			return nil
		}
		return os.Remove(k.path)
	}
	data, err := json.MarshalIndent(keys, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the keys: %w", err)
	}
	if err := k.write(append(data, '\n')); err != nil {
		return fault.Wrap(err, fault.Denied, "The key could not be saved", err.Error(), "Check that the data folder can be written to and that the disk is not full")
	}
	return nil
}

func (k *Keyring) write(data []byte) error {
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(k.path), fileName+".*") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // after the rename there is nothing to remove
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), k.path)
}
