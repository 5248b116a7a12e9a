package builtin

import (
	"net/netip"
)

// refused are the networks that a page from the public web has no business in (source: IANA's registries of special
// purpose IPv4 and IPv6 addresses), each with the word for the error.
var refused = []struct {
	prefix netip.Prefix
	what   string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "shared (carrier-grade NAT)"}, // and Alibaba's metadata 100.100.100.200
	{netip.MustParsePrefix("127.0.0.0/8"), "this computer's own"},
	{netip.MustParsePrefix("168.63.129.16/32"), "cloud metadata"}, // Azure's wire server has a public address
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},       // and the metadata of most clouds, 169.254.169.254
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved"}, // and Oracle's metadata 192.0.0.192
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved or broadcast"},

	{netip.MustParsePrefix("::1/128"), "this computer's own"},
	{netip.MustParsePrefix("::/96"), "unspecified"}, // and the deprecated IPv4-compatible ::10.0.0.1
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("fc00::/7"), "private"}, // and AWS' metadata fd00:ec2::254
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
	{netip.MustParsePrefix("2001::/23"), "reserved"}, // and Teredo 2001::/32, which hides an IPv4 address
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("2002::/16"), "6to4"}, // hides an IPv4 address
	{netip.MustParsePrefix("3fff::/20"), "documentation"},
}

var (
	nat64    = netip.MustParsePrefix("64:ff9b::/96")
	globalV6 = netip.MustParsePrefix("2000::/3") // the only range that is given out; all else is special
)

// addressRefusal says what kind of address it is that a tool must not connect to; "" for an ordinary public one.
func addressRefusal(a netip.Addr) string {
	if !a.IsValid() {
		return "invalid"
	}
	if a.Zone() != "" {
		return "link-local"
	}
	a = a.Unmap() // ::ffff:127.0.0.1 is 127.0.0.1 to the system
	for _, r := range refused {
		if r.prefix.Contains(a) {
			return r.what
		}
	}
	if a.Is4() {
		return ""
	}
	b := a.As16()
	v4 := netip.AddrFrom4([4]byte(b[12:]))
	if nat64.Contains(a) { // a network with IPv6 only reaches the IPv4 web so: what counts is where it leads
		return addressRefusal(v4)
	}
	if !globalV6.Contains(a) {
		return "reserved"
	}
	if b[8]&^0x02 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe { // ISATAP: …:0:5efe:10.0.0.1
		return addressRefusal(v4)
	}
	return ""
}
