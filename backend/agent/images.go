package agent

import (
	"bytes"
	"context"
	"fmt"

	"sandglass/backend/event"
	"sandglass/backend/llm"
)

// show puts the images that come with a task into the last message. They are named by their blobs, so that a prompt can
// be derived from the log; who sends it puts their contents in.
func (m *Memory) show(b event.RunStarted) {
	var images []llm.Part
	for _, f := range b.Files {
		if s := f.Shown; s != nil {
			images = append(images, llm.Image{MediaType: s.MediaType, Blob: s.Blob, Width: s.Width, Height: s.Height})
		}
	}
	last := len(m.messages) - 1
	m.messages[last] = withImages(m.messages[last], images)
}

// imagesIn are the images of a message.
func imagesIn(m llm.Message) (images []llm.Part) {
	for _, p := range m.Parts {
		if i, ok := p.(llm.Image); ok {
			images = append(images, i)
		}
	}
	return images
}

// withImages adds images behind what a message says.
func withImages(m llm.Message, images []llm.Part) llm.Message {
	m.Parts = append(m.Parts[:len(m.Parts):len(m.Parts)], images...)
	return m
}

// pixelsPerToken is an estimate of what an image takes: the square that one token stands for, for Qwen's models with
// vision (28 × 28 pixels), which take more than most. Servers that count correct it.
const pixelsPerToken = 28 * 28

func imageTokens(p llm.Part) int {
	if i, ok := p.(llm.Image); ok {
		return (i.Width*i.Height + pixelsPerToken - 1) / pixelsPerToken
	}
	return 0
}

// keepPictures keeps what the model is shown, for prompts that are derived later.
func (r *run) keepPictures(ctx context.Context, task Task) error {
	for _, f := range task.Files {
		if f.Shown == nil || f.Picture == nil || r.ports.Blobs == nil {
			continue
		}
		hash, _, err := r.ports.Blobs.PutBlob(ctx, f.Shown.MediaType, bytes.NewReader(f.Picture))
		if err == nil && hash != f.Shown.Blob {
			err = fmt.Errorf("its hash is %s, not %s", hash, f.Shown.Blob)
		}
		if err != nil {
			return fmt.Errorf("keep the image %s: %w", f.Name, err)
		}
	}
	return nil
}
