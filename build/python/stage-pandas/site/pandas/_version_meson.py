__version__ = "@VERSION@"
__git_version__ = ""
