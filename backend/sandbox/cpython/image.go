package cpython

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"sandglass/backend/sandbox/cpython/internal/linmem"
)

// image describes the memory of a booted interpreter. The file holds a magic line, this as one line of JSON, the
// non-zero pages one after the other, and a SHA-256 over all that.
type image struct {
	Key    string   `json:"key"`
	ID     string   `json:"id"`     // SHA-256 of what the memory holds
	Module string   `json:"module"` // SHA-256 of the module that it belongs to
	Python string   `json:"python"` // version
	Size   int      `json:"size"`   // of the memory, in bytes
	Stack  uint32   `json:"stack"`  // value of __stack_pointer
	Words  words    `json:"words"`
	Runs   [][2]int `json:"runs"` // where the pages of the file belong: from, to, in bytes
}

const imageMagic = "sandglass python image 1\n"

var (
	errNoImage = errors.New("no image in the cache")
	errDamaged = errors.New("the image in the cache is damaged")
)

func writeImage(path string, img image, mem []byte) error {
	img.Size = len(mem)
	img.Runs = nil
	parts := [][]byte{[]byte(imageMagic), nil, {'\n'}}
	for _, r := range linmem.NonZero(mem) {
		img.Runs = append(img.Runs, [2]int{r.From, r.To})
		parts = append(parts, mem[r.From:r.To])
	}
	head, err := json.Marshal(img)
	if err != nil {
		return err
	}
	parts[1] = head
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return writeFile(path, append(parts, h.Sum(nil))...)
}

func readImage(path string) (img image, mem []byte, err error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return img, nil, errNoImage
	}
	if err != nil {
		return img, nil, err
	}
	return decodeImage(b)
}

func decodeImage(b []byte) (img image, mem []byte, err error) {
	n := len(b) - sha256.Size
	if n < len(imageMagic) || !bytes.HasPrefix(b, []byte(imageMagic)) {
		return img, nil, errDamaged
	}
	if sum := sha256.Sum256(b[:n]); !bytes.Equal(sum[:], b[n:]) {
		return img, nil, errDamaged
	}
	head, pages, ok := bytes.Cut(b[len(imageMagic):n], []byte("\n"))
	if !ok || json.Unmarshal(head, &img) != nil || img.Size < 0 || img.Size > 1<<32 {
		return img, nil, errDamaged
	}
	mem = make([]byte, img.Size)
	for _, r := range img.Runs {
		k := r[1] - r[0]
		if r[0] < 0 || k < 0 || r[1] > len(mem) || k > len(pages) {
			return img, nil, fmt.Errorf("%w: pages outside of the memory", errDamaged)
		}
		copy(mem[r[0]:], pages[:k])
		pages = pages[k:]
	}
	return img, mem, nil
}
