# shellcheck shell=bash disable=SC2034  # read by build.sh
# The Ollama server that the tests talk to, and the two modules that three of its headers come from.
# The Go command checks each download against its checksum database; pins are part of the cache key.
readonly OLLAMA=v0.17.4        # the same version as the client library in go.mod
readonly OLLAMA_HEADERS=v0.6.5 # the last Ollama before the headers moved into a folder called "vendor"
readonly MALGO=v0.11.24        # carries miniaudio.h
