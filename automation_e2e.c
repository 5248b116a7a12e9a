//go:build e2e && linux

// Makes the one web view of the window drivable by WebKitWebDriver, in test builds only. Wails creates its view with
// webkit_web_view_new_with_user_content_manager; the linker takes this definition before the library's.
#include <webkit2/webkit2.h>

static WebKitWebView *the_view;

static WebKitWebView *on_create(WebKitAutomationSession *session, gpointer data) { return the_view; }

static void on_started(WebKitWebContext *context, WebKitAutomationSession *session, gpointer data) {
  WebKitApplicationInfo *info = webkit_application_info_new();
  webkit_application_info_set_name(info, "sandglass");
  webkit_application_info_set_version(info, 1, 0, 0);
  webkit_automation_session_set_application_info(session, info);
  webkit_application_info_unref(info);
  g_signal_connect(session, "create-web-view", G_CALLBACK(on_create), NULL);
}

GtkWidget *webkit_web_view_new_with_user_content_manager(WebKitUserContentManager *manager) {
  WebKitWebContext *context = webkit_web_context_get_default();
  webkit_web_context_set_automation_allowed(context, TRUE);
  g_signal_connect(context, "automation-started", G_CALLBACK(on_started), NULL);
  the_view = g_object_new(WEBKIT_TYPE_WEB_VIEW, "is-controlled-by-automation", TRUE, "user-content-manager", manager, NULL);
  return GTK_WIDGET(the_view);
}
