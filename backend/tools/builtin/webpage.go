package builtin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"sandglass/backend/tools"
)

type visitIn struct {
	URL      string `json:"url" doc:"http or https address"`
	MaxChars int    `json:"max_chars" default:"20000" doc:"characters to return at most"`
}

// VisitWebpage is visit_webpage(url). Its Scope is {host, example.org}.
func VisitWebpage(web Web) tools.Tool {
	t := tools.New("visit_webpage", "Visits a web page and returns its content as Markdown text.",
		func(ctx context.Context, in visitIn) (string, error) {
			u, err := parseURL(in.URL)
			if err != nil {
				return "", err
			}
			page, err := visit(ctx, web, u)
			if err != nil {
				return "", err
			}
			return tools.CutText(page, max(1, min(in.MaxChars, MaxChars))), nil
		})
	return tools.WithScope(t, func(args json.RawMessage) tools.Scope {
		var in visitIn
		_ = json.Unmarshal(args, &in) // no address, no host: the call will say why
		if u, err := parseURL(in.URL); err == nil {
			return tools.Scope{Kind: "host", Value: canonical(u.Hostname())}
		}
		return tools.Scope{Kind: "host"}
	})
}

// parseURL reads an address as models write it, the scheme left out at times.
func parseURL(raw string) (*url.URL, error) {
	text := strings.Trim(strings.TrimSpace(raw), "<>\"'`")
	if !strings.Contains(text, "://") && !strings.Contains(strings.SplitN(text, "/", 2)[0], "@") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is no web address", raw)
	}
	return u, nil
}

func visit(ctx context.Context, web Web, u *url.URL) (string, error) {
	if err := web.checkURL(u); err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.9,application/xml;q=0.8")
	req.Header.Set("Accept-Language", "en,*;q=0.5")
	resp, err := web.Client().Do(req)
	if err != nil {
		return "", explain(ctx, u.String(), err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 400 {
		return "", fmt.Errorf("%s answered %s", u, resp.Status)
	}
	// One byte more than allowed tells a page that was cut from one that just fits.
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return "", explain(ctx, u.String(), err)
	}
	note := ""
	if len(body) > maxPage {
		body = body[:maxPage]
		note = fmt.Sprintf("\n… [the page is longer than %d MiB; the rest was not loaded]", maxPage>>20)
	}
	text, err := pageText(body, resp.Header.Get("Content-Type"), resp.Request.URL)
	if err != nil {
		return "", fmt.Errorf("%s %w", u, err)
	}
	return text + note, nil
}

// pageText makes text of a page, by its content type. The error goes on after the page's address.
func pageText(body []byte, contentType string, at *url.URL) (string, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media == "application/octet-stream" {
		contentType = http.DetectContentType(body)
		media, params, _ = mime.ParseMediaType(contentType)
	}
	switch {
	case media == "text/html" || media == "application/xhtml+xml":
		r, err := charset.NewReader(bytes.NewReader(body), contentType)
		if err != nil {
			return "", fmt.Errorf("cannot be decoded: %w", err)
		}
		return markdown(r, at)
	case media == "application/pdf":
		return "", errors.New("is a PDF, which visit_webpage cannot read; look for an HTML page with the same content")
	case strings.HasPrefix(media, "text/"), strings.HasSuffix(media, "json"), strings.HasSuffix(media, "xml"),
		strings.HasSuffix(media, "javascript"), strings.HasSuffix(media, "yaml"):
		r, _, err := Decode(bytes.NewReader(body), params["charset"])
		if err != nil {
			return "", fmt.Errorf("cannot be decoded: %w", err)
		}
		text, err := io.ReadAll(r)
		return string(text), err
	}
	return "", fmt.Errorf("is not a page with text but %s", media)
}

// markdown converts a page; its title comes first, links are absolute.
func markdown(r io.Reader, at *url.URL) (string, error) {
	doc, err := html.Parse(r)
	if err != nil {
		return "", fmt.Errorf("is not HTML that can be read: %w", err)
	}
	baseURL, title := at, ""
	for n := range doc.Descendants() {
		switch {
		case n.DataAtom == atom.Title && title == "" && n.FirstChild != nil && n.Namespace == "":
			title = strings.Join(strings.Fields(n.FirstChild.Data), " ")
		case n.DataAtom == atom.Base:
			if ref, err := at.Parse(attr(n, "href")); err == nil && attr(n, "href") != "" {
				baseURL = ref
			}
		}
	}
	prune(doc)
	conv := converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), table.NewTablePlugin()))
	text, err := conv.ConvertNode(doc, converter.WithDomain(baseURL.String()))
	if err != nil {
		return "", fmt.Errorf("cannot be converted: %w", err)
	}
	out := strings.TrimSpace(string(text))
	if title != "" && !strings.HasPrefix(out, "# "+title) {
		out = "# " + title + "\n\n" + out
	}
	return out, nil
}

// prune drops what costs many characters and says nothing: drawings, forms' buttons, pictures that are in the page
// itself, and tables' spans, whose repetition could blow a small page up to gigabytes.
func prune(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.DataAtom == atom.Svg, c.DataAtom == atom.Button, c.DataAtom == atom.Template, c.DataAtom == atom.Canvas,
			c.DataAtom == atom.Img && strings.HasPrefix(strings.TrimSpace(attr(c, "src")), "data:"):
			n.RemoveChild(c)
		default:
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				capSpans(c)
			}
			prune(c)
		}
		c = next
	}
}

func capSpans(n *html.Node) {
	for i, a := range n.Attr {
		if (a.Key == "colspan" || a.Key == "rowspan") && (len(a.Val) > 2 || strings.HasPrefix(a.Val, "-")) {
			n.Attr[i].Val = "1"
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
