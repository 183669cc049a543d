# SPDX-License-Identifier: ISC
# Tests.  "make check" runs all suites by scripts/check, which says what a suite prints.

# Three lanes: what computes, what boots machines, what mostly waits.  Nobody leaves a file in the tree.
suites := deps compose unit sim power build config fuzz
machine-suites := qemu xen
waiting-suites := doubles docs unix servers notes store worlds fat
export PYTHONDONTWRITEBYTECODE := 1

check:
	@scripts/check $(out) $(suites) -- $(machine-suites) -- $(waiting-suites)

check-deps:
	@scripts/check-deps

# Host programs: what does not build is found out, and said, by the run.
host-make = $(MAKE) --no-print-directory -f test/$(1)/Makefile out=$(out)/$(1) T=$(T) V=$(V)
auto-conf: $(out)/include/config/auto.conf
$(out)/%/config/include/generated/autoconf.h: configs/www_defconfig $(kconfigs)
	$(Q)$(MAKE) --no-print-directory O=$(out)/$*/config www_defconfig auto-conf >/dev/null
	@touch $@
check-unit: $(out)/unit/config/include/generated/autoconf.h
	-$(Q)$(call host-make,unit) --keep-going build
	$(Q)$(call host-make,unit) run
check-sim: $(out)/sim/config/include/generated/autoconf.h
check-sim: $(out)/sim/asan/config/include/generated/autoconf.h
	-$(Q)$(call host-make,sim) --keep-going build
	-$(Q)$(call host-make,sim) out=$(out)/sim/asan SANITIZE=y --keep-going build
	$(Q)$(call host-make,sim) SEEDS=$(or $(SEEDS),50) run
check-power: $(out)/power/config/include/generated/autoconf.h
	-$(Q)$(call host-make,power) --keep-going build
	$(Q)$(call host-make,power) $(if $(CUTS),CUTS=$(CUTS)) run
# FAT beside mkfs.fat, mtools and fsck.fat: as many images as there is time for, or all.
check-fat: $(out)/fat/config/include/generated/autoconf.h
	$(Q)$(call host-make,fat) build
	$(Q)test/fat/run $(out)/fat $(if $(FULL),,--budget 60) $(if $(T),--only $(T))
check-fuzz: $(out)/fuzz/config/include/generated/autoconf.h
	-$(Q)$(call host-make,fuzz) --keep-going build
	$(Q)$(call host-make,fuzz) $(if $(SECONDS),SECONDS=$(SECONDS)) run

check-compose:
	@test/compose/run $(out)/check/compose

check-unix:
	@test/unix/run $(out)/check/unix

check-servers:
	@test/servers/run $(out)/check/servers

# app/notes as a Unix program, killed in the middle of writing.
check-notes:
	@test/notes/run $(out)/check/notes

# The examples of the documentation.
check-docs:
	@test/docs/run $(out)/check/docs

check-build:
	@test/build/run $(out)/check/build

# Random configurations.
check-config:
	@SEED=$(SEED) N=$(N) test/config/run $(out)/check/config

# Which lines the host's tests run.
coverage:
	@SEEDS=$(SEEDS) test/coverage/run $(out)/coverage

# All images that the tests use.  Those without a network are built in a folder of their own, one
# after the other: what their configurations have in common is compiled once.  www with its content on
# disks has the same name as www, and is test/worlds's.
image-configs := $(filter-out all_% www_%,$(patsubst configs/%_defconfig,%,$(wildcard configs/*_defconfig)))
image-configs := $(foreach c,$(image-configs),$(if $(findstring _unix,$(c)),,$(c)))
small-configs := $(filter boot_% hello,$(image-configs))
images:
	$(Q)$(call build-each,$(O)/images/small,$(small-configs))
	$(Q)$(call build-each,$(O)/images,$(filter-out $(small-configs),$(image-configs)))
	$(Q)cp -pu $(O)/images/small/mir-*.xen $(O)/images/small/mir-*.xen.debug $(O)/images/
	$(Q)cp -pu $(O)/images/small/mir-*.xl $(O)/images/
build-each = for c in $(2); do \
	$(MAKE) -s APP_DIR= O=$(1) $${c}_defconfig all || exit; done

check-qemu: images
	@test/boot/run $(out)/images

# Guests destroyed in the middle of writing, 50 times: an hour.
check-destroyed: images
	@test/notes/destroyed $(out)/images

check-xen: images
	@test/xen/run $(out)/images

# www in every world: the same client, the same answers.
check-worlds:
	@test/worlds/run $(out)/check/worlds

# A large store on a disk, opened under QEMU.
check-store:
	@COMMITS=$(COMMITS) test/store/run $(out)/check/store

# Each application against each test double that concerns it.
check-doubles:
	@test/doubles/run $(out)/check/doubles '$(T)'

# An application outside the tree: its own test, on the kernel under QEMU and on the Unix program.
check-app:
	@[ -x "$(APP_DIR)/test" ] || { echo "check-app: no test in the folder APP_DIR=$(APP_DIR)"; exit 2; }
	$(Q)$(MAKE) --no-print-directory O=$(O)/xen $(app-name)_defconfig all
	@"$(APP_DIR)/test" scripts/run-qemu --quiet --no-net --timeout 60 $(O)/xen/mir-$(app-name).xen
	$(Q)$(MAKE) --no-print-directory O=$(O)/unix $(app-name)_unix_defconfig all
	@"$(APP_DIR)/test" $(O)/unix/mir-$(app-name)
app-name = $(patsubst %_unix_defconfig,%,$(notdir $(firstword $(wildcard $(APP_DIR)/*_unix_defconfig))))

# Commits a second, and flushes, writes and bytes of each.
bench-store:
	@COMMITS=$(COMMITS) bench/store $(out)/bench-store

bench-seams:
	$(Q)$(MAKE) -s O=$(O)/bench-seams www_unix_sockets_defconfig all
	@bench/seams $(out)/bench-seams

bench-lwip: $(out)/lwip/config/include/generated/autoconf.h
	$(Q)$(MAKE) --no-print-directory -f bench/lwip/Makefile out=$(out)/lwip run

# Each program measures one claim; its report goes to a file of its name, too.
bench-programs := run net/run net/faults net/sustain block/run
bench: images
	@status=0; for b in $(bench-programs); do \
		bench/$$b $(out)/images $(out)/bench-$$(echo $$b | tr / -).txt || status=1; \
	done; \
	$(MAKE) --no-print-directory bench-lwip || status=1; exit $$status

# The network alone; ten minutes of everything at once.
bench-net bench-faults bench-sustain bench-soak: bench-%:
	$(Q)$(call build-each,$(O)/images,bench)
	@bench/net/$(if $(filter net,$*),run,$*) $(out)/images $(out)/bench-net-$*.txt

# Disks alone.
bench-block:
	$(Q)$(call build-each,$(O)/images,diskbench)
	@bench/block/run $(out)/images $(out)/bench-block.txt

.PHONY: check $(suites:%=check-%) $(machine-suites:%=check-%) $(waiting-suites:%=check-%) check-app check-destroyed bench-seams bench-store bench-lwip auto-conf coverage bench images bench-net bench-faults bench-sustain bench-soak bench-block
