package cpython_test

import "testing"

func TestRaidOnFiles(t *testing.T) {
	const missing, readOnly = "FileNotFoundError", "OSError: [Errno 69]"
	raid(t, []attempt{
		{"open", "open('{dir}/secret').read()", missing},
		{"os.open", "import os\nos.read(os.open('{dir}/secret', os.O_RDONLY), 99)", missing},
		{"pathlib", "import pathlib\npathlib.Path('{dir}/secret').read_text()", missing},
		{"FileIO", "import io\nio.FileIO('{dir}/secret').read()", missing},
		{"open_code", "import io\nio.open_code('{dir}/secret').read()", missing},
		{"codecs", "import codecs\ncodecs.open('{dir}/secret').read()", missing},
		{"posix", "import posix\nposix.open('{dir}/secret', posix.O_RDONLY)", missing},
		{"up from scratch", "open('../' * 40 + '{dir}/secret'[1:]).read()", missing},
		{"up from input", "open('/input/given.txt/../../{dir}/secret').read()", "NotADirectoryError or FileNotFoundError"},
		{"up by descriptor", "import os\nos.read(os.open('../../..{dir}/secret', os.O_RDONLY, dir_fd=3), 9)", missing},
		{"every descriptor", "import os\nn = 0\nfor fd in range(4096):\n    for p in ('../..{dir}/secret', '{dir}/secret'):\n        try: os.open(p, os.O_RDONLY, dir_fd=fd); n += 1\n        except OSError: pass\nn", "0"},
		{"descriptors that nobody opened", "import os\nr = []\nfor fd in [*range(4, 300), -1, 2**31 - 1, -2**31]:\n    try: r.append(os.read(fd, 9))\n    except OSError: pass\nr", "[]"},
		{"chdir", "import os\nos.chdir('{dir}')", missing},
		{"chroot", "import os\nos.chroot('/')", "AttributeError"},
		{"symlink", "import os\nos.symlink('{dir}/secret', 'link')\nopen('link').read()", "OSError or PermissionError"},
		{"hard link", "import os\nos.link('/input/given.txt', 'link')", "OSError or PermissionError"},
		{"readlink", "import os\nos.readlink('/proc/self/exe')", missing},
		{"proc", "r = []\nfor n in ('environ', 'mem', 'maps', 'cmdline', 'fd/0', 'root/etc/passwd', 'cwd', 'exe'):\n    for p in ('self', 'thread-self', '1', '42'):\n        try: r.append(open(f'/proc/{p}/{n}', 'rb').read(9))\n        except FileNotFoundError: pass\nr", "[]"},
		{"devices", "import os\nr = [n for n in ('mem', 'kmem', 'sda', 'tty', 'fd/0', 'shm/x', 'tcp/127.0.0.1/{port}', 'stdin') if os.path.exists('/dev/' + n)]\nr, os.listdir('/dev')", "([], ['null'])"},
		{"device node", "import os\nos.mknod('x', 0o666)", "AttributeError or OSError"},
		{"fifo", "import os\nos.mkfifo('x')", "AttributeError or OSError"},
		{"glob", "import glob\nsorted(p for p in glob.glob('/**', recursive=True) if not p.startswith(('/lib', '/dev')))", "['/', '/input', '/input/given.txt', '/scratch', '/scratch/kept', '/tmp']"},
		{"walk", "import os\n[d for d, _, _ in os.walk('/..')]", "['/..', '/../dev', '/../input', '/../lib', '/../scratch', '/../tmp'] or ['/..'"},
		{"shutil", "import shutil\nshutil.copy('{dir}/secret', 'x')", missing},
		{"copytree out", "import shutil\nshutil.copytree('/scratch', '{dir}/out')", "'/ or FileNotFoundError or Error"}, // a folder of the guest may have that name
		{"rmtree", "import shutil\nshutil.rmtree('{dir}')", missing},
		{"move into the library", "import os\nos.rename('kept', '/lib/stdlib.zip')", readOnly},
		{"write the library", "open('/lib/stdlib.zip', 'r+b')", readOnly},
		{"cut the library", "import os\nos.truncate('/lib/stdlib.zip', 0)", readOnly},
		{"write an input", "open('/input/given.txt', 'a').write('x')", readOnly},
		{"delete an input", "import os\nos.remove('/input/given.txt')", readOnly},
		{"write to the root", "open('/x', 'w')", readOnly},
		{"write to the host", "open('{dir}/new', 'w')", missing},
		{"temporary file on the host", "import tempfile\ntempfile.mkstemp(dir='{dir}')", missing},
		{"sqlite attach", "import sqlite3\nd = sqlite3.connect(':memory:')\nd.execute(\"attach '{dir}/secret.db' as s\")", "OperationalError"},
		{"sqlite URI", "import sqlite3\nsqlite3.connect('file:{dir}/secret.db?mode=ro&immutable=1', uri=True).execute('select * from sqlite_master')", "OperationalError"},
		{"sqlite vacuum into", "import sqlite3\nd = sqlite3.connect(':memory:')\nd.execute('create table t(a)')\nd.execute(\"vacuum into '{dir}/new'\")", "OperationalError"},
		{"sqlite functions", "import sqlite3\nd = sqlite3.connect(':memory:')\nr = []\nfor q in (\"readfile('{dir}/secret')\", \"writefile('{dir}/new', 'x')\", \"load_extension('{dir}/secret')\", \"edit('x')\"):\n    try: r.append(d.execute('select ' + q).fetchall())\n    except sqlite3.Error: pass\nr", "[]"},
		{"sqlite extension", "import sqlite3\nd = sqlite3.connect(':memory:')\nd.enable_load_extension(True)", "AttributeError"},
		{"readers of all kinds", `import bz2, configparser, fileinput, gzip, linecache, lzma, mailbox, netrc, runpy, shelve, tokenize, wave, zipfile, zipimport, tarfile, logging, csv, mimetypes, plistlib, importlib.machinery as im
got, path = [], '{dir}/secret'
for f in (lambda: bz2.open(path).read(), lambda: gzip.open(path).read(), lambda: lzma.open(path).read(), lambda: tokenize.open(path).read(),
          lambda: list(fileinput.input([path])), lambda: linecache.getlines(path)[0], lambda: netrc.netrc(path), lambda: runpy.run_path(path + '.py'),
          lambda: zipfile.ZipFile(path + '.zip'), lambda: zipimport.zipimporter(path + '.zip'), lambda: tarfile.open(path), lambda: wave.open(path),
          lambda: mailbox.mbox(path, create=False).keys(), lambda: logging.FileHandler('{dir}/new'), lambda: shelve.open('{dir}/new'),
          lambda: im.SourceFileLoader('m', path + '.py').get_data(path), lambda: im.ExtensionFileLoader('m', path).create_module(None),
          lambda: configparser.ConfigParser().read(path)[0], lambda: mimetypes.read_mime_types(path)['x']):
    try: got.append(f())
    except Exception: pass
got`, "[]"},
		{"import from the host", "import sys\nsys.path.insert(0, '{dir}')\nimport secret", "ModuleNotFoundError"},
		{"zip from the host", "import sys\nsys.path.insert(0, '{dir}/secret.zip')\nimport secret", "ModuleNotFoundError"},
		{"library by file URL", "import urllib.request\nurllib.request.urlopen('file://{dir}/secret').read()", "URLError or OSError or ImportError or PermissionError"},
		{"names with NUL", "r = []\nfor p in ('{dir}/secret\\0', '\\0', b'{dir}/secret\\0.txt'):\n    try: r.append(open(p).read())\n    except ValueError: pass\nr", "[]"},
		{"odd names", "import os\nr = []\nfor p in ('%2e%2e/%2e%2e/etc/passwd', '..\\\\..\\\\etc\\\\passwd', '\\udcff/../../etc/passwd', 'C:\\\\', '//localhost/etc/passwd', '\\u2024\\u2024/etc/passwd', '~root/.bashrc', '/scratch/./.././../etc/passwd', ''):\n    try: r.append(open(p).read())\n    except OSError: pass\nr", "[]"},
		{"odd names in scratch", "import os\nnames = ['é\\U0001F40D', 'a\\nb', ' ', '\\u202etxt', 'x' * 255, '-rf', '*', '\\udcff']\nfor n in names: open(n, 'w').write(n.encode('utf-8', 'replace').decode())\nsorted(os.listdir()) == sorted([*names, 'kept'])", "True"},
		{"endless path", "open('/' + 'a/' * 1_000_000)", "OSError or FileNotFoundError"},
		{"dup", "import os\nr = []\nfor f in (lambda: os.dup(3), lambda: os.dup2(3, 9), lambda: os.fdopen(3).read(), lambda: os.sendfile(1, 3, 0, 9), lambda: os.pread(3, 9, 0)):\n    try: r.append(f())\n    except (OSError, AttributeError): pass\nr", "[]"},
		{"statvfs", "import os\nos.statvfs('/')", "AttributeError or OSError"},
		{"mount", "import ctypes", "ModuleNotFoundError"},
		{"browser", "import webbrowser\nwebbrowser.open('file://{dir}/secret')", "False or OSError or Error"},
	})
}
