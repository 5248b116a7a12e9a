package workbench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"sandglass/backend/agent"
	"sandglass/backend/event"
	"sandglass/backend/fault"
	"sandglass/backend/llm"
	"sandglass/backend/picture"
)

// lookAtImage notes what an image is, by its content. head is the beginning of the file, rest what follows.
func (info *FileInfo) lookAtImage(head []byte, rest io.Reader) bool {
	found, ok := picture.Look(io.MultiReader(bytes.NewReader(head), io.LimitReader(rest, 4<<20))) // pixels stand behind a camera's notes
	if ok {
		info.MediaType, info.Width, info.Height = found.MediaType, found.Width, found.Height
	}
	return ok
}

// shown prepares an input file to be shown to the model.
func shown(f *agent.File, path string) error {
	r, _, err := openRegular(path)
	if err != nil {
		return err
	}
	defer r.Close()
	return showAs(f, r)
}

// shownNote is how the description of a file begins to say that the model is shown it.
const shownNote = "; you are shown it with this message"

// showAs makes of the content of a file what the model is shown.
func showAs(f *agent.File, content io.Reader) error {
	p, err := picture.Read(f.Name, content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(p.Data)
	f.Picture = p.Data
	f.Shown = &event.Picture{Blob: hex.EncodeToString(sum[:]), MediaType: p.MediaType, Width: p.Width, Height: p.Height}
	f.Hint += shownNote
	if p.Turned {
		f.Hint += ", upright (in the file it lies as the camera was held)"
	}
	if p.Scaled {
		f.Hint += fmt.Sprintf(", scaled to %d × %d pixels", p.Width, p.Height)
	}
	return nil
}

// maxHandedImages bounds how many images of one call a member's model is shown: each takes part of its context.
const maxHandedImages = 8

// showHanded has the images among the files of a call shown to the member's model, if it is known to see; where that is not
// known, those that a person chose to be shown. The description of the others says why not.
func showHanded(ctx context.Context, m llm.Model, files []agent.File) error {
	images := 0
	sees, known := false, false
	for i := range files {
		f := &files[i]
		if f.Inherited || !isImage(f.MediaType) {
			continue
		}
		if images++; images == 1 {
			if s, ok := m.(llm.Seer); ok {
				var err error
				if sees, err = s.Sees(ctx); err != nil {
					return err
				}
				known = true
			}
		}
		chosen := f.Shown != nil
		f.Hint, _, _ = strings.Cut(f.Hint, shownNote)
		f.Shown, f.Picture = nil, nil
		switch {
		case known && !sees:
			f.Hint += "; you are not shown it: your model sees no images. Code can read it"
		case !known && !chosen:
			f.Hint += "; you are not shown it: it is not known whether your model sees images. Code can read it"
		case images > maxHandedImages:
			f.Hint += fmt.Sprintf("; you are not shown it: at most %d images are. Code can read it", maxHandedImages)
		default:
			if err := showOpened(f); err != nil {
				f.Hint += "; you are not shown it: " + fault.Of(err).Error()
			}
		}
		f.Hint = strings.TrimPrefix(f.Hint, "; ")
	}
	return nil
}

func showOpened(f *agent.File) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return showAs(f, r)
}

// isImage says whether files of a media type can be shown, see package picture.
func isImage(mediaType string) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, mediaType)
}

// stage saves the images of a run before its first event tells of them: the window looks at them at once.
func (w *Workbench) stage(files []agent.File) error {
	for _, f := range files {
		if f.Picture == nil {
			continue
		}
		if err := w.store.StageBlob(w.base, f.Shown.MediaType, bytes.NewReader(f.Picture)); err != nil {
			return err
		}
	}
	return nil
}

// showing is the model for a task with images, given now or earlier (where the files may be gone by now); it is a fault
// if the model is known to see none. Without images it is the model itself.
func (w *Workbench) showing(ctx context.Context, m llm.Model, ref llm.Ref, now []agent.File, earlier []event.InputFile) (llm.Model, error) {
	if !slices.ContainsFunc(now, func(f agent.File) bool { return f.Shown != nil }) &&
		!slices.ContainsFunc(earlier, func(f event.InputFile) bool { return f.Shown != nil }) {
		return m, nil
	}
	if s, ok := m.(llm.Seer); ok {
		sees, err := s.Sees(ctx)
		if err != nil {
			return nil, err
		}
		if !sees {
			return nil, llm.Blind(string(ref), "its server says that it has no vision")
		}
	}
	return &seeing{Model: m, w: w, loaded: map[string][]byte{}}, nil
}

// seeing puts the contents of images into requests, in which prompts only name them.
type seeing struct {
	llm.Model
	w *Workbench

	mu     sync.Mutex
	loaded map[string][]byte // by blob: each call of a run sends the same
}

// Generate implements llm.Model.
func (s *seeing) Generate(ctx context.Context, req llm.Request, emit func(llm.Delta)) (llm.Reply, error) {
	req.Messages = slices.Clone(req.Messages)
	for i, m := range req.Messages {
		for j, p := range m.Parts {
			image, ok := p.(llm.Image)
			if !ok || image.Data != nil {
				continue
			}
			var err error
			if image.Data, err = s.load(image.Blob); err != nil {
				return llm.Reply{}, fmt.Errorf("show the model an image: %w", err)
			}
			m.Parts = slices.Clone(m.Parts)
			m.Parts[j] = image
		}
		req.Messages[i] = m
	}
	return s.Model.Generate(ctx, req, emit)
}

func (s *seeing) load(blob string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data, ok := s.loaded[blob]; ok {
		return data, nil
	}
	data, err := s.w.blob(blob)
	if err == nil {
		s.loaded[blob] = data
	}
	return data, err
}

// givenBy are the files that an event of a beginning gave: of a run, of one that goes on, of a called agent.
func givenBy(e event.Event) []event.InputFile {
	switch b := e.Body.(type) {
	case event.RunStarted:
		return b.Files
	case event.RunForked:
		return b.Now.Files
	case event.AgentStarted:
		return b.Now.Files
	}
	return nil
}

// shownAs is the input file of a run that the model was shown as this blob; nil if e is no beginning, or has none.
func shownAs(e event.Event, blob string) *event.InputFile {
	files := givenBy(e)
	i := slices.IndexFunc(files, func(f event.InputFile) bool { return f.Shown != nil && f.Shown.Blob == blob })
	if i < 0 {
		return nil
	}
	return &files[i]
}

// inputBlobs adds the blobs that input files refer to.
func inputBlobs(files []event.InputFile, blobs map[string]string) {
	for _, f := range files {
		blobs[f.Blob] = f.MediaType
		if f.Shown != nil {
			blobs[f.Shown.Blob] = f.Shown.MediaType
		}
	}
}
