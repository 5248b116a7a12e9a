package agent

import "context"

// parses asks the sandbox whether a text is Python: the only judge that cannot be wrong.
func (r *run) parses(ctx context.Context) func(string) bool {
	return func(code string) bool {
		bad, err := r.session.Check(ctx, code)
		return err == nil && bad == nil
	}
}
