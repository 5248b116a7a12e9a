// Package frontend holds the built interface, for the window and the web host alike.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Assets is the bundle; it holds index.html only after `npm run build`.
func Assets() fs.FS {
	assets, err := fs.Sub(dist, "dist")
	if err != nil { // the name is a constant
		panic(err)
	}
	return assets
}
