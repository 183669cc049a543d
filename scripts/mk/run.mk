# SPDX-License-Identifier: ISC
# Running what was built, cleaning up, and help.  DISK names files that are its disks.

ifeq ($(goals-build),y)
run: all
	@$(if $(CONFIG_PLATFORM_UNIX),$(base) $(disk-keys),scripts/run-qemu $(DISK:%=--disk %) $(image))
# The first is disk=, then come disk1= to disk3=.
disk-keys = $(if $(DISK),$(shell n=; for d in $(DISK); do echo "disk$$n=$$d"; n=$$((n + 1)); done))
run-xen: all
	@scripts/run-xen $(DISK:%=--disk %) $(image) $(base).xl
endif

# Only a folder that is an output folder, and not the configuration in it.
clean:
	@[ ! -d $(out)/include/config ] || \
		find $(out) -mindepth 1 -maxdepth 1 ! -name .config -exec rm -rf {} +

help:
	@cat scripts/mk/help

.PHONY: run run-xen clean help
