package agent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"sandglass/backend/event"
	"sandglass/backend/permit"
	"sandglass/backend/sandbox"
)

// AskImport implements sandbox.ImportAsker: the gate decides.
func (h *host) AskImport(ctx context.Context, req sandbox.ImportRequest) error {
	if h.run.ports.Gate == nil {
		return errors.New("") // that it is not on the list was said
	}
	return permit.Import(ctx, h.run.ports.Gate, req)
}

// Fetch implements sandbox.Fetcher: the gate decides, and every request is in the log with its response.
func (h *host) Fetch(ctx context.Context, req sandbox.FetchRequest) (sandbox.FetchResponse, error) {
	r := h.run
	var none sandbox.FetchResponse
	if r.ports.Gate == nil || r.ports.Fetch == nil {
		return none, &sandbox.FetchError{Kind: sandbox.FetchDenied, Text: "there is no network in this sandbox"}
	}
	d, refused, err := permit.Fetch(ctx, r.ports.Gate, req)
	if err != nil {
		return none, err
	}
	req.Approved = d.ByPerson()
	span, err := r.record(ctx, SpanOf(ctx), event.FetchStarted{
		Method: req.Method, Host: req.Host, URL: permit.PublicURL(req.URL), Bytes: int64(len(req.Body)), By: d.By, Digest: digest(req),
	})
	if err != nil {
		return none, err
	}
	begun := time.Now()
	var resp sandbox.FetchResponse
	if refused != nil {
		err = refused
	} else {
		resp, err = r.ports.Fetch.Fetch(ctx, req)
	}
	if ctx.Err() != nil {
		return none, ctx.Err()
	}
	done := event.FetchFinished{Status: resp.Status, Bytes: resp.Bytes, DurationMS: time.Since(begun).Milliseconds()}
	if err != nil {
		done.Error, done.Reason = err.Error(), string(sandbox.FetchFailed)
		var f *sandbox.FetchError
		if errors.As(err, &f) {
			done.Reason = string(f.Kind)
		}
	} else if r.ports.Blobs != nil {
		blob, _, berr := r.ports.Blobs.PutBlob(ctx, "message/http", bytes.NewReader(resp.Message))
		if berr != nil {
			return none, fmt.Errorf("keep a response: %w", berr)
		}
		done.Blob = blob
	}
	if _, rerr := r.record(ctx, span, done); rerr != nil {
		return none, rerr
	}
	return resp, err
}

// digest tells whether two requests are the same.
func digest(req sandbox.FetchRequest) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n", req.Method, req.URL)
	names := make([]string, 0, len(req.Header))
	for name := range req.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(h, "%s: %q\n", name, req.Header[name])
	}
	h.Write(req.Body)
	return hex.EncodeToString(h.Sum(nil)[:16])
}
