//go:build !linux || bindings

package main

// hardenWebview has nothing to do here: WebView2 and WKWebView are held by the content security policy alone.
func hardenWebview() {}

// noDisplay is a question of Linux.
func noDisplay() bool { return false }
