// Sandglass in its own window. The command line is cmd/sandglass, which does without GTK.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"

	"sandglass/backend/fault"
	"sandglass/backend/workbench"
	"sandglass/frontend"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "development"

// formatError makes a fault cross to JavaScript: Wails puts what it gets into new Error(…), which keeps strings only.
func formatError(err error) any {
	data, jsonErr := json.Marshal(fault.Of(err))
	if jsonErr != nil { // four strings always encode
		return err.Error()
	}
	return string(data)
}

func main() {
	if noDisplay() {
		fmt.Fprintln(os.Stderr, "sandglass: there is no display to open a window on.\n  Use the same interface in a browser: build/bin/sandglass serve")
		os.Exit(1)
	}
	app := &App{}
	err := wails.Run(&options.App{
		Title: "Sandglass", Width: 1280, Height: 860, MinWidth: 640, MinHeight: 400,
		BackgroundColour: options.NewRGB(245, 244, 240),
		AssetServer:      &assetserver.Options{Assets: frontend.Assets(), Middleware: workbench.Secured},
		Linux:            &linux.Options{ProgramName: "sandglass", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		DragAndDrop:      &options.DragAndDrop{EnableFileDrop: true, DisableWebViewDrop: true},
		OnStartup:        app.startup,
		OnBeforeClose:    app.beforeClose,
		OnShutdown:       app.shutdown,
		ErrorFormatter:   formatError,
		Bind:             []any{app},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandglass: the window could not be opened:", err)
		os.Exit(1)
	}
}
