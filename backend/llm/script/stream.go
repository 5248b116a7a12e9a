// Package script holds models that need no language model: Replies says what a file tells it to, for tests; the
// demo plays three sample tasks through the real loop and the real sandbox.
package script

import (
	"context"
	"regexp"
	"time"

	"sandglass/backend/llm"
)

// fragments are words with the white space before them, as small as what real servers stream.
var fragments = regexp.MustCompile(`\s*\S{1,8}|\s+`)

// stream says text, and thinking before it, in small fragments with a pause after each.
func stream(ctx context.Context, b *llm.ReplyBuilder, thinking, text string, pause time.Duration) error {
	for _, f := range fragments.FindAllString(thinking, -1) {
		if err := wait(ctx, pause); err != nil {
			return err
		}
		b.Thinking(f)
	}
	for _, f := range fragments.FindAllString(text, -1) {
		if err := wait(ctx, pause); err != nil {
			return err
		}
		if !b.Text(f) {
			break
		}
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
