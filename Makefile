# Short on purpose: the work is done by the scripts in build/, which can also be called by themselves.
.PHONY: help run build test lint doctor runtime ollama bench clean
.DEFAULT_GOAL := help

help:           ## this list
	@sed -n 's/^\([a-z]*\): .*## /  make \1	/p; s/^\([a-z]*\):  *## /  make \1	/p' $(MAKEFILE_LIST) | sort -u

run: build      ## set up what is missing, build, and start the window
	build/bin/sandglass-desktop

build:          ## build/bin: sandglass-desktop (window), sandglass (command line), runtime (Python)
	@build/setup/setup.sh $(if $(CI),--ci) app runtime
	@build/app.sh

test:           ## everything that must pass; installs what the tests need
	@build/setup/setup.sh $(if $(CI),--ci) app runtime test
	@build/app.sh runtime frontend
	@build/ollama/build.sh
	@build/test.sh

lint:           ## formatting, static checks, types
	@build/test.sh lint generated

doctor:         ## what is missing here and how to get it
	@build/setup/doctor.sh

runtime:        ## build the Python runtime (the first time about 10 minutes)
	@build/setup/setup.sh $(if $(CI),--ci) runtime
	@build/app.sh runtime

ollama:         ## build the Ollama server for the tests (the first time about 8 minutes)
	@build/setup/setup.sh $(if $(CI),--ci) test
	@build/ollama/build.sh

bench:          ## measurements, as ratios
	@build/app.sh runtime
	go run -tags sqlite_fts5 ./bench

clean:          ## remove what was built here (the cache of runtimes stays)
	rm -rf build/bin frontend/dist/assets frontend/dist/index.html e2e/web/test-results
