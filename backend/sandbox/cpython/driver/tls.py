# A stand-in for the module ssl, which cannot exist here: the host makes the connections, and always checks the
# certificates against those of the computer. Libraries (http.client, urllib3) configure a context; nothing reads it.
# Runs once at boot, after asyncio was imported: that one does without.
import enum, sys, types

ssl = types.ModuleType("ssl", "TLS is done by the host, which always checks certificates: contexts here have no effect.")


class SSLError(OSError):
    library = reason = None

    def __str__(self):
        return str(self.strerror or self.args[0] if self.args else "")


class SSLCertVerificationError(SSLError, ValueError):
    verify_code, verify_message = 1, ""


class VerifyMode(enum.IntEnum):
    CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED = 0, 1, 2


class TLSVersion(enum.IntEnum):
    MINIMUM_SUPPORTED, SSLv3, TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, MAXIMUM_SUPPORTED = -2, 768, 769, 770, 771, 772, -1


class Purpose(enum.Enum):
    SERVER_AUTH, CLIENT_AUTH = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"


class SSLContext:
    """Takes every setting and has no effect."""

    def __init__(self, protocol=None, *args, **kwargs):
        self.protocol = protocol
        self.verify_mode, self.check_hostname = VerifyMode.CERT_REQUIRED, True
        self.options = self.verify_flags = 0
        self.minimum_version, self.maximum_version = TLSVersion.TLSv1_2, TLSVersion.MAXIMUM_SUPPORTED
        self.post_handshake_auth, self.keylog_filename, self.hostname_checks_common_name = None, None, False

    def load_default_certs(self, *args, **kwargs):
        pass

    load_verify_locations = set_default_verify_paths = set_ciphers = set_alpn_protocols = set_ecdh_curve = load_default_certs

    def load_cert_chain(self, *args, **kwargs):
        raise SSLError("client certificates cannot be used in the sandbox: the host makes the connections")

    def wrap_socket(self, *args, **kwargs):
        raise SSLError("there are no sockets in the sandbox: use urllib.request, http.client or requests")

    wrap_bio = wrap_socket

    def get_ca_certs(self, binary_form=False):
        return []


class SSLSocket:
    pass


class SSLObject:
    pass


def create_default_context(purpose=Purpose.SERVER_AUTH, **kwargs):
    return SSLContext()


vars(ssl).update(VerifyMode.__members__)
vars(ssl).update(
    SSLError=SSLError, SSLCertVerificationError=SSLCertVerificationError, CertificateError=SSLCertVerificationError,
    VerifyMode=VerifyMode, TLSVersion=TLSVersion, Purpose=Purpose, SSLContext=SSLContext, SSLSocket=SSLSocket, SSLObject=SSLObject,
    create_default_context=create_default_context, _create_default_https_context=create_default_context,
    _create_unverified_context=create_default_context, _create_stdlib_context=create_default_context,
    PROTOCOL_TLS=2, PROTOCOL_SSLv23=2, PROTOCOL_TLS_CLIENT=16, PROTOCOL_TLS_SERVER=17,
    OP_ALL=0x80000050, OP_NO_SSLv2=0, OP_NO_SSLv3=0x2000000, OP_NO_TLSv1=0x4000000, OP_NO_TLSv1_1=0x10000000,
    OP_NO_TLSv1_2=0x8000000, OP_NO_TLSv1_3=0x20000000, OP_NO_COMPRESSION=0x20000, OP_NO_TICKET=0x4000,
    OP_LEGACY_SERVER_CONNECT=4, VERIFY_DEFAULT=0, VERIFY_X509_STRICT=0x20, VERIFY_X509_PARTIAL_CHAIN=0x80000,
    HAS_SNI=True, HAS_ALPN=True, HAS_NPN=False, HAS_TLSv1_2=True, HAS_TLSv1_3=True, HAS_NEVER_CHECK_COMMON_NAME=True,
    OPENSSL_VERSION="OpenSSL 3.0.0 (a stand-in: TLS is done by the host)", OPENSSL_VERSION_INFO=(3, 0, 0, 0, 0),
    OPENSSL_VERSION_NUMBER=0x30000000,
)
for name in ("SSLZeroReturnError", "SSLWantReadError", "SSLWantWriteError", "SSLSyscallError", "SSLEOFError"):
    setattr(ssl, name, type(name, (SSLError,), {}))
for value in vars(ssl).values():
    if isinstance(value, type):
        value.__module__ = "ssl"
sys.modules["ssl"] = ssl
