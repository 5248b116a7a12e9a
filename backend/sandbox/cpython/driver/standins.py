# What cannot exist in WebAssembly says so clearly, or does the obvious. Runs once at boot.
import asyncio, asyncio.selector_events, builtins, concurrent.futures, importlib, importlib.machinery, multiprocessing.process, os, selectors, socket
import subprocess, sys, threading, time


def refuse(error, text):
    def refused(*args, **kwargs):
        raise error(text)

    return refused


# ---- asyncio: an event loop without sockets; there is nothing to wait for but time
class Clock(selectors._BaseSelectorImpl):
    def select(self, timeout=None):
        if timeout is None:
            raise RuntimeError("deadlock: every task waits for another one, and nothing can wake them")
        if timeout > 0:
            time.sleep(timeout)
        return []


class Loop(asyncio.selector_events.BaseSelectorEventLoop):
    def __init__(self):
        super().__init__(Clock())

    def _make_self_pipe(self):
        self._ssock = self._csock = None

    def _close_self_pipe(self):
        pass

    def _write_to_self(self):
        pass

    async def shutdown_default_executor(self, timeout=None):
        self._executor_shutdown_called = True


class LoopPolicy(asyncio.events.BaseDefaultEventLoopPolicy):
    _loop_factory = Loop


asyncio.set_event_loop_policy(LoopPolicy())
asyncio.SelectorEventLoop = Loop

# ---- threads: a pool runs its work at once, in order; a bare thread cannot
NO_THREADS = "there are no threads in the sandbox: call the function directly, or use asyncio for waiting"


def submit(self, fn, /, *args, **kwargs):
    future = concurrent.futures.Future()
    future.set_running_or_notify_cancel()
    try:
        future.set_result(fn(*args, **kwargs))
    except Exception as e:
        future.set_exception(e)
    return future


concurrent.futures.ThreadPoolExecutor.submit = submit
threading.Thread.start = refuse(RuntimeError, NO_THREADS)

# ---- processes, sockets
NO_PROCESSES = "there are no other processes in the sandbox: nothing can be started or installed"
NO_NETWORK = "there are no sockets in the sandbox: HTTP works through urllib.request, http.client and requests"
subprocess.Popen.__init__ = refuse(OSError, NO_PROCESSES)
subprocess.Popen.__del__ = lambda self: None
multiprocessing.process.BaseProcess.start = refuse(OSError, NO_PROCESSES)
os.system = os.popen = refuse(OSError, NO_PROCESSES)
socket.socket.__init__ = refuse(OSError, NO_NETWORK)
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse(OSError, NO_NETWORK)

# ---- builtins that CPython's `site` adds, and those that would wait for a keyboard
asks_user = False


def input(prompt=""):
    if asks_user:
        raise RuntimeError("input() cannot ask in the sandbox: call the tool user_input(question) instead")
    raise RuntimeError("input() cannot ask in the sandbox: nobody is there to answer")


def exit(code=None):
    raise SystemExit(code)


def help(thing=None):
    import pydoc

    print(pydoc.plain(pydoc.render_doc(thing)) if thing is not None else "help(thing) shows its documentation")


builtins.input, builtins.exit, builtins.quit, builtins.help = input, exit, exit, help
sys.breakpointhook = refuse(RuntimeError, "there is no debugger in the sandbox: print what you want to see")

# ---- df.plot(): pandas draws with matplotlib, whose stand-in knows how
class PlottingBackend:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "pandas.plotting._matplotlib":
            return importlib.machinery.ModuleSpec(name, PlottingBackend)

    @staticmethod
    def create_module(spec):
        return importlib.import_module("matplotlib._pandas")

    @staticmethod
    def exec_module(module):
        pass


sys.meta_path.insert(0, PlottingBackend)
