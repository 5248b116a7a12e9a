package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"sandglass/backend/fault"
	"sandglass/backend/webhost"
	"sandglass/backend/workbench"
	"sandglass/frontend"
)

func (c *cli) serveCommand() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the window's interface to a browser on this computer",
		Long: "Serve the interface on a loopback address, and print the address to open. It holds a token that works once.\n" +
			"Ctrl-C ends it; runs that are going on are stopped.",
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&addr, "addr", "127.0.0.1:0", "`ADDRESS` to listen on, loopback only; port 0 takes a free one")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		host, _, err := net.SplitHostPort(addr)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return usage("--addr %q: use a loopback address and a port, such as 127.0.0.1:0 (whoever reaches it could run agents with your files)", addr)
		}
		return c.withDesk(func(ctx context.Context, w *workbench.Workbench, _ []string) error { return c.serve(ctx, w, addr) })(cmd, args)
	}
	return cmd
}

func (c *cli) serve(ctx context.Context, w *workbench.Workbench, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fault.Wrap(err, fault.Conflict, "The address "+addr+" cannot be listened on", err.Error(), "Choose another port: --addr 127.0.0.1:0 takes a free one.")
	}
	h, err := webhost.New(frontend.Assets(), w, l.Addr())
	if err != nil {
		l.Close()
		return err
	}
	// BaseContext ends the event streams, which Shutdown would wait for.
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	fmt.Fprintln(c.out, h.URL())
	select {
	case err := <-failed:
		if !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if server.Shutdown(grace) != nil {
			return server.Close()
		}
		return nil
	}
}
