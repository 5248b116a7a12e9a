//go:build linux && !bindings

package main

/*
#cgo webkit2_41 pkg-config: webkit2gtk-4.1
#cgo !webkit2_41 pkg-config: webkit2gtk-4.0
#include <webkit2/webkit2.h>

// Only the app's own pages may be navigated to; everything else (links, redirects, new windows, dropped files that
// WebKit would open in place of the app) is ignored.
static gboolean decide(WebKitWebView *view, WebKitPolicyDecision *decision, WebKitPolicyDecisionType type, gpointer data) {
  if (type == WEBKIT_POLICY_DECISION_TYPE_RESPONSE) return FALSE;
  WebKitNavigationAction *action =
      webkit_navigation_policy_decision_get_navigation_action(WEBKIT_NAVIGATION_POLICY_DECISION(decision));
  const char *uri = webkit_uri_request_get_uri(webkit_navigation_action_get_request(action));
  if (type == WEBKIT_POLICY_DECISION_TYPE_NAVIGATION_ACTION && uri &&
      (g_str_has_prefix(uri, "wails://wails/") || g_strcmp0(uri, "wails://wails") == 0 || g_strcmp0(uri, "about:blank") == 0))
    return FALSE;
  g_printerr("sandglass: navigation blocked: %s\n", uri ? uri : "(none)");
  webkit_policy_decision_ignore(decision);
  return TRUE;
}

// Camera, microphone, location, notifications: none is needed.
static gboolean deny(WebKitWebView *view, WebKitPermissionRequest *request, gpointer data) {
  webkit_permission_request_deny(request);
  return TRUE;
}

static void walk(GtkWidget *widget, gpointer count) {
  if (WEBKIT_IS_WEB_VIEW(widget)) {
    g_signal_connect(widget, "decide-policy", G_CALLBACK(decide), NULL);
    g_signal_connect(widget, "permission-request", G_CALLBACK(deny), NULL);
    (*(int *)count)++;
  } else if (GTK_IS_CONTAINER(widget)) {
    gtk_container_forall(GTK_CONTAINER(widget), walk, count);
  }
}

static gboolean harden(gpointer data) {
  int count = 0;
  GList *windows = gtk_window_list_toplevels();
  for (GList *w = windows; w; w = w->next) walk(GTK_WIDGET(w->data), &count);
  g_list_free(windows);
  // An app whose view could not be found would run unguarded: better none at all.
  if (count < 1) g_error("sandglass: no web view to harden");
  return G_SOURCE_REMOVE;
}

static void harden_soon(void) { g_idle_add_full(G_PRIORITY_HIGH, harden, NULL, NULL); }
*/
import "C"

import "os"

// noDisplay says that there is no screen to open a window on; GTK would end the program without a usable word.
func noDisplay() bool { return os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" }

// hardenWebview blocks every navigation away from the app and every permission request. GTK may be called from its
// own thread only, hence the idle callback.
func hardenWebview() { C.harden_soon() }
