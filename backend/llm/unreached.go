package llm

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
)

// Unreached says in words why a server could not be reached, and what can be done: the name, the port, the
// certificate, or the way there. err is what the network said; do is "" if nothing better is known than to look.
func Unreached(err error) (why, do string) {
	var (
		name    *net.DNSError
		host    x509.HostnameError
		signer  x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return fmt.Sprintf("there is no host called %q (DNS)", name.Name), "Check the spelling of the host."
	case errors.As(err, &name):
		return fmt.Sprintf("the name %q could not be looked up (DNS)", name.Name), "Check the internet connection."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection is refused: nothing listens there", "Start the server, or correct the port."
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "there is no way to that address from here", "Check the network, and the address."
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "the server does not speak TLS", "Write http:// in place of https://, if you trust the network up to there."
	case errors.As(err, &host):
		return "its certificate is for another name (TLS): " + host.Error(), "Use the name that the certificate is for."
	case errors.As(err, &signer):
		return "its certificate is signed by nobody whom this computer knows (TLS)", "Add the certificate's authority to this computer, or use http:// in a network that you trust."
	case errors.As(err, &invalid):
		return "its certificate is not valid (TLS): " + invalid.Error(), "Check this computer's clock, or renew the certificate."
	case errors.As(err, &timeout) && timeout.Timeout():
		return "no answer came in time", "Check the address; a firewall may swallow the connection."
	}
	return strings.Join(strings.Fields(err.Error()), " "), ""
}
