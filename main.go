// Sandglass in its own window. The command line is cmd/sandglass, which does without GTK.
package main

import (
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

func main() {
	app := &App{}
	err := wails.Run(&options.App{
		Title: "Sandglass", Width: 1280, Height: 860, MinWidth: 640, MinHeight: 400,
		BackgroundColour: options.NewRGB(245, 244, 240),
		AssetServer:      &assetserver.Options{Assets: frontend.Assets(), Middleware: workbench.Secured},
		Linux:            &linux.Options{ProgramName: "sandglass", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		DragAndDrop:      &options.DragAndDrop{EnableFileDrop: true, DisableWebViewDrop: true},
		OnStartup:        app.startup,
		OnShutdown:       app.shutdown,
		ErrorFormatter:   func(err error) any { return fault.Of(err) },
		Bind:             []any{app},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandglass: the window could not be opened:", err)
		os.Exit(1)
	}
}
