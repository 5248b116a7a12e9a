// Package builtin holds the tools that come with the app: reading the files of a task, asking the user, visiting a
// web page. They run on the host, so each of them reaches only what it is given.
package builtin

import (
	"context"
	"errors"
	"strings"

	"sandglass/backend/tools"
)

// Asker asks the user a question and waits for the answer, until ctx ends. An error that is ErrNobody means that
// there is no person to ask (the command line without a terminal, an evaluation).
type Asker interface {
	Ask(ctx context.Context, question string) (string, error)
}

// ErrNobody is what an Asker returns when there is no person to ask.
var ErrNobody = errors.New("there is no person to ask in this run: decide yourself, and say in your answer what you assumed")

type userInputIn struct {
	Question string `json:"question" doc:"what to ask"`
}

// UserInput is user_input(question). A nil asker stands for nobody.
func UserInput(asker Asker) tools.Tool {
	return tools.New("user_input", "Asks the user a question and returns the answer. Use it only if the task cannot be done without.",
		func(ctx context.Context, in userInputIn) (string, error) {
			if asker == nil {
				return "", ErrNobody
			}
			if strings.TrimSpace(in.Question) == "" {
				return "", errors.New(`the argument "question" is empty`)
			}
			return asker.Ask(ctx, in.Question)
		})
}
