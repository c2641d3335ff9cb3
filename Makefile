# Tests are debug builds, all else is release. `make` alone lists the targets.
PREFIX ?= /usr/local
SWIFT_SOURCES = Package.swift Protocol ClientCore ServerApp Sources Tests
# Installed programs carry Swift's libraries: the machine they go to needs no toolchain. Other flags
# rebuild everything, so this build has a folder of its own.
INSTALL_BUILD = -c release --static-swift-stdlib --scratch-path .build-install

.PHONY: help demo play test bench install lint format clean deps

help:
	@echo "make demo       build, then tell and check the story of several laptops and a server"
	@echo "make play       build, then leave a server and two data folders ready to try"
	@echo "make test       all tests; ends with N passed, N failed (KAAI_SCRATCH: build folder)"
	@echo "make bench      measure the engine against plain SQLite (BENCH: another subcommand)"
	@echo "make install    kaai and kaai-server to PREFIX/bin (PREFIX is $(PREFIX))"
	@echo "make lint       check the style; make format mends it"
	@echo "make deps       install the Debian packages that are missing"
	@echo "make clean      remove what was built"

demo: deps
	swift build -c release --product kaai
	swift build -c release --product kaai-server
	@scripts/demo.sh

play: deps
	swift build -c release --product kaai
	swift build -c release --product kaai-server
	@scripts/play.sh

test: deps
	@scripts/test.sh

BENCH ?= engine
bench: deps
	swift build -c release --product bench
	@$$(swift build -c release --show-bin-path)/bench $(BENCH)

install: deps
	swift build $(INSTALL_BUILD) --product kaai
	swift build $(INSTALL_BUILD) --product kaai-server
	install -d "$(DESTDIR)$(PREFIX)/bin"
	for program in kaai kaai-server; do \
	  install -s -m 0755 "$$(swift build $(INSTALL_BUILD) --show-bin-path)/$$program" \
	    "$(DESTDIR)$(PREFIX)/bin/$$program" || exit 1; \
	done

lint:
	swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

format:
	swift format --in-place --recursive --parallel $(SWIFT_SOURCES)

clean:
	rm -rf .build .build-install

deps:
	@scripts/deps.sh
