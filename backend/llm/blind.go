package llm

import (
	"fmt"

	"sandglass/backend/fault"
)

// Blind is the fault of a model that was to be shown images.
func Blind(model, why string) *fault.Error {
	return fault.New(fault.ModelUnsupported, fmt.Sprintf("The model %q cannot see images", model), why,
		"Choose a model with vision, or give the image as a file only: code can read it.")
}
