# shellcheck shell=bash disable=SC2034  # read by the scripts that source this file
# Pure Python that is packed as it is; see ../pins.sh.
#
# Debian's packages for all architectures, because many of these tarballs are no longer served. Security updates replace
# a revision ("-5+deb13u1"): then the one that the archive serves is taken, if it is of the same upstream version, and
# the archive's signature vouches for it in place of the SHA-256. The few with optional C (KIND source) come as tarballs,
# and only their Python is used.

# <Debian release> <kind> <Debian package> <file> <sha256> <imported names, with a comma between them> <version>
#
# trixie's, but for jsonschema (from 4.18 on it needs rpds, which is Rust) and charset-normalizer (the younger one is
# compiled). chardet is left out: its licence asks for its source beside every copy.
readonly PACKAGE_FILES="
trixie deb python3-plotly python3-plotly_5.20.0+dfsg-1_all.deb 806fa77fc5ce1dc27750c2fb6817a27f7215ef762173a703dcfa351d936f47bb plotly,_plotly_utils,_plotly_future_ 5.20.0
trixie deb python3-altair python3-altair_5.0.1-2_all.deb 4429fbce906bef8b839d6133c5d51c69becae393504ea79140af088928d7ab9e altair 5.0.1
trixie deb python3-networkx python3-networkx_3.2.1-5_all.deb 161b9076a60132799b5a0555ace555681c6c4891c8c7b9eb6ec4b17b99e8eae8 networkx 3.2.1
trixie deb python3-sympy python3-sympy_1.13.3-5_all.deb 62fef103cd6b536e1c49808f0a6ac2aeb2c951e355cec3d461425ae1551d5f8b sympy 1.13.3
trixie deb python3-mpmath python3-mpmath_1.3.0-1_all.deb 36596f8992df86d1acada0b5d3e64307449ca13326090fb8d6423e8f8d6d9e60 mpmath 1.3.0
trixie deb python3-openpyxl python3-openpyxl_3.1.5+dfsg-2_all.deb 9ff31ab90dc94cc47671b21182310dd8873af6eee959887d33adc23f87e2a610 openpyxl 3.1.5
trixie deb python3-et-xmlfile python3-et-xmlfile_2.0.0-1_all.deb 48c1e79b67785c57e6ecc4c1583da875e9fb765ccc796efadceba931802edd92 et_xmlfile 2.0.0
trixie deb python3-xlsxwriter python3-xlsxwriter_3.1.9-2_all.deb a58e1e549e3b9f0cf72b55f8f6b9b2f739c672dcc1ce1c218d0e7b64d207aef5 xlsxwriter 3.1.9
trixie deb python3-xlrd python3-xlrd_2.0.1-2_all.deb 6594f62723d500ac50c0d82bea02a1c38f3a66178ca121700b63c5744a270009 xlrd 2.0.1
trixie deb python3-pypdf python3-pypdf_5.4.0-1_all.deb 02e27c140f2ff7275025f5a6b3ed13b467e4661bdc03580442eafda84cc450c8 pypdf 5.4.0
trixie deb python3-bs4 python3-bs4_4.13.4-2_all.deb 6bd090eaf2486dd397bdd2d0f57f6cf43476efd87a9954e429c6851e382f3c8b bs4 4.13.4
trixie deb python3-soupsieve python3-soupsieve_2.7-1_all.deb 14dc8ee760d0d7fbfcd087f3db3a5c10dbff9601632a556b379e1491783bd3a4 soupsieve 2.7
trixie deb python3-html5lib python3-html5lib_1.2-2_all.deb d420e84db39dc54ca96299f2cc9d7878435838e6524344407df3fcc2ce4df31a html5lib 1.2
trixie deb python3-webencodings python3-webencodings_0.5.1-5_all.deb 355ff9b773667ed2fd97e2fce9ae9101155d90cf5ff09171900bf46e611c0ccb webencodings 0.5.1
trixie deb python3-requests python3-requests_2.32.3+dfsg-5+deb13u1_all.deb 7d271bd47c6647b16aec9facc656c39eca763062ec392aea615dd6597b8304c2 requests 2.32.3
trixie deb python3-urllib3 python3-urllib3_2.3.0-3+deb13u2_all.deb 8132c30c09060562e540025a5d5b1ee9dd3496234c36eab57339e8b94f9e6b38 urllib3 2.3.0
trixie deb python3-idna python3-idna_3.10-1+deb13u1_all.deb 5cf05020b0e5c523ace373a4feac7e074de3e95df30b5a2d584842accba6e60b idna 3.10
trixie deb python3-certifi python3-certifi_2025.1.31+ds-1_all.deb 939b1a979218ec23b5f9469e2ad8a809de588f586bbaf3292b4e617d987824bd certifi 2025.1.31
bookworm deb python3-charset-normalizer python3-charset-normalizer_3.0.1-2_all.deb f547a25ac5349111ef4ea0c54654cf72fed48193eaf1c658f9309aff3715cd38 charset_normalizer 3.0.1
trixie deb python3-tabulate python3-tabulate_0.9.0-1_all.deb 0b491dffc27d551319b7c35aeb0cefe4356154911bf4dae2708b1991feac3f28 tabulate 0.9.0
trixie deb python3-jinja2 python3-jinja2_3.1.6-1_all.deb 3271804134e18dbc8dbd146f58399817789373e86a58be44d10ce159cf8c4600 jinja2 3.1.6
trixie deb python3-dateutil python3-dateutil_2.9.0-4_all.deb c86f3b7e878e8035b0850cd4e0d0ee014a4b5ee4a8fb7386d8998e100452d06c dateutil 2.9.0
trixie deb python3-pytz python3-pytz_2025.2-3_all.deb a5aa854697849a1e59737373795114587e2325f1d3f9c9a87092254ca88e58fd pytz 2025.2
trixie deb python3-six python3-six_1.17.0-1_all.deb cd1caa92b2860d1de83311cb77f9fab1ee66034ef997cc436d41a1707458666d six 1.17.0
trixie deb python3-tenacity python3-tenacity_8.4.2+really8.4.1-2_all.deb 128341da2ef67ee1768c8a8bec03a46fdc314172158fa810c988b97f68599459 tenacity 8.4.1
trixie deb python3-packaging python3-packaging_25.0-1_all.deb d70c8469f6e9c6105e1ebcd3ebdc963f11dadbeddd89d2d1a2a3cb1c97d2ecbc packaging 25.0
trixie deb python3-typing-extensions python3-typing-extensions_4.13.2-1_all.deb b67662f211c35c17c74a0725bc7c8ffc3b126c650e2a2525593adee06f2bbf69 typing_extensions 4.13.2
bookworm deb python3-jsonschema python3-jsonschema_4.10.3-1_all.deb b972212ff557ba07138b4aa7b7e2eb227260eb3fe3fac8e699a0e4b006b0ebc3 jsonschema 4.10.3
trixie deb python3-attr python3-attr_25.3.0-1_all.deb 72cee7fff9e57e8410956e3071ffe910d9de14ddedf14d598a616319428b369c attr,attrs 25.3.0
trixie deb python3-toolz python3-toolz_1.0.0-2_all.deb ac39427be8650d780e5e78bd286bb99226110ad29da32cacd2ed59a4c0b72402 toolz,tlz 1.0.0
trixie source markupsafe markupsafe_2.1.5.orig.tar.gz d283d37a890ba4c1ae73ffadf8046435c76e7bc2247bbb63c00bd1a709c6544b markupsafe 2.1.5
trixie source pyrsistent pyrsistent_0.20.0.orig.tar.gz 4c48f78f62ab596c679086084d0dd13254ae4f3d6c72a83ffdf5ebdef8f265a4 pyrsistent 0.20.0
trixie source pyyaml pyyaml_6.0.2.orig.tar.gz d584d9ec91ad65861cc08d42e834324ef890a082e591037abe114850ff7bbc3e yaml 6.0.2
"

# What only other packages need: it is there, and agents are not told of it.
readonly ONLY_NEEDED="et_xmlfile soupsieve webencodings idna certifi tenacity packaging typing_extensions attr attrs toolz tlz markupsafe pyrsistent"
